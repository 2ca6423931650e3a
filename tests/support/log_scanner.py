"""Reads every record that the program logs during the tests: none may name a person of the tests, or hold a secret."""

import logging
import re

from core.log_privacy import SECRET_PATHS

PERSONAL = re.compile(rf"[\w.+-]+@home\.example|020 7946 \d{{4}}|/(?:{'|'.join(SECRET_PATHS)})/[\w-]{{40,}}")

leaks: list[str] = []


class LogScanner(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        text = logging.Formatter().format(record)
        leaks.extend(f"{record.name}: {found}" for found in PERSONAL.findall(text))


def scan_logs() -> None:
    logging.getLogger().addHandler(LogScanner(logging.DEBUG))


def assert_no_leaks() -> None:
    found = leaks.copy()
    leaks.clear()
    assert found == [], "The log names a person of the tests."
