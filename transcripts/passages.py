"""What people decide about passages: accept, move, put back. Accepted words become answers; callers commit.

Where a passage begins and ends is decided in boundaries.py.
"""

from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.answers import UnknownQuestionError
from evidence.calls import schedule_of
from evidence.contributions import give
from evidence.models import Contribution
from transcripts.decisions import Action, noted
from transcripts.models import Passage, PassageState, Transcript
from transcripts.spoken_answers import cover_again, write_answer

SURE = 0.9  # confidence is calibrated: from here on, right nine times in ten or more


class ChangedMeanwhileError(RuleError):
    """Somebody else decided about the passage after the page was opened."""


class NoQuestionError(RuleError):
    """A passage that was suggested for a question cannot be accepted for none; it can be moved to none."""


def lock(contribution_id: UUID) -> None:
    """Let one person at a time decide about an interview's passages, until the transaction ends."""
    db.session.execute(select(Contribution.id).where(Contribution.id == contribution_id).with_for_update())


def lock_to_decide(transcript: Transcript) -> None:
    """The same, for what counts now. Raises ChangedMeanwhileError when another text has taken its place."""
    lock(transcript.contribution_id)
    _refuse_superseded(transcript)


def mark_of(passage: Passage) -> str:
    """What a page shows of a passage, to be sent back with a decision."""
    place = f"{passage.first_segment}.{passage.first_word}-{passage.last_segment}.{passage.last_word}"
    return f"{passage.state.value}:{passage.question_key or ''}:{place}"


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
    _refuse_superseded(passage.transcript)
    return passage


def accept(passage: Passage, by: UUID) -> None:
    """Make the passage's words part of its question's answer; where it has none, a person has now said so."""
    with noted(passage.transcript, by, Action.ACCEPTED):
        _accept(passage, by)


def accept_for(passage: Passage, question_key: str | None, by: UUID) -> None:
    """Under another question than the one it stands under, in one step. Raises NoQuestionError."""
    if question_key is None and passage.question_key is not None:
        raise NoQuestionError("Choose the question that this passage answers.")
    with noted(passage.transcript, by, Action.ACCEPTED):
        _move(passage, question_key, by)
        _accept(passage, by)


def accept_all_sure(transcript: Transcript, by: UUID) -> int:
    """Accept the suggestions that are at least SURE. Returns how many. Raises ChangedMeanwhileError."""
    lock_to_decide(transcript)
    sure = [row for row in transcript.passages if row.question_key and is_sure(row)]
    with noted(transcript, by, Action.ALL_SURE):
        for passage in sure:
            _accept(passage, by)
    return len(sure)


def is_sure(passage: Passage) -> bool:
    return passage.state is PassageState.SUGGESTED and passage.question_key is not None and passage.confidence >= SURE


def move(passage: Passage, question_key: str | None, by: UUID) -> None:
    """To another question, or to none. An accepted passage takes its words along; at no question it is no answer."""
    with noted(passage.transcript, by, Action.MOVED):
        _move(passage, question_key, by)


def put_back(passage: Passage, by: UUID) -> None:
    """An accepted passage becomes a suggestion again, and its words leave the answer."""
    if passage.state is not PassageState.ACCEPTED or passage.question_key is None:
        return
    with noted(passage.transcript, by, Action.PUT_BACK):
        passage.state, passage.answer_id = PassageState.SUGGESTED, None
        _decide(passage, by, "passage put back")
        write_answer(passage.transcript, passage.question_key, by)


def require_question(transcript: Transcript, key: str | None) -> None:
    """Raises UnknownQuestionError. None, no question, can always be chosen."""
    if key is not None and not schedule_of(transcript.contribution.schedule_version).has_question(key):
        raise UnknownQuestionError("Choose one of the questions.")


def _refuse_superseded(transcript: Transcript) -> None:
    """Its words would become an answer beside a text that does not have them."""
    later = select(Transcript.id).where(
        Transcript.contribution_id == transcript.contribution_id,
        Transcript.position == transcript.position,
        Transcript.number > transcript.number,
    )
    if db.session.scalars(later.limit(1)).first() is not None:
        raise ChangedMeanwhileError(
            "Another text of this recording has been brought in, and it counts now."
            " Nothing was changed: please read the newer text."
        )


def _accept(passage: Passage, by: UUID) -> None:
    if passage.state is PassageState.ACCEPTED:
        return
    if passage.question_key is None:
        if passage.decided_at is None:
            _decide(passage, by, "passage accepted")
        return
    passage.state = PassageState.ACCEPTED
    _decide(passage, by, "passage accepted")
    write_answer(passage.transcript, passage.question_key, by)
    give(passage.transcript.contribution)


def _move(passage: Passage, question_key: str | None, by: UUID) -> None:
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
    _decide(passage, by, "passage moved", before=before, after=question_key)
    for key in {before, question_key} - {None}:
        if was_accepted:
            write_answer(passage.transcript, str(key), by)
        cover_again(passage.transcript, str(key))


def _decide(passage: Passage, by: UUID, action: str, **details: str | None) -> None:
    passage.decided_by, passage.decided_at = by, clock.now()
    db.session.flush()
    audit.record(action, passage, question=passage.question_key, **details)
