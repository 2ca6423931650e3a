"""Recognise a sample recording to measure a model's speed on this machine. Needs torch: only the command calls it."""

import time

from sqlalchemy import select

from core import clock
from core.database import db
from core.settings import PROJECT_ROOT, Settings
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.decoder import decode, probe
from transcripts.audio.streams import AudioSource, open_audio_file, wrap_samples
from transcripts.model_store.installed_models import get_weights_folder, resolve_model_path
from transcripts.model_store.model_facts import EngineName, MissingWeightsError, ModelFacts, compute_sha256
from transcripts.models import MeasuredSpeed
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.recogniser import Recogniser
from transcripts.recognition.whisper_engine import WhisperOptions, load_whisper

SAMPLE_FILE = PROJECT_ROOT / "samples" / "interview-1.ogg"


class NotMeasuredError(Exception): ...


def measure_speed(model: str, settings: Settings, max_seconds: float | None = None) -> float:
    """Seconds of work for a second of sound. The caller commits."""
    path = resolve_model_path(model)
    try:
        recogniser = _load_recogniser(str(path or model), settings)
    except MissingWeightsError as error:
        raise NotMeasuredError(str(error)) from error
    sound, began = _open_sample(max_seconds), time.monotonic()
    for _ in recogniser.recognise(sound, language="en"):
        pass
    factor = (time.monotonic() - began) / sound.seconds
    _record_speed(recogniser.describe_run(language="en"), factor)
    return factor


def _load_recogniser(model: str, settings: Settings) -> Recogniser:
    engine = EngineName(settings.recogniser)
    if engine is EngineName.OPENAI_WHISPER:
        options = WhisperOptions(beam_size=settings.whisper_beams)
        return load_whisper(
            model, get_weights_folder(settings), settings.weights_url, options=options, may_download=False
        )
    return load_recogniser(engine, model, get_weights_folder(settings), beams=settings.whisper_beams)


def _open_sample(max_seconds: float | None) -> AudioSource:
    if max_seconds is not None:
        return wrap_samples(
            decode(SAMPLE_FILE)[: round(max_seconds * SAMPLE_RATE)], fingerprint=compute_sha256(SAMPLE_FILE)
        )
    with SAMPLE_FILE.open("rb") as file:
        return open_audio_file(
            SAMPLE_FILE, fingerprint=compute_sha256(SAMPLE_FILE), seconds=probe(file).duration_seconds
        )


def _record_speed(facts: ModelFacts, factor: float) -> None:
    device = ", ".join(f"{name} {facts.options[name]}" for name in ("device", "threads") if name in facts.options)
    query = select(MeasuredSpeed).where(
        MeasuredSpeed.model_sha256 == facts.sha256,
        MeasuredSpeed.engine == facts.engine,
        MeasuredSpeed.device == device,
    )
    row = db.session.scalars(query).first()
    if row is None:
        row = MeasuredSpeed(model_sha256=facts.sha256, engine=facts.engine, device=device)
        db.session.add(row)
    row.real_time_factor, row.measured_at = factor, clock.now()
