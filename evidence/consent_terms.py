"""The uses that consent is asked for, one by one. Pure. Decisions: consent.py."""

from dataclasses import dataclass
from enum import StrEnum


class ConsentUse(StrEnum):
    RECORD = "record"
    TRANSCRIBE = "transcribe"
    QUOTE_NAMED = "quote_named"
    QUOTE_UNNAMED = "quote_unnamed"
    SHARE = "share"
    ARCHIVE = "archive"
    RECONTACT = "recontact"


SPOKEN_ONLY_USES = frozenset({ConsentUse.RECORD, ConsentUse.TRANSCRIBE})  # not asked of people who write


@dataclass(frozen=True, slots=True)
class ConsentTermDraft:
    use: ConsentUse
    wording: str  # as shown; stored with each decision
