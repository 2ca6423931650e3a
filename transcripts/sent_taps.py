"""Read what the live page sends: taps with their moments, and taps that are taken back. Pure; stores nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from core.errors import RuleError
from transcripts.models import MarkerKind

MOST_AT_ONCE = 200
MOST_NOTE = 4000
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class UnreadableTapsError(RuleError):
    """Not what the page sends."""


@dataclass(frozen=True, slots=True)
class SentTap:
    id: UUID
    kind: MarkerKind
    question_key: str | None
    note: str
    at: datetime  # on the server's clock, as far as the page could tell


@dataclass(frozen=True, slots=True)
class SentUndo:
    id: UUID  # of the tap


def taps_of(sent: object) -> list[SentTap | SentUndo]:
    """Of the JSON `{"taps": [{"id", "kind", "question", "note", "at"} or {"id", "undo": true}]}`; `at` in milliseconds.

    Raises UnreadableTapsError.
    """
    taps = sent.get("taps") if isinstance(sent, dict) else None
    if not isinstance(taps, list) or len(taps) > MOST_AT_ONCE:
        raise UnreadableTapsError(f"A list of at most {MOST_AT_ONCE} taps is expected.")
    return [_tap(tap) for tap in taps]


def _tap(sent: object) -> SentTap | SentUndo:
    if not isinstance(sent, dict):
        raise UnreadableTapsError("A tap is an object.")
    tap_id = id_of(sent.get("id"))
    if sent.get("undo") is True:
        return SentUndo(tap_id)
    return SentTap(tap_id, kind_of(sent.get("kind")), _key(sent), _note(sent), _moment(sent.get("at")))


def id_of(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise UnreadableTapsError("A tap has no readable id.") from error


def kind_of(text: object) -> MarkerKind:
    try:
        return MarkerKind(str(text))
    except ValueError as error:
        raise UnreadableTapsError("This kind of tap is not known.") from error


def _key(sent: Mapping[str, object]) -> str | None:
    key = sent.get("question")
    if key is not None and not isinstance(key, str):
        raise UnreadableTapsError("A tap's question is not readable.")
    return key or None


def _note(sent: Mapping[str, object]) -> str:
    note = sent.get("note", "")
    if not isinstance(note, str) or len(note) > MOST_NOTE:
        raise UnreadableTapsError(f"A note has at most {MOST_NOTE} characters.")
    return note


def _moment(milliseconds: object) -> datetime:
    is_number = isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool)
    if not is_number or not EARLIEST.timestamp() <= _seconds(milliseconds) <= LATEST.timestamp():
        raise UnreadableTapsError("A tap has no readable time.")
    return datetime.fromtimestamp(_seconds(milliseconds), UTC)


def _seconds(milliseconds: object) -> float:
    try:
        return float(milliseconds) / 1000  # type: ignore[arg-type]  # looked at before
    except OverflowError:
        return math.inf
