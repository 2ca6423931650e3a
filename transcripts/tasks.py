"""The slow work on recordings: check, transcribe, map. Decides nothing; torch is imported late, by the worker alone."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app

from core import clock, jobs
from core.database import db
from core.errors import NotYetError
from core.leases import Work
from core.models import Queue
from core.settings import PROJECT_ROOT, Settings
from transcripts import (
    heard_windows,
    languages,
    marker_places,
    passages,
    recordings,
    reviewed,
    suggestions,
    transcription,
)
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recognition.engines import EngineName, load_recogniser
from transcripts.recognition.loaded_model import while_looking
from transcripts.recognition.recogniser import (
    WHISPERS_OWN_FOLDER,
    LanguageNotKnownError,
    MissingWeightsError,
    ModelFacts,
    RecognisedWindow,
    Recogniser,
    transcript_of,
)
from transcripts.sound.audio import UnsoundRecordingError, probe
from transcripts.sound.streams import Sound, decoded
from transcripts.speakers import apart
from transcripts.spoken import SpokenTranscript
from transcripts.stored_sound import open_stored
from transcripts.stored_transcripts import Making
from transcripts.suggestions import MappingRequest
from transcripts.telling import Telling
from transcripts.transcription import Part, Plan

if TYPE_CHECKING:
    from transcripts.mapping.similarity import Similarity


@jobs.job(transcription.CHECK, Queue.FILES)
def check_recording(work: Work) -> None:
    """Whether a recording plays from beginning to end; a damaged one is kept aside with the reason."""
    with work.reading():
        recording = db.session.get_one(Recording, work.subject_id)
        is_new, path = recording.state is RecordingState.RECEIVED, recording.storage_path
    if not is_new:
        return
    try:
        with open_stored(recordings.storage(), path) as sound:
            facts = probe(sound)
    except UnsoundRecordingError as error:
        with work.writing():
            transcription.note_refusal(db.session.get_one(Recording, work.subject_id), str(error))
        return
    with work.writing():
        recording = db.session.get_one(Recording, work.subject_id)
        transcription.note_sound(recording, facts)
        marker_places.note_begin(recording)


@jobs.job(transcription.TRANSCRIBE, Queue.LONG)
def transcribe(work: Work) -> None:
    """Write down a recording, if its speaker allows it and nobody has done it yet."""
    with work.reading():
        plan = transcription.plan(db.session.get_one(Recording, work.subject_id))
    if plan is None:
        return
    done = Telling(work, plan.parts)
    recogniser = _recogniser(plan.model, done.look)
    facts = _facts(recogniser, plan)
    parts = _speakers_parts(plan, done)
    done.has(parts)
    heard = [(_sound_of(part), _written_down(part, plan, recogniser, done)) for part in parts]
    spoken, known = apart.with_speakers(heard, done.look)
    done.lap()
    making = Making(facts, done.seconds_taken, known)
    with work.writing(hold_first=lambda: _hold_interview(db.session.get_one(Recording, work.subject_id))):
        transcription.store(work.subject_id, {part.recording_id for part in plan.parts}, spoken, making)


@jobs.job(transcription.MAP, Queue.LONG)
def map_transcript(work: Work) -> None:
    """Suggest which words answer which question."""
    with work.reading():
        request = suggestions.mapping_request(db.session.get_one(Transcript, work.subject_id))
    found = _mapped(request)
    with work.writing(hold_first=lambda: _hold_interview(db.session.get_one(Transcript, work.subject_id))):
        suggestions.store(db.session.get_one(Transcript, work.subject_id), found, request.segments)


@jobs.job(reviewed.MAP_OTHERS, Queue.QUICK)
def map_others(work: Work) -> None:
    """Ask for the interviews that can learn from what was reviewed meanwhile."""
    with work.writing():
        for transcript_id in reviewed.learners(work.subject_id):
            transcription.ask_to_map_again(transcript_id)


@jobs.job(reviewed.MAP_REST, Queue.QUICK)
def map_rest(work: Work) -> None:
    """Ask for what is left of an interview, once nobody has decided about it for a while."""
    with work.writing():
        transcript = db.session.get_one(Transcript, work.subject_id)
        settles_at = reviewed.settles_at(transcript)
        if settles_at > clock.now():
            jobs.request(reviewed.MAP_REST, transcript.id, not_before=settles_at)
        elif reviewed.has_rest(transcript):
            transcription.ask_to_map_again(transcript.id)


def _hold_interview(row: Recording | Transcript) -> None:
    """Before the job, as people do who decide about an interview and then ask for its jobs."""
    passages.lock(row.contribution_id)


def _speakers_parts(plan: Plan, done: Telling) -> tuple[Part, ...]:
    """Files are a speaker each; of a single one with two channels, each channel may be."""
    if len(plan.parts) > 1:
        return plan.parts
    whole = plan.parts[0]
    channels = apart.chosen_channels(
        whole.channels, lambda channel: _sound_of(replace(whole, channel=channel)), done.look
    )
    return tuple(replace(whole, channel=channel) for channel in channels)


def _sound_of(part: Part) -> Sound:
    return decoded(
        lambda: open_stored(recordings.storage(), part.storage_path),
        mark=part.sha256,
        seconds=part.duration_seconds,
        channel=part.channel,
        has_one_voice=part.has_one_voice,
    )


def _written_down(part: Part, plan: Plan, recogniser: Recogniser, done: Telling) -> SpokenTranscript:
    """Goes on behind the windows that an earlier worker has kept."""
    sound = _sound_of(part)
    facts = _facts(recogniser, plan)
    way = heard_windows.way_of(facts, sound)
    with done.work.reading():
        windows = heard_windows.kept(part.recording_id, way)
        done.took_before(heard_windows.seconds_taken(part.recording_id, way))
    batch: list[RecognisedWindow] = []
    done.begin(part)
    for window in recogniser.recognise(
        sound,
        language=plan.language,
        glossary=plan.glossary,
        first_window=len(windows),
        on_progress=done.note,
        is_cancelled=done.look,
    ):
        batch.append(window)
        if window.ends_batch:
            with done.work.writing():
                heard_windows.keep(part.recording_id, way, batch, done.lap())
            windows, batch = [*windows, *batch], []
    return transcript_of(windows, duration=part.duration_seconds, facts=facts, language=plan.language)


def _facts(recogniser: Recogniser, plan: Plan) -> ModelFacts:
    try:
        return recogniser.facts_for(language=plan.language, glossary=plan.glossary)
    except LanguageNotKnownError as error:
        raise NotYetError(
            f"The model in use, {recogniser.facts.name}, cannot write down {languages.name_of(plan.language)}. If"
            " something else is spoken, choose that as the language of the recording. If not, whoever runs this"
            " installation has to set a model that knows it: one whose name does not end in “.en”. The recording is"
            " kept, and is written down as soon as it can be."
        ) from error


def _recogniser(model: str, look: Callable[[], object]) -> Recogniser:
    """Loaded in a thread: whoever cancels meanwhile does not wait until a large model is there."""
    settings: Settings = current_app.extensions["settings"]
    inside = PROJECT_ROOT / model  # "samples/demo.pt" is meant from the project's root, wherever the worker was started
    place = str(inside) if inside.exists() else model
    folder = settings.weights_folder or WHISPERS_OWN_FOLDER
    try:
        engine, source = EngineName(settings.recogniser), settings.weights_url
        return while_looking(lambda: load_recogniser(engine, place, folder, source), look)
    except MissingWeightsError as error:
        raise NotYetError(str(error)) from error


def _mapped(request: MappingRequest) -> SpeechMapping:
    settings: Settings = current_app.extensions["settings"]
    return map_speech(
        request.segments,
        request.schedule,
        similarity=_similarity(settings.embedding_model),
        written=request.written,
        reviewed=request.reviewed,
        markers=request.markers,
        decided=request.decided,
        language=request.language,
    )


def _similarity(model_folder: str | None) -> "Similarity":
    from transcripts.mapping.similarity import SimilarityUnavailableError

    try:
        return _loaded_similarity(model_folder)
    except SimilarityUnavailableError as error:
        raise NotYetError(
            f"{error} The transcript is kept, and its questions are found as soon as it is there."
        ) from error


@lru_cache(maxsize=1)
def _loaded_similarity(model_folder: str | None) -> "Similarity":
    from transcripts.mapping.similarity import load_similarity

    return load_similarity(model_folder)
