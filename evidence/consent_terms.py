"""The uses that consent is asked for, one by one. Pure: who agreed to what stands in consent.py."""

from dataclasses import dataclass
from enum import StrEnum


class Use(StrEnum):
    RECORD = "record"
    TRANSCRIBE = "transcribe"
    QUOTE_NAMED = "quote_named"
    QUOTE_UNNAMED = "quote_unnamed"
    SHARE = "share"
    ARCHIVE = "archive"
    RECONTACT = "recontact"


SPOKEN_ONLY = frozenset({Use.RECORD, Use.TRANSCRIBE})  # not asked of people who write


@dataclass(frozen=True, slots=True)
class Term:
    use: Use
    wording: str  # as the person reads it; stored with each decision
