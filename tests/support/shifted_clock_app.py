"""The whole application with its clock set ahead, for workers that start “an hour later”.

Started by tests/support/workers.py. A file in the data folder says how many seconds ahead.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from core import clock
from tests.support.workers import CLOCK_OFFSET_FILE
from wsgi import create_app

__all__ = ["create_app"]

_offset = timedelta(seconds=float((Path(os.environ["LISTENING_POST_DATA_FOLDER"]) / CLOCK_OFFSET_FILE).read_text()))
_true_now = clock.now


def _shifted_now() -> datetime:
    return _true_now() + _offset


clock.now = _shifted_now
