"""The progress of a recognition and its remaining time, measured in this run. Pure apart from its clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass

SPEECH_SEARCH_SHARE = 0.05  # of the work: finding speech
REPORT_INTERVAL_SECONDS = 10.0  # of sound, while finding speech


@dataclass(frozen=True, slots=True)
class RecognitionProgress:
    share: float  # 0..1
    seconds_left: float | None = None  # None: not yet known


ProgressCallback = Callable[[RecognitionProgress], None]


class ProgressMeter:
    """Its speed excludes loading the model and windows of earlier runs."""

    def __init__(
        self, sound_seconds: float, on_progress: ProgressCallback, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._sound_seconds, self._on_progress, self._now = max(sound_seconds, 1.0), on_progress, now
        self._next_report_seconds = REPORT_INTERVAL_SECONDS
        self._total_seconds = self._remaining_seconds = self._started_at = 0.0

    def report_speech_search(self, seconds: float) -> None:
        if seconds >= self._next_report_seconds:
            self._next_report_seconds = seconds + REPORT_INTERVAL_SECONDS
            self._on_progress(RecognitionProgress(SPEECH_SEARCH_SHARE * min(seconds / self._sound_seconds, 1.0)))

    def start_recognition(self, total_seconds: float, remaining_seconds: float) -> None:
        self._total_seconds, self._remaining_seconds, self._started_at = total_seconds, remaining_seconds, self._now()
        self._run_seconds = remaining_seconds
        self._on_progress(RecognitionProgress(self._compute_share()))

    def report_recognised(self, seconds: float) -> None:
        self._remaining_seconds = max(0.0, self._remaining_seconds - seconds)
        measured = self._run_seconds - self._remaining_seconds
        per_second = (self._now() - self._started_at) / measured if measured else None
        self._on_progress(
            RecognitionProgress(
                self._compute_share(), None if per_second is None else per_second * self._remaining_seconds
            )
        )

    def _compute_share(self) -> float:
        return SPEECH_SEARCH_SHARE + (1 - SPEECH_SEARCH_SHARE) * (
            1 - self._remaining_seconds / self._total_seconds if self._total_seconds else 1.0
        )
