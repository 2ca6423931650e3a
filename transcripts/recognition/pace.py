"""How far a recognition is and how long the rest takes, from what was measured in this run. Pure but for its clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass

LISTENED = 0.05  # the share of the work that is done when speech is found
TELL_EVERY_SECONDS = 10.0  # of sound, while speech is looked for


@dataclass(frozen=True, slots=True)
class Progress:
    share: float  # 0..1
    seconds_left: float | None = None  # None: not yet known


Tell = Callable[[Progress], None]


class Pace:
    """Neither loading the model nor windows that an earlier run has kept count as speed."""

    def __init__(self, sound_seconds: float, tell: Tell, now: Callable[[], float] = time.monotonic) -> None:
        self._sound_seconds, self._tell, self._now = max(sound_seconds, 1.0), tell, now
        self._next_told = TELL_EVERY_SECONDS
        self._all = self._left = self._began = 0.0

    def listened(self, seconds: float) -> None:
        if seconds >= self._next_told:
            self._next_told = seconds + TELL_EVERY_SECONDS
            self._tell(Progress(LISTENED * min(seconds / self._sound_seconds, 1.0)))

    def begin(self, all_seconds: float, left_seconds: float) -> None:
        """`all_seconds` of windows are in the recording, `left_seconds` of them are to be done in this run."""
        self._all, self._left, self._began = all_seconds, left_seconds, self._now()
        self._to_do = left_seconds
        self._tell(Progress(self._share()))

    def done(self, seconds: float) -> None:
        """So many seconds of windows were recognised since the last call."""
        self._left = max(0.0, self._left - seconds)
        measured = self._to_do - self._left
        per_second = (self._now() - self._began) / measured if measured else None
        self._tell(Progress(self._share(), None if per_second is None else per_second * self._left))

    def _share(self) -> float:
        return LISTENED + (1 - LISTENED) * (1 - self._left / self._all if self._all else 1.0)
