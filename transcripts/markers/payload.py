"""Parse what the live page sends: taps with their times, and undone taps. Pure; stores nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from core.errors import RuleError
from transcripts.kinds.closed_sets import MarkerKind

MAX_TAPS_AT_ONCE = 200
MAX_NOTE_LENGTH = 4000
EARLIEST_TAP = datetime(2020, 1, 1, tzinfo=UTC)
LATEST_TAP = datetime(2200, 1, 1, tzinfo=UTC)


class UnreadableTapsError(RuleError): ...


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


def parse_taps(sent: object) -> list[SentTap | SentUndo]:
    """From `{"taps": [{"id", "kind", "question", "note", "at"} or {"id", "undo": true}]}`; `at` in milliseconds."""
    taps = sent.get("taps") if isinstance(sent, dict) else None
    if not isinstance(taps, list) or len(taps) > MAX_TAPS_AT_ONCE:
        raise UnreadableTapsError(f"Send a list of at most {MAX_TAPS_AT_ONCE} taps.")
    return [_parse_tap(tap) for tap in taps]


def _parse_tap(sent: object) -> SentTap | SentUndo:
    if not isinstance(sent, dict):
        raise UnreadableTapsError("A tap must be an object.")
    tap_id = parse_tap_id(sent.get("id"))
    if sent.get("undo") is True:
        return SentUndo(tap_id)
    return SentTap(
        tap_id, parse_kind(sent.get("kind")), _parse_question_key(sent), _parse_note(sent), _parse_time(sent.get("at"))
    )


def parse_tap_id(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise UnreadableTapsError("A tap has no valid id.") from error


def parse_kind(text: object) -> MarkerKind:
    try:
        return MarkerKind(str(text))
    except ValueError as error:
        raise UnreadableTapsError("This kind of tap does not exist.") from error


def _parse_question_key(sent: Mapping[str, object]) -> str | None:
    key = sent.get("question")
    if key is not None and not isinstance(key, str):
        raise UnreadableTapsError("A tap’s question must be text.")
    return key or None


def _parse_note(sent: Mapping[str, object]) -> str:
    note = sent.get("note", "")
    if not isinstance(note, str) or len(note) > MAX_NOTE_LENGTH:
        raise UnreadableTapsError(f"A note must be text of at most {MAX_NOTE_LENGTH} characters.")
    return note


def _parse_time(milliseconds: object) -> datetime:
    is_number = isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool)
    if not is_number or not EARLIEST_TAP.timestamp() <= _to_seconds(milliseconds) <= LATEST_TAP.timestamp():
        raise UnreadableTapsError("A tap has no valid time.")
    return datetime.fromtimestamp(_to_seconds(milliseconds), UTC)


def _to_seconds(milliseconds: object) -> float:
    try:
        return float(milliseconds) / 1000  # type: ignore[arg-type]  # checked by the caller
    except OverflowError:
        return math.inf
