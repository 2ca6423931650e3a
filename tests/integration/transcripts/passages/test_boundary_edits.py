"""Boundaries that people move and words that they give a question: rows, answers, stale pages, and who may."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from evidence.answers import get_answers_by_question
from evidence.models import ContributionState
from tests.support import five_people, make, make_transcripts
from transcripts.models import CoverageStatus, Decision, Passage, PassageState, Transcript
from transcripts.passages import acceptance, boundary_edits, undo
from transcripts.passages.acceptance import PassageChangedError
from transcripts.passages.boundaries import InvalidBoundaryError
from transcripts.passages.decision_log import DecisionAction
from transcripts.passages.undo import Undoer
from transcripts.text.spans import WordOffset, WordSpan

pytestmark = pytest.mark.one_database

SAID = ("We waited long.", "It cost too much. And then", "we learned a lot <b>from it</b>.")


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


@pytest.fixture
def transcript(app: Flask) -> Transcript:
    row = make_transcripts.transcript(None, *SAID, is_mapped=False)
    make_transcripts.add_suggestions(row, ["capacity", "cost", "lessons"])
    return row


def list_passages(transcript: Transcript) -> list[tuple[str | None, str]]:
    db.session.expire_all()
    return [(row.question_key, row.text) for row in boundary_edits.sort_passages(transcript)]


def answers(transcript: Transcript) -> dict[str, str]:
    return {key: row.text for key, row in get_answers_by_question(transcript.contribution).items() if row.text}


def post_boundary(later: Passage, to: WordOffset, by: StaffMember) -> None:
    rows = boundary_edits.sort_passages(later.transcript)
    boundary_edits.move_boundary(later, to, acceptance.build_revision(rows[rows.index(later) - 1]), by.id)


def post_question(
    transcript: Transcript, part: WordSpan, key: str | None, by: StaffMember, *, is_accepted: bool = False
) -> None:
    seen = boundary_edits.build_overall_revision(transcript)
    boundary_edits.assign_question(transcript, part, key, by.id, revision=seen, is_accepted=is_accepted)


def test_a_boundary_moves_to_a_word_and_both_answers_follow(transcript: Transcript, cara: StaffMember) -> None:
    _, cost, lessons = transcript.passages
    acceptance.accept_passage(cost, cara.id)
    acceptance.accept_passage(lessons, cara.id)

    post_boundary(lessons, WordOffset(1, 4), cara)

    assert answers(transcript) == {
        "cost": "It cost too much.",
        "lessons": "And then we learned a lot <b>from it</b>.",
    }
    assert cost.end_seconds == lessons.start_seconds == pytest.approx(10 + 4 * 10 / 6)
    assert (cost.decided_by, lessons.decided_by) == (cara.id, cara.id)


def test_words_are_given_a_question_at_once_as_its_answer(transcript: Transcript, cara: StaffMember) -> None:
    acceptance.accept_passage(transcript.passages[1], cara.id)

    post_question(transcript, WordSpan(WordOffset(1, 4), WordOffset(2, 4)), "values", cara, is_accepted=True)

    assert list_passages(transcript) == [
        ("capacity", "We waited long."),
        ("cost", "It cost too much."),
        ("values", "And then we learned a lot"),
        ("lessons", "<b>from it</b>."),
    ]
    assert answers(transcript) == {"cost": "It cost too much.", "values": "And then we learned a lot"}
    assert transcript.contribution.state is ContributionState.SUBMITTED
    covered = {row.question_key: row.status for row in transcript.coverage}
    assert covered["values"] is CoverageStatus.ANSWERED


def test_words_given_as_a_suggestion_leave_the_answer_that_they_were_in(
    transcript: Transcript, cara: StaffMember
) -> None:
    acceptance.accept_passage(transcript.passages[1], cara.id)

    post_question(transcript, WordSpan(WordOffset(1, 2), WordOffset(1, 4)), None, cara)

    assert answers(transcript) == {"cost": "It cost\n\nAnd then"}
    new = next(row for row in transcript.passages if row.text == "too much.")
    assert (new.question_key, new.suggested_key, new.state) == (None, "cost", PassageState.SUGGESTED)
    assert new.answer_id is None


def test_what_swallows_a_whole_passage_joins_it_to_its_equal_neighbour(
    transcript: Transcript, cara: StaffMember
) -> None:
    gone = transcript.passages[1].id

    post_question(transcript, WordSpan(WordOffset(1), WordOffset(2)), "capacity", cara)

    assert list_passages(transcript) == [("capacity", " ".join(SAID[:2])), ("lessons", SAID[2])]
    assert db.session.get(Passage, gone) is None


def test_each_change_is_a_step_that_can_be_undone_and_done_again(transcript: Transcript, cara: StaffMember) -> None:
    acceptance.accept_passage(transcript.passages[1], cara.id)
    states = [(list_passages(transcript), answers(transcript))]
    post_boundary(boundary_edits.sort_passages(transcript)[1], WordOffset(0, 1), cara)
    states.append((list_passages(transcript), answers(transcript)))
    post_question(transcript, WordSpan(WordOffset(0, 1), WordOffset(2, 2)), "values", cara, is_accepted=True)
    states.append((list_passages(transcript), answers(transcript)))

    undone = []
    for step in (undo.find_next_undo, undo.find_next_undo, undo.find_next_redo, undo.find_next_redo):
        found = step(transcript, Undoer(cara.id))
        assert found is not None
        (undo.undo_decision if step is undo.find_next_undo else undo.redo_decision)(
            transcript, found.number, Undoer(cara.id)
        )
        undone.append((list_passages(transcript), answers(transcript)))

    assert undone == [states[1], states[0], states[1], states[2]]
    actions = db.session.scalars(select(Decision.action).order_by(Decision.number)).all()
    assert actions == [DecisionAction.ACCEPTED, DecisionAction.BOUNDARY_MOVED, DecisionAction.QUESTION_ASSIGNED]


def test_mapping_again_goes_around_the_words_that_were_given_a_question(
    transcript: Transcript, cara: StaffMember
) -> None:
    post_question(transcript, WordSpan(WordOffset(1), WordOffset(1, 4)), "values", cara)

    make_transcripts.add_suggestions(transcript, [None, "aims", "aims"])

    assert list_passages(transcript) == [
        (None, SAID[0]),
        ("values", "It cost too much."),
        ("aims", "And then"),
        ("aims", SAID[2]),
    ]


@pytest.mark.parametrize("to", [WordOffset(0), WordOffset(2), WordOffset(1, 6), WordOffset(9), WordOffset(1, -1)])
def test_a_boundary_leaves_something_on_both_sides(transcript: Transcript, cara: StaffMember, to: WordOffset) -> None:
    with pytest.raises(InvalidBoundaryError):
        post_boundary(transcript.passages[1], to, cara)

    assert [text for _, text in list_passages(transcript)] == list(SAID)


def test_the_first_passage_begins_where_the_recording_begins(transcript: Transcript, cara: StaffMember) -> None:
    with pytest.raises(InvalidBoundaryError, match="where the recording starts"):
        boundary_edits.move_boundary(transcript.passages[0], WordOffset(0, 1), "", cara.id)


def test_a_boundary_is_not_moved_when_either_neighbour_was_decided_meanwhile(
    transcript: Transcript, cara: StaffMember
) -> None:
    earlier, later, _ = transcript.passages
    seen = acceptance.build_revision(earlier)
    acceptance.move_passage(earlier, "values", cara.id)

    with pytest.raises(PassageChangedError, match="previous passage"):
        boundary_edits.move_boundary(later, WordOffset(1, 2), seen, cara.id)


def test_of_two_reviewers_moving_a_boundary_at_once_one_gets_a_message(
    app: Flask, transcript: Transcript, cara: StaffMember
) -> None:
    earlier, later, _ = transcript.passages
    later_id, by = later.id, cara.id
    seen, seen_before = acceptance.build_revision(later), acceptance.build_revision(earlier)
    db.session.commit()
    outcomes, barrier = [], threading.Barrier(2)

    def decide(word: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                boundary_edits.move_boundary(
                    acceptance.lock_passage(later_id, seen), WordOffset(1, word), seen_before, by
                )
                db.session.commit()
                outcomes.append("moved")
            except PassageChangedError:
                db.session.rollback()
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide, args=(word,)) for word in (2, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["moved", "refused"]
    assert " ".join(text for _, text in list_passages(transcript)) == " ".join(SAID)
    assert len(db.session.scalars(select(Decision)).all()) == 1


def test_the_five_people_and_the_forms_without_javascript(app: Flask, transcript: Transcript) -> None:
    roles = {"amira": [Role.COORDINATOR], "cara": [Role.REVIEWER], "eve": []}
    people = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    ben = db.session.scalars(select(StaffMember).where(StaffMember.name == "Ben")).one()
    people |= {"ben": five_people.sign_in_staff(app, ben.id), "dev": app.test_client()}
    five_people.switch_to_participant(people["dev"], transcript.contribution.participant_id)
    passage = transcript.passages[1]
    page = f"/staff/passages/{passage.id}/words"
    db.session.commit()

    assert {name: client.get(page).status_code for name, client in people.items()} == {
        "amira": 200,
        "ben": 403,
        "cara": 200,
        "eve": 403,
        "dev": 302,
    }
    for address in (f"/staff/passages/{passage.id}/begins", f"/staff/transcripts/{transcript.id}/give"):
        refused = {
            name: people[name].post(address, data={"question": ""}).status_code for name in ("ben", "eve", "dev")
        }
        assert refused == {"ben": 403, "eve": 403, "dev": 302}
    seen = {
        "seen": boundary_edits.build_overall_revision(transcript),
        "question": "values",
        "from": "1.0",
        "to": "1.0.4",
    }
    people["cara"].post(f"/staff/transcripts/{transcript.id}/give", data=seen)
    assert ("values", "It cost too much.") in list_passages(transcript)
    lessons = transcript.passages[-1]
    seen = {
        "seen": acceptance.build_revision(lessons),
        "seen_before": acceptance.build_revision(transcript.passages[-2]),
        "place": "2.3",
    }
    people["amira"].post(f"/staff/passages/{lessons.id}/begins", data=seen)
    assert list_passages(transcript)[-1] == ("lessons", "lot <b>from it</b>.")
    assert "&lt;b&gt;from" in people["cara"].get(f"/staff/passages/{lessons.id}/words").text


@pytest.mark.parametrize("offset", ["", "x", "-1.0", "1", "٣.٠", "1.0.9999999", "<script>", "9" * 100_000, "99.0.1"])
def test_hostile_offsets_are_refused_with_a_reason(
    app: Flask, transcript: Transcript, cara: StaffMember, offset: str
) -> None:
    client = five_people.sign_in_staff(app, cara.id)
    data = {
        "seen": boundary_edits.build_overall_revision(transcript),
        "question": "values",
        "from": offset,
        "to": "2.0",
    }
    db.session.commit()

    page = client.post(f"/staff/transcripts/{transcript.id}/give", data=data, follow_redirects=True)

    assert page.status_code == 200
    assert "Choose a point between two words." in page.text
    assert [text for _, text in list_passages(transcript)] == list(SAID)
