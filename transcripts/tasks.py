"""The slow work on recordings: check, transcribe, map. Decides nothing; torch is imported late, by the worker alone."""

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app

from core import jobs
from core.database import db
from core.errors import NotYetError
from core.leases import Work
from core.models import Queue
from core.settings import PROJECT_ROOT, Settings
from transcripts import heard_windows, recordings, suggestions, transcription
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recognition.recogniser import (
    WHISPERS_OWN_FOLDER,
    MissingWeightsError,
    RecognisedWindow,
    Recogniser,
    transcript_of,
)
from transcripts.sound.audio import UnsoundRecordingError, decode, probe
from transcripts.spoken import SpokenTranscript
from transcripts.stored_sound import open_stored
from transcripts.stored_transcripts import Making
from transcripts.suggestions import MappingRequest
from transcripts.transcription import Plan

if TYPE_CHECKING:
    from transcripts.mapping.similarity import Similarity

DECODED = 0.02  # the share of the work that is done when the first window is recognised


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
        transcription.note_sound(db.session.get_one(Recording, work.subject_id), facts)


@jobs.job(transcription.TRANSCRIBE, Queue.LONG)
def transcribe(work: Work) -> None:
    """Write down a recording, if its speaker allows it and nobody has done it yet."""
    with work.reading():
        plan = transcription.plan(db.session.get_one(Recording, work.subject_id))
    if plan is None:
        return
    began = time.monotonic()
    recogniser = _recogniser(plan.model)
    spoken = _written_down(plan, recogniser, work)
    making = Making(recogniser.facts, seconds_taken=time.monotonic() - began)
    with work.writing():
        transcription.store(work.subject_id, spoken, making)


@jobs.job(transcription.MAP, Queue.LONG)
def map_transcript(work: Work) -> None:
    """Suggest which words answer which question."""
    with work.reading():
        request = suggestions.mapping_request(db.session.get_one(Transcript, work.subject_id))
    found = _mapped(request)
    with work.writing():
        suggestions.store(db.session.get_one(Transcript, work.subject_id), found, request.segments)


def _written_down(plan: Plan, recogniser: Recogniser, work: Work) -> SpokenTranscript:
    """Goes on behind the windows that an earlier worker has kept."""
    done, way = Progress(work, plan.duration_seconds), heard_windows.way_of(recogniser.facts, None, "")
    with work.reading():
        windows = heard_windows.kept(work.subject_id, way)
    with open_stored(recordings.storage(), plan.storage_path) as sound:
        samples = decode(sound)
    batch: list[RecognisedWindow] = []
    first = len(windows)
    for window in recogniser.recognise(samples, first_window=first, on_progress=done.note, is_cancelled=done.look):
        batch.append(window)
        if window.ends_batch:
            with work.writing():
                heard_windows.keep(work.subject_id, way, batch)
            windows, batch = [*windows, *batch], []
    return transcript_of(windows, duration=plan.duration_seconds, facts=recogniser.facts)


class Progress:
    """Tells the job's row how far the recogniser is, also while it is inside a window."""

    def __init__(self, work: Work, duration_seconds: float) -> None:
        self._work, self._duration_seconds, self._share = work, max(duration_seconds, 1.0), DECODED

    def note(self, seconds: float) -> None:
        self._share = DECODED + (1 - DECODED) * min(seconds / self._duration_seconds, 1.0)
        self._work.report(self._share)

    def look(self) -> bool:
        """Raises CancelledError or LeaseLostError, which end the job; so it never has to say that it is cancelled."""
        self._work.report(self._share)
        return False


def _recogniser(model: str) -> Recogniser:
    from transcripts.recognition.whisper_recogniser import load_whisper

    settings: Settings = current_app.extensions["settings"]
    inside = PROJECT_ROOT / model  # "samples/demo.pt" is meant from the project's root, wherever the worker was started
    try:
        return load_whisper(str(inside) if inside.is_file() else model, settings.weights_folder or WHISPERS_OWN_FOLDER)
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
