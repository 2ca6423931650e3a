"""The whole application with its clock set ahead, for workers that start “an hour later”. Started by tests/workers.py.

How far ahead, in seconds, stands in a file of the data folder when the worker starts.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from core import clock
from tests.workers import AHEAD
from wsgi import create_app

__all__ = ["create_app"]

_ahead = timedelta(seconds=float((Path(os.environ["LISTENING_POST_DATA_FOLDER"]) / AHEAD).read_text()))
_true_now = clock.now


def _shifted_now() -> datetime:
    return _true_now() + _ahead


clock.now = _shifted_now
