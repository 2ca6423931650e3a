"""What people decide about passages, and what becomes of the answers."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from evidence.answers import UnknownQuestionError
from evidence.models import Answer, AnswerVersion, ContributionState
from tests.support import make, make_transcripts
from transcripts.models import CoverageStatus, Passage, PassageState, Transcript
from transcripts.passages import acceptance
from transcripts.passages.acceptance import PassageChangedError, QuestionRequiredError


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


def answer_to(key: str) -> Answer:
    return db.session.scalars(select(Answer).where(Answer.question_key == key)).one()


def status_of(transcript: Transcript, key: str) -> CoverageStatus:
    return next(row.status for row in transcript.coverage if row.question_key == key)


def test_an_accepted_passage_becomes_the_answer(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity", "values"])

    acceptance.accept_passage(first, cara.id)

    answer = answer_to("capacity")
    assert answer.text == "What I say about capacity."
    assert (first.state, first.answer_id, first.decided_by) == (PassageState.ACCEPTED, answer.id, cara.id)
    assert db.session.scalars(select(AnswerVersion.recorded_by)).all() == [cara.id]


def test_the_first_accepted_passage_gives_the_contribution(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()
    contribution = first.transcript.contribution
    before = contribution.state

    acceptance.accept_passage(first, cara.id)

    assert (before, contribution.state) == (ContributionState.DRAFT, ContributionState.SUBMITTED)


def test_several_passages_make_one_answer_in_the_order_they_were_said(cara: StaffMember) -> None:
    early, _, late = make_transcripts.passages(["values", "capacity", "values"])
    early.text, late.text = "First this.", "Later that."

    acceptance.accept_passage(late, cara.id)
    acceptance.accept_passage(early, cara.id)

    answer = answer_to("values")
    assert answer.text == "First this.\n\nLater that."
    assert early.answer_id == late.answer_id == answer.id


def test_the_recordings_of_an_interview_make_one_answer_in_their_order(cara: StaffMember) -> None:
    contribution = make_transcripts.contribution()
    made = []
    for pitch, text in ((300.0, "From the first part."), (500.0, "From the second part.")):
        recording = make_transcripts.recording(contribution, make_transcripts.tone_wav(pitch=pitch))
        transcript = make_transcripts.transcript(recording, text, is_mapped=False)
        made += make_transcripts.add_suggestions(transcript, ["values"])

    for passage in reversed(made):
        acceptance.accept_passage(passage, cara.id)

    assert answer_to("values").text == "From the first part.\n\nFrom the second part."


def test_accepting_twice_changes_nothing(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()

    acceptance.accept_passage(first, cara.id)
    acceptance.accept_passage(first, cara.id)

    assert len(answer_to("capacity").versions) == 1


def test_a_person_can_agree_that_speech_belongs_to_no_question(cara: StaffMember) -> None:
    outside = make_transcripts.passages([None])[0]

    acceptance.accept_passage(outside, cara.id)

    assert (outside.question_key, outside.state, outside.decided_by) == (None, PassageState.SUGGESTED, cara.id)
    assert db.session.scalars(select(Answer)).all() == []


def test_what_was_suggested_for_a_question_cannot_be_accepted_for_none(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])

    with pytest.raises(QuestionRequiredError):
        acceptance.accept_for_question(first, None, cara.id)


def test_a_moved_suggestion_stays_a_suggestion_and_remembers_what_the_machine_said(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])

    acceptance.move_passage(first, "cost", cara.id)

    assert (first.state, first.question_key, first.suggested_key) == (PassageState.SUGGESTED, "cost", "capacity")
    assert db.session.scalars(select(Answer)).all() == []
    assert status_of(first.transcript, "cost") is CoverageStatus.ANSWERED
    assert status_of(first.transcript, "capacity") is CoverageStatus.NOT_ASKED


def test_moving_an_accepted_passage_changes_both_answers_and_keeps_the_earlier_text(cara: StaffMember) -> None:
    first, second = make_transcripts.passages(["values", "values"])
    first.text, second.text = "One.", "Two."
    acceptance.accept_passage(first, cara.id)
    acceptance.accept_passage(second, cara.id)

    acceptance.move_passage(second, "cost", cara.id)

    assert (answer_to("values").text, answer_to("cost").text) == ("One.", "Two.")
    assert [version.text for version in answer_to("values").versions] == ["One.", "One.\n\nTwo.", "One."]
    assert second.answer_id == answer_to("cost").id


def test_an_accepted_passage_moved_to_no_question_is_no_answer_any_more(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])
    acceptance.accept_passage(first, cara.id)

    acceptance.move_passage(first, None, cara.id)

    assert answer_to("capacity").text == ""
    assert (first.state, first.answer_id) == (PassageState.SUGGESTED, None)


def test_an_accepted_passage_can_be_put_back(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])
    acceptance.accept_passage(first, cara.id)

    acceptance.reopen_passage(first, cara.id)

    assert (first.state, first.answer_id) == (PassageState.SUGGESTED, None)
    assert answer_to("capacity").text == ""
    assert answer_to("capacity").versions[0].text == "What I say about capacity."


def test_only_a_question_of_the_schedule_can_be_chosen(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()

    with pytest.raises(UnknownQuestionError):
        acceptance.move_passage(first, "<script>", cara.id)

    assert first.question_key == "capacity"


def test_all_sure_suggestions_are_accepted_at_once_and_no_others(cara: StaffMember) -> None:
    sure, doubtful, outside = make_transcripts.passages(["capacity", "values", None], confidence=0.95)
    doubtful.confidence = 0.89

    count = acceptance.accept_sure_passages(sure.transcript, cara.id)

    assert count == 1
    assert [p.state for p in (sure, doubtful, outside)] == [
        PassageState.ACCEPTED,
        PassageState.SUGGESTED,
        PassageState.SUGGESTED,
    ]


def test_each_decision_is_in_the_audit_trail(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])

    acceptance.accept_passage(first, cara.id)
    acceptance.move_passage(first, "values", cara.id)
    acceptance.reopen_passage(first, cara.id)

    actions = [entry.action for entry in audit.list_entries_about(first.id)]
    assert actions == ["passage accepted", "passage moved", "passage put back"]


def test_a_decision_on_a_page_that_is_out_of_date_is_refused_kindly(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])
    seen = acceptance.build_revision(first)
    acceptance.move_passage(first, "values", cara.id)

    with pytest.raises(PassageChangedError, match="Someone else decided"):
        acceptance.lock_passage(first.id, seen)


def test_mapping_again_keeps_what_people_decided_and_replaces_the_rest(cara: StaffMember) -> None:
    accepted, moved, untouched = make_transcripts.passages(["capacity", "values", "cost"])
    transcript = accepted.transcript
    acceptance.accept_passage(accepted, cara.id)
    acceptance.move_passage(moved, None, cara.id)
    gone = untouched.id

    after = make_transcripts.add_suggestions(transcript, ["lessons", "lessons", "lessons"])

    assert [(row.id, row.question_key) for row in after[:2]] == [(accepted.id, "capacity"), (moved.id, None)]
    assert [row.question_key for row in after] == ["capacity", None, "lessons"]
    assert db.session.get(Passage, gone) is None
    assert answer_to("capacity").text == "What I say about capacity."
    assert status_of(transcript, "capacity") is CoverageStatus.ANSWERED


def test_a_new_suggestion_goes_around_the_words_that_were_decided(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])
    transcript = first.transcript
    first.first_word, first.last_word, first.text = 1, 2, "I say"
    acceptance.accept_passage(first, cara.id)

    after = make_transcripts.add_suggestions(transcript, ["cost"])

    assert {(row.question_key, row.text) for row in after} == {
        ("cost", "What"),
        ("capacity", "I say"),
        ("cost", "about capacity."),
    }


def test_of_two_reviewers_at_once_one_decides_and_the_other_gets_a_message(app: Flask, cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages(["capacity"])
    passage_id, seen, by = first.id, acceptance.build_revision(first), cara.id
    db.session.commit()
    outcomes, barrier = [], threading.Barrier(2)

    def decide(key: str) -> None:
        with app.app_context():
            barrier.wait()
            try:
                passage = acceptance.lock_passage(passage_id, seen)
                acceptance.move_passage(passage, key, by)
                acceptance.accept_passage(passage, by)
                db.session.commit()
                outcomes.append(key)
            except PassageChangedError:
                db.session.rollback()
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide, args=(key,)) for key in ("values", "cost")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    won = next(outcome for outcome in outcomes if outcome != "refused")
    assert sorted(outcomes) == sorted(["refused", won])
    assert answer_to(won).text == "What I say about capacity."
    assert len(db.session.scalars(select(Answer)).all()) == 1
