"""Move the boundary between two passages, and give a question to chosen words. Answers follow; callers commit."""

from collections.abc import Sequence
from uuid import UUID
from zlib import crc32

from accounts import audit
from core import clock
from core.database import db
from evidence.contributions import give
from transcripts.boundaries import NoSuchPlaceError, Part, given, most_of, moved
from transcripts.decisions import Action, noted
from transcripts.models import Passage, PassageState, Transcript
from transcripts.passages import ChangedMeanwhileError, lock_to_decide, mark_of, require_question
from transcripts.places import place, span_of
from transcripts.spans import Place, Span
from transcripts.spoken import SpokenSegment
from transcripts.spoken_answers import cover_again, write_answer
from transcripts.stored_transcripts import spoken_segments


def mark_of_all(transcript: Transcript) -> str:
    """What a page shows of all passages, to be sent back with a change that may touch several."""
    return f"{crc32(' '.join(f'{row.id}:{mark_of(row)}' for row in in_order(transcript)).encode()):08x}"


def in_order(transcript: Transcript) -> list[Passage]:
    """As their words follow each other, whoever talks over whom."""
    return sorted(transcript.passages, key=lambda row: span_of(row).start)


def move_boundary(later: Passage, to: Place, seen_earlier: str, by: UUID) -> None:
    """Let a passage begin elsewhere, and the one before it end there.

    Raises NoSuchPlaceError, and ChangedMeanwhileError if the one before is not as it was on the page.
    """
    transcript, segments = later.transcript, spoken_segments(later.transcript)
    rows = in_order(transcript)
    number = rows.index(later)
    if number == 0:
        raise NoSuchPlaceError("The first passage begins where the recording begins.")
    if mark_of(rows[number - 1]) != seen_earlier:
        raise ChangedMeanwhileError(
            "Somebody else has decided about the passage before this one while you had the page open."
            " Nothing was changed: please look again."
        )
    parts = [_part(row) for row in rows]
    parts[number - 1 : number + 1] = moved(segments, parts[number - 1], parts[number], to)
    with noted(transcript, by, Action.BOUNDARY):
        _redraw(transcript, parts, segments, by)
    audit.record("passage's boundary moved", later, segment=to.segment, word=to.word)


def give_question(
    transcript: Transcript, chosen: Span, question_key: str | None, by: UUID, *, seen: str, is_accepted: bool = False
) -> None:
    """Make some words a passage of their own question: as a suggestion, or at once as its answer.

    Raises UnknownQuestionError, NoSuchPlaceError and ChangedMeanwhileError.
    """
    lock_to_decide(transcript)
    db.session.expire(transcript, ["passages"])
    require_question(transcript, question_key)
    if mark_of_all(transcript) != seen:
        raise ChangedMeanwhileError(
            "Somebody else has decided about passages while you had the page open."
            " Nothing was changed: please look again."
        )
    segments, parts = spoken_segments(transcript), [_part(row) for row in in_order(transcript)]
    origin = most_of(segments, parts, chosen)
    state = PassageState.ACCEPTED if is_accepted and question_key is not None else PassageState.SUGGESTED
    new = Part(None, origin.origin if origin else None, question_key, state.value, chosen, True, True)
    after = given(segments, parts, new)
    with noted(transcript, by, Action.GIVEN):
        _redraw(transcript, after, segments, by)
        if state is PassageState.ACCEPTED:
            give(transcript.contribution)
    audit.record("question given", transcript, question=question_key, state=state.value)


def _part(row: Passage) -> Part:
    return Part(row.id, row.id, row.question_key, row.state.value, span_of(row))


def _redraw(transcript: Transcript, parts: Sequence[Part], segments: Sequence[SpokenSegment], by: UUID) -> None:
    rows = {row.id: row for row in transcript.passages}
    touched = [part for part in parts if part.is_touched]
    stays = {part.id for part in parts}
    gone = [row for row in rows.values() if row.id not in stays]
    before = [*gone, *(rows[part.id] for part in touched if part.id is not None)]
    questions, answered = _keys(before)
    for part in touched:
        _draw(transcript, rows, part, segments, by)
    for row in gone:
        transcript.passages.remove(row)
    db.session.flush()
    db.session.expire(transcript, ["passages"])
    now = [row for row in transcript.passages if row.id not in rows or row in before]
    more_questions, more_answered = _keys(now)
    for key in answered | more_answered:
        write_answer(transcript, key, by)
    for key in questions | more_questions:
        cover_again(transcript, key)


def _draw(
    transcript: Transcript, rows: dict[UUID, Passage], part: Part, segments: Sequence[SpokenSegment], by: UUID
) -> None:
    """A row that is cut off, or new, has what the machine said of the passage that its words come from."""
    row = rows.get(part.id) if part.id is not None else None
    if row is None:
        row = _copy(transcript, rows.get(part.origin) if part.origin is not None else None)
    row.question_key, row.state = part.question_key, PassageState(part.state)
    if row.state is PassageState.SUGGESTED:
        row.answer_id = None
    if part.is_decided:
        row.decided_by, row.decided_at = by, clock.now()
    place(row, part.span, segments)


def _copy(transcript: Transcript, origin: Passage | None) -> Passage:
    row = Passage(transcript_id=transcript.id, confidence=origin.confidence if origin else 0.0)
    if origin is not None:
        row.suggested_key, row.answer_id = origin.suggested_key, origin.answer_id
        row.decided_by, row.decided_at = origin.decided_by, origin.decided_at
    transcript.passages.append(row)
    return row


def _keys(rows: Sequence[Passage]) -> tuple[set[str], set[str]]:
    """The questions of passages, and those that they answer."""
    accepted = {row.question_key for row in rows if row.state is PassageState.ACCEPTED and row.question_key}
    return {row.question_key for row in rows if row.question_key}, accepted
