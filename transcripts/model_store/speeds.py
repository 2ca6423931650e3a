"""How long a model takes on this installation: measured if it was used, otherwise estimated from another model."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.database import db
from transcripts.model_store.catalogue import KnownModel, find_model_by_sha256
from transcripts.models import MeasuredSpeed, Transcript, TranscriptOrigin

MIN_SOUND_SECONDS = 60.0  # with less, loading the model would distort the result


@dataclass(frozen=True, slots=True)
class Speed:
    minutes_an_hour: float  # of work for an hour of sound
    is_measured: bool

    @property
    def description(self) -> str:
        minutes = self.minutes_an_hour
        duration = f"{minutes:.0f} minutes" if minutes >= 1.5 else "about a minute"
        if minutes >= 90:
            duration = f"{minutes / 60:.1f} hours"
        return f"{duration} for an hour of sound ({'measured here' if self.is_measured else 'a rough estimate'})"


def load_measured_factors() -> dict[str, float]:
    """Seconds of work for a second of sound, by the model's SHA-256. Real transcriptions override trials."""
    trials = select(MeasuredSpeed.model_sha256, MeasuredSpeed.real_time_factor).order_by(MeasuredSpeed.measured_at)
    return {row[0]: row[1] for row in db.session.execute(trials)} | _load_factors_from_use()


def estimate_speed(model: KnownModel, factors: Mapping[str, float]) -> Speed | None:
    for sha256 in model.hashes:
        if sha256 in factors:
            return Speed(factors[sha256] * 60, is_measured=True)
    others = [(other, factor) for sha256, factor in factors.items() if (other := find_model_by_sha256(sha256))]
    return _estimate_from_nearest(model, others) if others else None


def _estimate_from_nearest(model: KnownModel, others: Sequence[tuple[KnownModel, float]]) -> Speed:
    nearest, factor = min(
        others, key=lambda other: abs(math.log(other[0].parameters_millions / _get_parameter_count(model)))
    )
    return Speed(factor * _get_parameter_count(model) / nearest.parameters_millions * 60, is_measured=False)


def _get_parameter_count(model: KnownModel) -> int:
    return model.parameters_millions


def _load_factors_from_use() -> dict[str, float]:
    taken, length = func.sum(Transcript.seconds_taken), func.sum(Transcript.duration_seconds)
    query = (
        select(Transcript.model_sha256, taken / length)
        .where(
            Transcript.origin == TranscriptOrigin.RECOGNISED,
            Transcript.model_sha256 != "",
            Transcript.seconds_taken > 0,
        )
        .group_by(Transcript.model_sha256)
        .having(length >= MIN_SOUND_SECONDS)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
