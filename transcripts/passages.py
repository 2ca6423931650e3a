"""What people decide about passages: accept, move, put back. Accepted words become answers; callers commit."""

from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.answers import UnknownQuestionError, record_answer
from evidence.calls import schedule_of
from evidence.contributions import give
from evidence.models import Contribution
from transcripts.models import Coverage, CoverageStatus, Passage, PassageState, Transcript

SURE = 0.9  # confidence is calibrated: from here on, right nine times in ten or more


class ChangedMeanwhileError(RuleError):
    """Somebody else decided about the passage after the page was opened."""


class NoQuestionError(RuleError):
    """A passage that belongs to no question cannot become an answer."""


def lock(contribution_id: UUID) -> None:
    """Let one person at a time decide about an interview's passages, until the transaction ends."""
    db.session.execute(select(Contribution.id).where(Contribution.id == contribution_id).with_for_update())


def mark_of(passage: Passage) -> str:
    """What a page shows of a passage, to be sent back with a decision."""
    return f"{passage.state.value}:{passage.question_key or ''}"


def to_decide(passage_id: UUID, seen: str) -> Passage:
    """The passage, locked, as it was on the page. Raises ChangedMeanwhileError."""
    contribution_id = db.session.scalar(
        select(Transcript.contribution_id)
        .join(Passage, Passage.transcript_id == Transcript.id)
        .where(Passage.id == passage_id)
    )
    if contribution_id is not None:
        lock(contribution_id)
    passage = db.session.get(Passage, passage_id, populate_existing=True)
    if passage is None:
        raise ChangedMeanwhileError(
            "The suggestions were made anew while you had the page open. Nothing was changed: please look again."
        )
    if mark_of(passage) != seen:
        raise ChangedMeanwhileError(
            "Somebody else has decided about this passage while you had the page open."
            " Nothing was changed: please look again."
        )
    return passage


def accept(passage: Passage, by: UUID) -> None:
    """Make the passage's words part of its question's answer. Raises NoQuestionError."""
    if passage.question_key is None:
        raise NoQuestionError("Choose the question that this passage answers.")
    if passage.state is PassageState.ACCEPTED:
        return
    passage.state = PassageState.ACCEPTED
    _decide(passage, by, "passage accepted")
    _write_answer(passage.transcript, passage.question_key, by)
    give(_contribution(passage))


def accept_all_sure(transcript: Transcript, by: UUID) -> int:
    """Accept the suggestions that are at least SURE. Returns how many."""
    lock(transcript.contribution_id)
    sure = [row for row in transcript.passages if row.question_key and is_sure(row)]
    for passage in sure:
        accept(passage, by)
    return len(sure)


def is_sure(passage: Passage) -> bool:
    return passage.state is PassageState.SUGGESTED and passage.question_key is not None and passage.confidence >= SURE


def move(passage: Passage, question_key: str | None, by: UUID) -> None:
    """To another question, or to none. An accepted passage takes its words along; at no question it is no answer."""
    if question_key is not None and not schedule_of(_contribution(passage).schedule_version).has_question(question_key):
        raise UnknownQuestionError("Choose one of the questions.")
    before = passage.question_key
    if question_key == before:
        return
    was_accepted = passage.state is PassageState.ACCEPTED
    passage.question_key = question_key
    if question_key is None:
        passage.state = PassageState.SUGGESTED
    if was_accepted:
        passage.answer_id = None
    _decide(passage, by, "passage moved", before=before, after=question_key)
    for key in {before, question_key} - {None}:
        if was_accepted:
            _write_answer(passage.transcript, str(key), by)
        cover_again(passage.transcript, str(key))


def put_back(passage: Passage, by: UUID) -> None:
    """An accepted passage becomes a suggestion again, and its words leave the answer."""
    if passage.state is not PassageState.ACCEPTED or passage.question_key is None:
        return
    passage.state, passage.answer_id = PassageState.SUGGESTED, None
    _decide(passage, by, "passage put back")
    _write_answer(passage.transcript, passage.question_key, by)


def cover_again(transcript: Transcript, key: str) -> None:
    """Bring one question's coverage in line with the passages that it has now."""
    mine = [row for row in transcript.passages if row.question_key == key]
    row = next((row for row in transcript.coverage if row.question_key == key), None)
    if row is None:
        row = Coverage(transcript_id=transcript.id, question_key=key, status=CoverageStatus.NOT_ASKED)
        transcript.coverage.append(row)
    if any(passage.decided_at is not None for passage in mine):
        row.status = CoverageStatus.ANSWERED
    elif not mine and row.status in {CoverageStatus.ANSWERED, CoverageStatus.UNPROMPTED}:
        row.status = CoverageStatus.NOT_ASKED
    db.session.flush()


def _decide(passage: Passage, by: UUID, action: str, **details: str | None) -> None:
    passage.decided_by, passage.decided_at = by, clock.now()
    db.session.flush()
    audit.record(action, passage, question=passage.question_key, **details)


def _write_answer(transcript: Transcript, key: str, by: UUID) -> None:
    """The answer is what all accepted passages of the interview say to a question, in the order they were said."""
    contribution = transcript.contribution
    wanted = (
        select(Passage)
        .join(Transcript, Transcript.id == Passage.transcript_id)
        .where(Transcript.contribution_id == contribution.id)
        .where(Passage.question_key == key, Passage.state == PassageState.ACCEPTED)
        .order_by(Transcript.position, Passage.start_seconds)
    )
    accepted = list(db.session.scalars(wanted))
    answer = record_answer(contribution, key, "\n\n".join(row.text for row in accepted), by=by)
    for row in accepted:
        row.answer_id = answer.id
    db.session.flush()
    cover_again(transcript, key)


def _contribution(passage: Passage) -> Contribution:
    return passage.transcript.contribution
