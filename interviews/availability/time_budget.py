"""Give up a calculation that takes too long, such as a series that is searched until the year 9999."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeBudgetExceededError(Exception):
    """The calculation took too long."""


@contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Processor time. Only in a process of its own: elsewhere signals belong to the server."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise TimeBudgetExceededError
