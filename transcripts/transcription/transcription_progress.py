"""Report a transcription's progress and remaining time to its job, over all parts of the recording."""

import time
from collections.abc import Sequence

from core.leases import Work
from transcripts.recognition.progress import RecognitionProgress
from transcripts.transcription.pipeline import RecognitionPart


class TranscriptionProgress:
    def __init__(self, work: Work, parts: Sequence[RecognitionPart]) -> None:
        self.work = work
        self.set_parts(parts)
        self._done_seconds = self._current_seconds = 0.0  # of sound: the finished parts, and the current one
        self._progress = RecognitionProgress(0.0)
        self._lap_began = time.monotonic()
        self.seconds_taken = 0.0  # in all attempts, without batches that were lost with their worker

    def set_parts(self, parts: Sequence[RecognitionPart]) -> None:
        self._total_seconds = max(sum(part.duration_seconds for part in parts), 1.0)

    def start_part(self, part: RecognitionPart) -> None:
        self._done_seconds += self._current_seconds
        self._current_seconds = part.duration_seconds
        self.report_progress(RecognitionProgress(0.0))

    def report_progress(self, progress: RecognitionProgress) -> None:
        rest = max(0.0, self._total_seconds - self._done_seconds - self._current_seconds)
        unfinished = (1 - progress.share) * self._current_seconds
        seconds_left = progress.seconds_left
        if seconds_left is not None and unfinished:
            seconds_left *= (unfinished + rest) / unfinished
        share = (self._done_seconds + progress.share * self._current_seconds) / self._total_seconds
        self._progress = RecognitionProgress(share, seconds_left)
        self.check_cancelled()

    def check_cancelled(self) -> bool:
        """Always False: a cancelled job ends with CancelledError or LeaseLostError."""
        self.work.set_progress(self._progress.share, self._progress.seconds_left)
        return False

    def measure_lap(self) -> float:
        now = time.monotonic()
        lap_seconds, self._lap_began = now - self._lap_began, now
        self.seconds_taken += lap_seconds
        return lap_seconds

    def add_earlier_seconds(self, seconds: float) -> None:
        self.seconds_taken += seconds
