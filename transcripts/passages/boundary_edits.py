"""Move the boundary between two passages, and give chosen words a question; updates answers. Callers commit."""

from collections.abc import Sequence
from uuid import UUID
from zlib import crc32

from accounts import audit
from core import clock
from core.database import db
from evidence.contributions import submit_contribution
from transcripts.models import Passage, PassageState, Transcript
from transcripts.passages.acceptance import (
    PassageChangedError,
    build_revision,
    lock_for_decision,
    require_question,
)
from transcripts.passages.boundaries import (
    InvalidBoundaryError,
    PassageSpan,
    assign_span,
    find_largest_overlap,
    shift_boundary,
)
from transcripts.passages.decision_log import DecisionAction, log_step
from transcripts.passages.passage_spans import get_span, set_span
from transcripts.passages.passage_texts import refresh_texts
from transcripts.passages.spoken_answers import update_coverage, write_answer
from transcripts.text.spans import WordOffset, WordSpan
from transcripts.text.spoken import SpokenSegment
from transcripts.text.stored_transcripts import load_segments


def build_overall_revision(transcript: Transcript) -> str:
    return f"{crc32(' '.join(f'{row.id}:{build_revision(row)}' for row in sort_passages(transcript)).encode()):08x}"


def sort_passages(transcript: Transcript) -> list[Passage]:
    return sorted(transcript.passages, key=lambda row: get_span(row).start)


def move_boundary(later: Passage, to: WordOffset, earlier_revision: str, by: UUID) -> None:
    transcript, segments = later.transcript, load_segments(later.transcript)
    rows = sort_passages(transcript)
    index = rows.index(later)
    if index == 0:
        raise InvalidBoundaryError("The first passage starts where the recording starts.")
    if build_revision(rows[index - 1]) != earlier_revision:
        raise PassageChangedError(
            "Someone else decided about the previous passage while you had the page open."
            " Nothing was changed. Check the page and try again."
        )
    parts = [_to_passage_span(row) for row in rows]
    parts[index - 1 : index + 1] = shift_boundary(segments, parts[index - 1], parts[index], to)
    with log_step(transcript, by, DecisionAction.BOUNDARY_MOVED):
        _apply_spans(transcript, parts, segments, by)
    audit.record("passage's boundary moved", later, segment=to.segment, word=to.word)


def assign_question(
    transcript: Transcript,
    chosen: WordSpan,
    question_key: str | None,
    by: UUID,
    *,
    revision: str,
    is_accepted: bool = False,
) -> None:
    """Raises UnknownQuestionError, InvalidBoundaryError and PassageChangedError."""
    lock_for_decision(transcript)
    db.session.expire(transcript, ["passages"])
    require_question(transcript, question_key)
    if build_overall_revision(transcript) != revision:
        raise PassageChangedError(
            "Someone else decided about passages while you had the page open."
            " Nothing was changed. Check the page and try again."
        )
    segments, parts = load_segments(transcript), [_to_passage_span(row) for row in sort_passages(transcript)]
    origin = find_largest_overlap(segments, parts, chosen)
    state = PassageState.ACCEPTED if is_accepted and question_key is not None else PassageState.SUGGESTED
    new = PassageSpan(
        id=None,
        origin_id=origin.origin_id if origin else None,
        question_key=question_key,
        state=state.value,
        span=chosen,
        is_touched=True,
        is_decided=True,
    )
    parts = assign_span(segments, parts, new)
    with log_step(transcript, by, DecisionAction.QUESTION_ASSIGNED):
        _apply_spans(transcript, parts, segments, by)
        if state is PassageState.ACCEPTED:
            submit_contribution(transcript.contribution)
    audit.record("question given", transcript, question=question_key, state=state.value)


def _to_passage_span(row: Passage) -> PassageSpan:
    return PassageSpan(row.id, row.id, row.question_key, row.state.value, get_span(row))


def _apply_spans(
    transcript: Transcript, parts: Sequence[PassageSpan], segments: Sequence[SpokenSegment], by: UUID
) -> None:
    rows = {row.id: row for row in transcript.passages}
    touched = [part for part in parts if part.is_touched]
    remaining_ids = {part.id for part in parts}
    removed = [row for row in rows.values() if row.id not in remaining_ids]
    before = [*removed, *(rows[part.id] for part in touched if part.id is not None)]
    questions, answered = _collect_keys(before)
    for part in touched:
        _update_row(transcript, rows, part, segments, by)
    for row in removed:
        transcript.passages.remove(row)
    db.session.flush()
    db.session.expire(transcript, ["passages"])
    after = [row for row in transcript.passages if row.id not in rows or row in before]
    refresh_texts(transcript, after)
    more_questions, more_answered = _collect_keys(after)
    for key in answered | more_answered:
        write_answer(transcript, key, by)
    for key in questions | more_questions:
        update_coverage(transcript, key)


def _update_row(
    transcript: Transcript, rows: dict[UUID, Passage], part: PassageSpan, segments: Sequence[SpokenSegment], by: UUID
) -> None:
    row = rows.get(part.id) if part.id is not None else None
    if row is None:
        row = _create_row(transcript, rows.get(part.origin_id) if part.origin_id is not None else None)
    row.question_key, row.state = part.question_key, PassageState(part.state)
    if row.state is PassageState.SUGGESTED:
        row.answer_id = None
    if part.is_decided:
        row.decided_by, row.decided_at = by, clock.now()
    set_span(row, part.span, segments)


def _create_row(transcript: Transcript, origin: Passage | None) -> Passage:
    row = Passage(transcript_id=transcript.id, confidence=origin.confidence if origin else 0.0)
    if origin is not None:
        row.suggested_key, row.answer_id = origin.suggested_key, origin.answer_id
        row.decided_by, row.decided_at = origin.decided_by, origin.decided_at
    transcript.passages.append(row)
    return row


def _collect_keys(rows: Sequence[Passage]) -> tuple[set[str], set[str]]:
    accepted = {row.question_key for row in rows if row.state is PassageState.ACCEPTED and row.question_key}
    return {row.question_key for row in rows if row.question_key}, accepted
