"""Steps of deciding about passages: each is noted, and can be undone and done again until somebody changes more."""

import pytest
from flask import Flask
from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from evidence.answers import get_answers_by_question
from evidence.models import Answer
from tests.support import make, make_transcripts
from transcripts.models import Decision, Passage, PassageState, Transcript
from transcripts.passages import acceptance, undo
from transcripts.passages.acceptance import PassageChangedError
from transcripts.passages.decision_log import DecisionAction, serialise_passage
from transcripts.passages.undo import Undoer


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


def whole_state(transcript: Transcript) -> tuple[object, ...]:
    db.session.expire_all()
    texts = {
        key: answer.text for key, answer in get_answers_by_question(transcript.contribution).items() if answer.text
    }
    covered = sorted((row.question_key, row.status.value) for row in transcript.coverage)
    return (
        [serialise_passage(row) for row in transcript.passages],
        [row.answer_id for row in transcript.passages],
        texts,
        covered,
    )


def undo_next(transcript: Transcript, by: StaffMember, *, coordinator: bool = False) -> tuple[object, ...]:
    who = Undoer(by.id, coordinator)
    step = undo.find_next_undo(transcript, who)
    assert step is not None
    undo.undo_decision(transcript, step.number, who)
    return whole_state(transcript)


def redo_next(transcript: Transcript, by: StaffMember) -> tuple[object, ...]:
    step = undo.find_next_redo(transcript, Undoer(by.id))
    assert step is not None
    undo.redo_decision(transcript, step.number, Undoer(by.id))
    return whole_state(transcript)


def test_each_decision_is_one_step_without_a_word_that_was_said(cara: StaffMember) -> None:
    first, second, _ = make_transcripts.passages(confidence=0.95)

    acceptance.accept_for_question(first, "cost", cara.id)
    acceptance.reopen_passage(first, cara.id)
    acceptance.move_passage(second, None, cara.id)
    acceptance.move_passage(second, None, cara.id)
    acceptance.accept_sure_passages(first.transcript, cara.id)

    steps = db.session.scalars(select(Decision).order_by(Decision.number)).all()
    assert [step.action for step in steps] == [
        DecisionAction.ACCEPTED,
        DecisionAction.REOPENED,
        DecisionAction.MOVED,
        DecisionAction.SURE_ACCEPTED,
    ]
    assert [step.number for step in steps] == [1, 2, 3, 4]
    assert "What I say" not in str([(step.before, step.after) for step in steps])


def test_whatever_was_decided_can_be_undone_to_the_start_and_done_again(cara: StaffMember) -> None:
    first, second, third = make_transcripts.passages(confidence=0.95)
    transcript = first.transcript
    states = [whole_state(transcript)]
    for decide in (
        lambda: acceptance.accept_for_question(first, "cost", cara.id),
        lambda: acceptance.move_passage(first, "values", cara.id),
        lambda: acceptance.accept_sure_passages(transcript, cara.id),
        lambda: acceptance.reopen_passage(second, cara.id),
        lambda: acceptance.move_passage(third, "lessons", cara.id),
        lambda: acceptance.move_passage(first, None, cara.id),
    ):
        decide()
        states.append(whole_state(transcript))

    undone = [undo_next(transcript, cara) for _ in states[1:]]
    redone = [redo_next(transcript, cara) for _ in states[1:]]

    assert undone == states[-2::-1]
    assert redone == states[1:]
    assert undo.find_next_redo(transcript, Undoer(cara.id)) is None


def test_what_is_undone_stays_readable_in_the_answers_earlier_wordings(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()
    acceptance.accept_passage(first, cara.id)

    undo_next(first.transcript, cara)

    answer = db.session.scalars(select(Answer)).one()
    assert (answer.text, [row.text for row in answer.versions]) == ("", ["What I say about capacity.", ""])
    assert (first.state, first.decided_at) == (PassageState.SUGGESTED, None)
    assert audit.list_entries_about(first.transcript_id)[-1].action == "decision undone"


def test_a_step_is_not_undone_when_somebody_has_changed_its_passage_since(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()
    zoe = make.staff("zoe", Role.REVIEWER)
    acceptance.accept_passage(first, cara.id)
    acceptance.move_passage(first, "cost", zoe.id)

    with pytest.raises(PassageChangedError, match="changed these passages since"):
        undo_next(first.transcript, cara)

    assert first.question_key == "cost"


def test_each_undoes_their_own_newest_step_and_a_coordinator_anybodys(cara: StaffMember) -> None:
    first, second, _ = make_transcripts.passages()
    zoe, amira = make.staff("zoe", Role.REVIEWER), make.staff("amira", Role.COORDINATOR)
    acceptance.accept_passage(first, cara.id)
    acceptance.accept_passage(second, zoe.id)

    undo_next(first.transcript, cara)
    assert (first.state, second.state) == (PassageState.SUGGESTED, PassageState.ACCEPTED)
    assert undo.find_next_undo(first.transcript, Undoer(cara.id)) is None
    undo_next(first.transcript, amira, coordinator=True)

    assert second.state is PassageState.SUGGESTED


def test_a_step_that_is_no_longer_the_newest_is_not_undone_by_an_old_page(cara: StaffMember) -> None:
    first, second, _ = make_transcripts.passages()
    acceptance.accept_passage(first, cara.id)
    acceptance.accept_passage(second, cara.id)

    with pytest.raises(PassageChangedError, match="Another decision was made"):
        undo.undo_decision(first.transcript, 1, Undoer(cara.id))

    assert first.state is PassageState.ACCEPTED


def test_an_undone_decision_can_be_replaced_by_a_new_suggestion(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])
    transcript, gone = first.transcript, first.id
    acceptance.accept_passage(first, cara.id)
    undo_next(transcript, cara)

    make_transcripts.add_suggestions(transcript, ["cost"])

    assert [row.question_key for row in transcript.passages] == ["cost"]
    assert db.session.get(Passage, gone) is None
    with pytest.raises(PassageChangedError, match="suggestions were updated"):
        redo_next(transcript, cara)
