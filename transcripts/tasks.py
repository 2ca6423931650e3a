"""The slow work on recordings: check, transcribe, map. Decides nothing; torch is imported late, by the worker alone."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app

from core import clock, jobs
from core.database import db
from core.errors import NotReadyError
from core.leases import Work
from core.models import Queue
from core.settings import PROJECT_ROOT, Settings
from transcripts.audio.decoder import UnusableRecordingError, probe
from transcripts.audio.streams import AudioSource, open_audio
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.markers import placement
from transcripts.model_store.model_facts import WHISPER_CACHE_FOLDER, EngineName, MissingWeightsError, ModelFacts
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.passages import remapping, suggestions
from transcripts.passages.suggestions import MappingRequest
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.model_cache import load_while_checking
from transcripts.recognition.recogniser import (
    RecognisedWindow,
    Recogniser,
    UnsupportedLanguageError,
    assemble_transcript,
)
from transcripts.recordings import interview_lock, languages, processing_jobs, recordings
from transcripts.recordings.stored_sound import open_stored_recording
from transcripts.speakers import diarisation
from transcripts.text import reviewed_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance
from transcripts.transcription import pipeline, recognition_checkpoints
from transcripts.transcription.pipeline import RecognitionPart, TranscriptionPlan
from transcripts.transcription.transcription_progress import TranscriptionProgress

if TYPE_CHECKING:
    from transcripts.mapping.similarity import Similarity


@jobs.job(processing_jobs.CHECK_JOB, Queue.FILES)
def check_recording(work: Work) -> None:
    """Whether a recording plays from beginning to end; a damaged one is kept aside with the reason."""
    with work.read_transaction():
        recording = db.session.get_one(Recording, work.subject_id)
        is_new, path = recording.state is RecordingState.RECEIVED, recording.storage_path
    if not is_new:
        return
    try:
        with open_stored_recording(recordings.get_storage(), path) as sound:
            facts = probe(sound)
    except UnusableRecordingError as error:
        with work.write_transaction():
            pipeline.mark_refused(db.session.get_one(Recording, work.subject_id), str(error))
        return
    with work.write_transaction():
        recording = db.session.get_one(Recording, work.subject_id)
        pipeline.mark_playable(recording, facts)
        placement.set_start_from_file(recording)


@jobs.job(processing_jobs.TRANSCRIBE_JOB, Queue.LONG)
def transcribe_recording(work: Work) -> None:
    """Write down a recording, if its speaker allows it and nobody has done it yet."""
    with work.read_transaction():
        plan = pipeline.build_plan(db.session.get_one(Recording, work.subject_id))
    if plan is None:
        return
    done = TranscriptionProgress(work, plan.parts)
    recogniser = _load_recogniser_in_thread(plan.model, done.check_cancelled)
    facts = _get_model_facts(recogniser, plan)
    parts = _split_by_speaker(plan, done)
    done.set_parts(parts)
    heard = [(_open_sound(part), _recognise_part(part, plan, recogniser, done)) for part in parts]
    spoken, known = diarisation.assign_speakers(heard, done.check_cancelled)
    done.measure_lap()
    making = RecognitionProvenance(facts, done.seconds_taken, known)
    with work.write_transaction(lock_first=lambda: _lock_interview_of(db.session.get_one(Recording, work.subject_id))):
        pipeline.store_transcript(work.subject_id, {part.recording_id for part in plan.parts}, spoken, making)


@jobs.job(processing_jobs.MAP_JOB, Queue.LONG)
def map_transcript(work: Work) -> None:
    """Suggest which words answer which question."""
    with work.read_transaction():
        request = suggestions.build_mapping_request(db.session.get_one(Transcript, work.subject_id))
    found = _run_mapping(request)
    with work.write_transaction(lock_first=lambda: _lock_interview_of(db.session.get_one(Transcript, work.subject_id))):
        suggestions.store_suggestions(db.session.get_one(Transcript, work.subject_id), found, request.segments)


@jobs.job(reviewed_transcripts.REMAP_OTHERS_JOB, Queue.QUICK)
def remap_others(work: Work) -> None:
    """Ask for the interviews that can learn from what was reviewed meanwhile."""
    with work.write_transaction():
        for transcript_id in remapping.list_transcripts_to_remap(work.subject_id):
            processing_jobs.enqueue_remapping(transcript_id)


@jobs.job(remapping.REMAP_UNTOUCHED_JOB, Queue.QUICK)
def remap_untouched(work: Work) -> None:
    """Ask for what is left of an interview, once nobody has decided about it for a while."""
    with work.write_transaction():
        transcript = db.session.get_one(Transcript, work.subject_id)
        settles_at = remapping.get_quiet_until(transcript)
        if settles_at > clock.now():
            jobs.enqueue(remapping.REMAP_UNTOUCHED_JOB, transcript.id, not_before=settles_at)
        elif remapping.has_untouched_suggestions(transcript):
            processing_jobs.enqueue_remapping(transcript.id)


def _lock_interview_of(row: Recording | Transcript) -> None:
    """Before the job, as people do who decide about an interview and then ask for its jobs."""
    interview_lock.lock_interview(row.contribution_id)


def _split_by_speaker(plan: TranscriptionPlan, progress: TranscriptionProgress) -> tuple[RecognitionPart, ...]:
    """Files are a speaker each; of a single one with two channels, each channel may be."""
    if len(plan.parts) > 1:
        return plan.parts
    whole = plan.parts[0]
    channels = diarisation.choose_channels(
        whole.channels, lambda channel: _open_sound(replace(whole, channel=channel)), progress.check_cancelled
    )
    return tuple(replace(whole, channel=channel) for channel in channels)


def _open_sound(part: RecognitionPart) -> AudioSource:
    return open_audio(
        lambda: open_stored_recording(recordings.get_storage(), part.storage_path),
        fingerprint=part.sha256,
        seconds=part.duration_seconds,
        channel=part.channel,
        has_one_voice=part.has_one_voice,
    )


def _recognise_part(
    part: RecognitionPart, plan: TranscriptionPlan, recogniser: Recogniser, progress: TranscriptionProgress
) -> SpokenTranscript:
    """Goes on behind the windows that an earlier worker has kept."""
    sound = _open_sound(part)
    facts = _get_model_facts(recogniser, plan)
    way = recognition_checkpoints.build_cache_key(facts, sound)
    with progress.work.read_transaction():
        windows = recognition_checkpoints.load_windows(part.recording_id, way)
        progress.add_earlier_seconds(recognition_checkpoints.sum_seconds_taken(part.recording_id, way))
    batch: list[RecognisedWindow] = []
    progress.start_part(part)
    for window in recogniser.recognise(
        sound,
        language=plan.language,
        glossary=plan.glossary,
        first_window=len(windows),
        on_progress=progress.report_progress,
        is_cancelled=progress.check_cancelled,
    ):
        batch.append(window)
        if window.ends_batch:
            with progress.work.write_transaction():
                recognition_checkpoints.save_batch(part.recording_id, way, batch, progress.measure_lap())
            windows, batch = [*windows, *batch], []
    return assemble_transcript(windows, duration=part.duration_seconds, facts=facts, language=plan.language)


def _get_model_facts(recogniser: Recogniser, plan: TranscriptionPlan) -> ModelFacts:
    try:
        return recogniser.describe_run(language=plan.language, glossary=plan.glossary)
    except UnsupportedLanguageError as error:
        raise NotReadyError(
            f"The model in use, {recogniser.facts.name}, cannot write down {languages.get_language_name(plan.language)}. If"
            " something else is spoken, choose that as the language of the recording. If not, whoever runs this"
            " installation has to set a model that knows it: one whose name does not end in “.en”. The recording is"
            " kept, and is written down as soon as it can be."
        ) from error


def _load_recogniser_in_thread(model: str, check_cancelled: Callable[[], object]) -> Recogniser:
    """Loaded in a thread: whoever cancels meanwhile does not wait until a large model is there."""
    settings: Settings = current_app.extensions["settings"]
    inside = PROJECT_ROOT / model  # "samples/demo.pt" is meant from the project's root, wherever the worker was started
    place = str(inside) if inside.exists() else model
    folder = settings.weights_folder or WHISPER_CACHE_FOLDER
    try:
        engine, source = EngineName(settings.recogniser), settings.weights_url
        return load_while_checking(lambda: load_recogniser(engine, place, folder, source), check_cancelled)
    except MissingWeightsError as error:
        raise NotReadyError(str(error)) from error


def _run_mapping(request: MappingRequest) -> SpeechMapping:
    settings: Settings = current_app.extensions["settings"]
    return map_speech(
        request.segments,
        request.schedule,
        similarity=_get_similarity(settings.embedding_model),
        written=request.written,
        reviewed=request.reviewed,
        markers=request.markers,
        decisions=request.decided,
        language=request.language,
    )


def _get_similarity(model_folder: str | None) -> "Similarity":
    from transcripts.mapping.similarity import SimilarityUnavailableError

    try:
        return _load_similarity(model_folder)
    except SimilarityUnavailableError as error:
        raise NotReadyError(
            f"{error} The transcript is kept, and its questions are found as soon as it is there."
        ) from error


@lru_cache(maxsize=1)
def _load_similarity(model_folder: str | None) -> "Similarity":
    from transcripts.mapping.similarity import load_similarity

    return load_similarity(model_folder)
