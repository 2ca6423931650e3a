"""Tell a transcription's job how far it is and how long it still takes, over all the parts of its recording."""

import time
from collections.abc import Sequence

from core.leases import Work
from transcripts.recognition.progress import RecognitionProgress
from transcripts.transcription.pipeline import RecognitionPart


class TranscriptionProgress:
    """Parts come one after the other; each counts with its length."""

    def __init__(self, work: Work, parts: Sequence[RecognitionPart]) -> None:
        self.work = work
        self.set_parts(parts)
        self._done_seconds, self._current_seconds = (
            0.0,
            0.0,
        )  # seconds of sound: parts that are done, and the one that is being heard
        self._progress = RecognitionProgress(0.0)
        self._lap_began = time.monotonic()
        self.seconds_taken = 0.0  # over all attempts, but for batches that were lost with their worker

    def set_parts(self, parts: Sequence[RecognitionPart]) -> None:
        """Which they are turns out only when the sound was looked at: a channel may be one."""
        self._total_seconds = max(sum(part.duration_seconds for part in parts), 1.0)

    def start_part(self, part: RecognitionPart) -> None:
        self._done_seconds += self._current_seconds
        self._current_seconds = part.duration_seconds
        self.report_progress(RecognitionProgress(0.0))

    def report_progress(self, progress: RecognitionProgress) -> None:
        rest = max(0.0, self._total_seconds - self._done_seconds - self._current_seconds)
        undone = (1 - progress.share) * self._current_seconds
        left = progress.seconds_left
        if left is not None and undone:
            left *= (undone + rest) / undone
        self._progress = RecognitionProgress(
            (self._done_seconds + progress.share * self._current_seconds) / self._total_seconds, left
        )
        self.check_cancelled()

    def check_cancelled(self) -> bool:
        """Raises CancelledError or LeaseLostError, which end the job; so it never has to say that it is cancelled."""
        self.work.set_progress(self._progress.share, self._progress.seconds_left)
        return False

    def measure_lap(self) -> float:
        """The seconds since the last call, or since the start."""
        now = time.monotonic()
        took, self._lap_began = now - self._lap_began, now
        self.seconds_taken += took
        return took

    def add_earlier_seconds(self, seconds: float) -> None:
        """In earlier attempts, for what is kept of them."""
        self.seconds_taken += seconds
