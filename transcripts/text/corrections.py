"""Versions of segments: what people type, restore and undo. Their effects: passages/corrected_text.py.

Rows are added and flushed; callers lock the interview and commit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, func, select

from core import clock
from core.database import db
from core.errors import RuleError
from core.text_cleaning import clean_single_line
from transcripts.models import CorrectionKind, SegmentCorrection, Transcript

MAX_SEGMENT_CHARACTERS = 10_000
SAME_SITTING = timedelta(minutes=1)  # what somebody types in a row is one version


class CorrectionConflictError(RuleError):
    """Someone else has changed the segment since."""


class NoSuchSegmentError(RuleError): ...


class TextTooLongError(RuleError): ...


@dataclass(frozen=True, slots=True)
class SegmentContent:
    """None: the machine's."""

    text: str | None = None
    speaker: str | None = None


MACHINE_CONTENT = SegmentContent()


def find_newest(transcript: Transcript, segment: int) -> SegmentCorrection | None:
    return next(iter(_list_newest_first(transcript, segment)), None)


def get_content(row: SegmentCorrection | None) -> SegmentContent:
    return MACHINE_CONTENT if row is None else SegmentContent(row.text, row.speaker)


def get_number(row: SegmentCorrection | None) -> int:
    return 0 if row is None else row.number


def find_version(transcript: Transcript, segment: int, number: int) -> SegmentCorrection | None:
    return next((row for row in _list_newest_first(transcript, segment) if row.number == number), None)


def find_content_before(row: SegmentCorrection) -> SegmentContent:
    query = _select_versions(row.transcript_id, row.segment).where(SegmentCorrection.number < row.number)
    return get_content(db.session.scalars(query.limit(1)).first())


def list_versions(transcript: Transcript, segment: int) -> list[SegmentCorrection]:
    """The newest first; the machine's own is not among them."""
    return _list_newest_first(transcript, segment)


def clean_segment_text(text: str) -> str:
    cleaned = clean_single_line(text)
    if len(cleaned) > MAX_SEGMENT_CHARACTERS:
        raise TextTooLongError(
            f"This sentence has {len(cleaned):,} characters. Shorten it to {MAX_SEGMENT_CHARACTERS:,} or fewer."
        )
    return cleaned


def require_segment(transcript: Transcript, segment: int) -> None:
    if not 0 <= segment < len(transcript.segments):
        raise NoSuchSegmentError("This transcript has no such sentence. Reload the page and try again.")


def require_base(newest: SegmentCorrection | None, base_number: int) -> None:
    if get_number(newest) != base_number:
        raise CorrectionConflictError("Someone else has changed this sentence since. Nothing was overwritten.")


def add_text(transcript: Transcript, segment: int, text: str, base_number: int, by: UUID) -> SegmentCorrection | None:
    """None: nothing differs. What one person types within a minute stays one version with a new number."""
    newest = find_newest(transcript, segment)
    require_base(newest, base_number)
    machine_text = transcript.segments[segment].text.strip()
    content = SegmentContent(None if text == machine_text else text, get_content(newest).speaker)
    if content == get_content(newest):
        return newest
    if newest is not None and _continues(newest, by):
        newest.text, newest.number = content.text, newest.number + 1
        db.session.flush()
        return newest
    return add_version(transcript, segment, content, by, kind=CorrectionKind.TYPED, step=find_next_step(transcript))


def add_version(
    transcript: Transcript, segment: int, content: SegmentContent, by: UUID, *, kind: CorrectionKind, step: int
) -> SegmentCorrection:
    base = get_number(find_newest(transcript, segment))
    row = SegmentCorrection(
        transcript_id=transcript.id,
        segment=segment,
        number=base + 1,
        base_number=base,
        step=step,
        kind=kind,
        text=content.text,
        speaker=content.speaker,
        author_id=by,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def add_versions(
    transcript: Transcript, contents: Iterable[tuple[int, SegmentContent]], by: UUID, kind: CorrectionKind
) -> list[int]:
    """One step of several segments; those that it leaves as they are get no version."""
    step = find_next_step(transcript)
    changed = []
    for segment, content in contents:
        if content != get_content(find_newest(transcript, segment)):
            add_version(transcript, segment, content, by, kind=kind, step=step)
            changed.append(segment)
    return changed


def find_next_step(transcript: Transcript) -> int:
    query = select(func.max(SegmentCorrection.step)).where(SegmentCorrection.transcript_id == transcript.id)
    return (db.session.scalar(query) or 0) + 1


def _continues(newest: SegmentCorrection, by: UUID) -> bool:
    is_own = newest.kind is CorrectionKind.TYPED and newest.author_id == by and newest.undone_at is None
    return is_own and clock.now() - newest.created_at < SAME_SITTING


def _list_newest_first(transcript: Transcript, segment: int) -> list[SegmentCorrection]:
    return list(db.session.scalars(_select_versions(transcript.id, segment)))


def _select_versions(transcript_id: UUID, segment: int) -> Select[SegmentCorrection]:
    return (
        select(SegmentCorrection)
        .where(SegmentCorrection.transcript_id == transcript_id, SegmentCorrection.segment == segment)
        .order_by(SegmentCorrection.number.desc())
        .execution_options(populate_existing=True)
    )
