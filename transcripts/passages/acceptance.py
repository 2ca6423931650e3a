"""People's decisions about passages: accept, move, reopen. Accepted text becomes an answer; callers commit."""

from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from evidence import consent
from evidence.answers import UnknownQuestionError
from evidence.calls import get_schedule
from evidence.contributions import submit_contribution
from transcripts.models import Passage, PassageState, Transcript
from transcripts.passages.decision_log import DecisionAction, log_step
from transcripts.passages.spoken_answers import update_coverage, write_answer
from transcripts.recordings.interview_lock import lock_interview

SURE_CONFIDENCE = 0.9  # calibrated: right at least nine times in ten


class PassageChangedError(RuleError): ...


class QuestionRequiredError(RuleError):
    """A passage suggested for a question cannot be accepted for none; it can be moved to none."""


def lock_for_decision(transcript: Transcript) -> None:
    """Raises UseNotAllowedError, PassageChangedError."""
    lock_interview(transcript.contribution_id)
    consent.require(ExitUse.CORRECTING, transcript.contribution)
    _require_newest(transcript)


def build_revision(passage: Passage) -> str:
    position = f"{passage.first_segment}.{passage.first_word}-{passage.last_segment}.{passage.last_word}"
    return f"{passage.state.value}:{passage.question_key or ''}:{position}"


def lock_passage(passage_id: UUID, revision: str) -> Passage:
    contribution_id = db.session.scalar(
        select(Transcript.contribution_id)
        .join(Passage, Passage.transcript_id == Transcript.id)
        .where(Passage.id == passage_id)
    )
    if contribution_id is not None:
        lock_interview(contribution_id)
    passage = db.session.get(Passage, passage_id, populate_existing=True)
    if passage is None:
        raise PassageChangedError(
            "The suggestions were updated while you had the page open."
            " Nothing was changed. Check the page and try again."
        )
    if build_revision(passage) != revision:
        raise PassageChangedError(
            "Someone else decided about this passage while you had the page open."
            " Nothing was changed. Check the page and try again."
        )
    consent.require(ExitUse.CORRECTING, passage.transcript.contribution)
    _require_newest(passage.transcript)
    return passage


def accept_passage(passage: Passage, by: UUID) -> None:
    with log_step(passage.transcript, by, DecisionAction.ACCEPTED):
        _accept_locked(passage, by)


def accept_for_question(passage: Passage, question_key: str | None, by: UUID) -> None:
    if question_key is None and passage.question_key is not None:
        raise QuestionRequiredError("Choose the question that this passage answers.")
    with log_step(passage.transcript, by, DecisionAction.ACCEPTED):
        _move_locked(passage, question_key, by)
        _accept_locked(passage, by)


def accept_sure_passages(transcript: Transcript, by: UUID) -> int:
    lock_for_decision(transcript)
    sure_passages = [row for row in transcript.passages if is_sure(row)]
    with log_step(transcript, by, DecisionAction.SURE_ACCEPTED):
        for passage in sure_passages:
            _accept_locked(passage, by)
    return len(sure_passages)


def is_sure(passage: Passage) -> bool:
    return passage.is_open and passage.confidence >= SURE_CONFIDENCE


def move_passage(passage: Passage, question_key: str | None, by: UUID) -> None:
    with log_step(passage.transcript, by, DecisionAction.MOVED):
        _move_locked(passage, question_key, by)


def reopen_passage(passage: Passage, by: UUID) -> None:
    if passage.state is not PassageState.ACCEPTED or passage.question_key is None:
        return
    with log_step(passage.transcript, by, DecisionAction.REOPENED):
        passage.state, passage.answer_id = PassageState.SUGGESTED, None
        _record_decision(passage, by, "passage put back")
        write_answer(passage.transcript, passage.question_key, by)


def require_question(transcript: Transcript, key: str | None) -> None:
    if key is not None and not get_schedule(transcript.contribution.schedule_version).has_question(key):
        raise UnknownQuestionError("Choose one of the questions.")


def _require_newest(transcript: Transcript) -> None:
    if not transcript.is_newest:
        raise PassageChangedError(
            "A newer text of this recording has been imported and is used now."
            " Nothing was changed. Please read the newer text."
        )


def _accept_locked(passage: Passage, by: UUID) -> None:
    if passage.state is PassageState.ACCEPTED:
        return
    if passage.question_key is None:
        if passage.decided_at is None:
            _record_decision(passage, by, "passage accepted")
        return
    passage.state = PassageState.ACCEPTED
    _record_decision(passage, by, "passage accepted")
    write_answer(passage.transcript, passage.question_key, by)
    submit_contribution(passage.transcript.contribution)


def _move_locked(passage: Passage, question_key: str | None, by: UUID) -> None:
    require_question(passage.transcript, question_key)
    before = passage.question_key
    if question_key == before:
        return
    was_accepted = passage.state is PassageState.ACCEPTED
    passage.question_key = question_key
    if question_key is None:
        passage.state = PassageState.SUGGESTED
    if was_accepted:
        passage.answer_id = None
    _record_decision(passage, by, "passage moved", before=before, after=question_key)
    for key in {before, question_key} - {None}:
        if was_accepted:
            write_answer(passage.transcript, str(key), by)
        update_coverage(passage.transcript, str(key))


def _record_decision(passage: Passage, by: UUID, action: str, **details: str | None) -> None:
    passage.decided_by, passage.decided_at = by, clock.now()
    db.session.flush()
    audit.record(action, passage, question=passage.question_key, **details)
