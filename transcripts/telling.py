"""Tell a transcription's job how far it is and how long it still takes, over all the parts of its recording."""

import time
from collections.abc import Sequence

from core.leases import Work
from transcripts.recognition.pace import Progress
from transcripts.transcription import Part


class Telling:
    """Parts come one after the other; each counts with its length."""

    def __init__(self, work: Work, parts: Sequence[Part]) -> None:
        self.work = work
        self.has(parts)
        self._behind, self._here = 0.0, 0.0  # seconds of sound: parts that are done, and the one that is being heard
        self._now = Progress(0.0)
        self._lap = time.monotonic()
        self.seconds_taken = 0.0  # over all attempts, but for batches that were lost with their worker

    def has(self, parts: Sequence[Part]) -> None:
        """Which they are turns out only when the sound was looked at: a channel may be one."""
        self._all = max(sum(part.duration_seconds for part in parts), 1.0)

    def begin(self, part: Part) -> None:
        self._behind += self._here
        self._here = part.duration_seconds
        self.note(Progress(0.0))

    def note(self, progress: Progress) -> None:
        rest = max(0.0, self._all - self._behind - self._here)
        undone = (1 - progress.share) * self._here
        left = progress.seconds_left
        if left is not None and undone:
            left *= (undone + rest) / undone
        self._now = Progress((self._behind + progress.share * self._here) / self._all, left)
        self.look()

    def look(self) -> bool:
        """Raises CancelledError or LeaseLostError, which end the job; so it never has to say that it is cancelled."""
        self.work.tell(self._now.share, self._now.seconds_left)
        return False

    def lap(self) -> float:
        """The seconds since the last call, or since the start."""
        now = time.monotonic()
        took, self._lap = now - self._lap, now
        self.seconds_taken += took
        return took

    def took_before(self, seconds: float) -> None:
        """In earlier attempts, for what is kept of them."""
        self.seconds_taken += seconds
