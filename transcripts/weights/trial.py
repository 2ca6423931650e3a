"""Run a sample recording through a model, to learn how quick it is here. Needs torch: for the command alone."""

import time

from sqlalchemy import select

from core import clock
from core.database import db
from core.settings import PROJECT_ROOT, Settings
from transcripts.models import MeasuredSpeed
from transcripts.recognition.engines import EngineName, load_recogniser
from transcripts.recognition.recogniser import MissingWeightsError, ModelFacts, Recogniser, sha256_of
from transcripts.recognition.whisper_recogniser import load_whisper
from transcripts.sound.audio import decode, probe
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.sound.streams import Sound, decoded_file, in_memory
from transcripts.weights.shelf import folder_of, path_in_use

SAMPLE = PROJECT_ROOT / "samples" / "interview-1.ogg"


class NotMeasuredError(Exception):
    """The model is not here; the message says what to do."""


def measure_speed(model: str, settings: Settings, most_seconds: float | None = None) -> float:
    """Seconds of work for a second of sound; kept for the list of models. The caller commits."""
    path = path_in_use(model)
    try:
        recogniser = _loaded(str(path or model), settings)
    except MissingWeightsError as error:
        raise NotMeasuredError(str(error)) from error
    sound, began = _sample(most_seconds), time.monotonic()
    for _ in recogniser.recognise(sound, language="en"):
        pass
    factor = (time.monotonic() - began) / sound.seconds
    _keep(recogniser.facts_for(language="en"), factor)
    return factor


def _loaded(model: str, settings: Settings) -> Recogniser:
    """With the engine that the settings name; nothing is fetched."""
    engine = EngineName(settings.recogniser)
    if engine is EngineName.OPENAI_WHISPER:
        return load_whisper(model, folder_of(settings), settings.weights_url, may_download=False)
    return load_recogniser(engine, model, folder_of(settings))


def _sample(most_seconds: float | None) -> Sound:
    if most_seconds is not None:
        return in_memory(decode(SAMPLE)[: round(most_seconds * SAMPLE_RATE)], mark=sha256_of(SAMPLE))
    with SAMPLE.open("rb") as file:
        return decoded_file(SAMPLE, mark=sha256_of(SAMPLE), seconds=probe(file).duration_seconds)


def _keep(facts: ModelFacts, factor: float) -> None:
    """One row for each way of running a model; the newest trial counts."""
    device = ", ".join(f"{name} {facts.options[name]}" for name in ("device", "threads") if name in facts.options)
    wanted = select(MeasuredSpeed).where(
        MeasuredSpeed.model_sha256 == facts.sha256,
        MeasuredSpeed.engine == facts.engine,
        MeasuredSpeed.device == device,
    )
    row = db.session.scalars(wanted).first()
    if row is None:
        row = MeasuredSpeed(model_sha256=facts.sha256, engine=facts.engine, device=device)
        db.session.add(row)
    row.real_time_factor, row.measured_at = factor, clock.now()
