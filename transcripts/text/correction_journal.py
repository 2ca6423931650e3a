"""Undo and redo corrections, step by step, each person their own. Undoing adds a version; callers lock and commit."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from core import clock
from core.database import db
from transcripts.models import CorrectionKind, SegmentCorrection, Transcript
from transcripts.text import corrections
from transcripts.text.corrections import CorrectionConflictError, SegmentContent

Step = Sequence[SegmentCorrection]  # rows of one action
NOT_STEPS = {CorrectionKind.UNDONE, CorrectionKind.REDONE}


def find_next_undo(transcript: Transcript, by: UUID) -> Step | None:
    return next((step for step in reversed(_list_steps(transcript, by)) if step[0].undone_at is None), None)


def find_next_redo(transcript: Transcript, by: UUID) -> Step | None:
    undone: Step | None = None
    for step in reversed(_list_steps(transcript, by)):
        if step[0].undone_at is None:
            return undone
        undone = step
    return undone


def undo_step(transcript: Transcript, by: UUID) -> list[int]:
    """The segments that changed."""
    step = find_next_undo(transcript, by) or _raise_nothing("undo")
    _require_unchanged(transcript, [(row, corrections.get_content(row)) for row in step])
    contents = [(row.segment, corrections.find_content_before(row)) for row in step]
    return _apply(transcript, step, contents, by, kind=CorrectionKind.UNDONE, undone_at=clock.now())


def redo_step(transcript: Transcript, by: UUID) -> list[int]:
    step = find_next_redo(transcript, by) or _raise_nothing("redo")
    _require_unchanged(transcript, [(row, corrections.find_content_before(row)) for row in step])
    contents = [(row.segment, corrections.get_content(row)) for row in step]
    return _apply(transcript, step, contents, by, kind=CorrectionKind.REDONE, undone_at=None)


def _apply(
    transcript: Transcript,
    step: Step,
    contents: Sequence[tuple[int, SegmentContent]],
    by: UUID,
    *,
    kind: CorrectionKind,
    undone_at: datetime | None,
) -> list[int]:
    changed = corrections.add_versions(transcript, contents, by, kind)
    for row in step:
        row.undone_at = undone_at
    db.session.flush()
    return changed


def _require_unchanged(transcript: Transcript, expected: Sequence[tuple[SegmentCorrection, SegmentContent]]) -> None:
    for row, content in expected:
        if corrections.get_content(corrections.find_newest(transcript, row.segment)) != content:
            raise CorrectionConflictError("Someone else has changed this sentence since. Nothing was overwritten.")


def _list_steps(transcript: Transcript, by: UUID) -> list[Step]:
    query = (
        select(SegmentCorrection)
        .where(SegmentCorrection.transcript_id == transcript.id, SegmentCorrection.author_id == by)
        .where(SegmentCorrection.kind.not_in(NOT_STEPS))
        .order_by(SegmentCorrection.step, SegmentCorrection.segment)
        .execution_options(populate_existing=True)
    )
    return [list(rows) for _, rows in groupby(db.session.scalars(query), key=lambda row: row.step)]


def _raise_nothing(action: str) -> Step:
    raise CorrectionConflictError(f"There is nothing to {action}.")
