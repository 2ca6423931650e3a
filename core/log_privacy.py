"""What the log never gets: secret links, and the values that PostgreSQL adds to its errors."""

import logging
import re
import traceback
from typing import Any

SECRET_PATHS = (
    "sign-in",
    "link",
    "feeds",
    "invited",
    "nominations",
    "consent",
    "new-address",
    "updates",
    "no-updates",
    "no-reminders",
    "receipts",
)
SECRET_LINK = re.compile(rf"(/(?:{'|'.join(SECRET_PATHS)})/)[A-Za-z0-9_-]{{16,}}")
VALUES_IN_ERRORS = re.compile(r"^(?:DETAIL|CONTEXT|QUERY): .*$", re.MULTILINE)

_create_record = logging.getLogRecordFactory()


def remove_secrets(text: str) -> str:
    return VALUES_IN_ERRORS.sub("(left out)", SECRET_LINK.sub(r"\1[secret]", text))


def protect_logs() -> None:
    """For all loggers of this process."""
    logging.setLogRecordFactory(_create_protected_record)


def _create_protected_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _create_record(*args, **kwargs)
    if record.args:  # a message without arguments is a constant of the program
        record.msg, record.args = remove_secrets(record.getMessage()), ()
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = remove_secrets("".join(traceback.format_exception(*record.exc_info)).rstrip())
    return record
