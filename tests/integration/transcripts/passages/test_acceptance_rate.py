"""How much of what the machine suggested people kept, and who may compare it."""

import pytest
from flask import Flask

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from tests.support import five_people, make, make_transcripts
from transcripts.passages import acceptance, acceptance_rate, boundary_edits, undo
from transcripts.passages.undo import Undoer
from transcripts.text.spans import WordOffset, WordSpan


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


def test_kept_and_moved_passages_are_distinguished_by_what_the_machine_said(cara: StaffMember) -> None:
    first, second, third = make_transcripts.passages()
    acceptance.accept_passage(first, cara.id)
    acceptance.move_passage(second, "cost", cara.id)
    acceptance.accept_for_question(third, "lessons", cara.id)

    found = acceptance_rate.calculate_rate(first.transcript)

    assert (found.decided_count, found.kept_count, found.moved_count, found.boundary_count) == (3, 1, 2, 0)
    assert found.share == pytest.approx(1 / 3)


def test_words_that_a_boundary_gave_to_another_question_did_not_keep_theirs(cara: StaffMember) -> None:
    first, second, _ = make_transcripts.passages()
    boundary_edits.move_boundary(
        second, WordOffset(0, 3), acceptance.build_revision(first), cara.id
    )  # two words of five

    found = acceptance_rate.calculate_rate(first.transcript)

    assert (found.kept_count, found.moved_count, found.boundary_count) == (2, 0, 1)
    assert found.share == pytest.approx(16 / 20)


def test_what_was_undone_does_not_count(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()
    transcript = first.transcript
    seen = boundary_edits.build_overall_revision(transcript)
    boundary_edits.assign_question(
        transcript, WordSpan(WordOffset(0, 1), WordOffset(1)), "cost", cara.id, revision=seen
    )
    before = acceptance_rate.calculate_rate(transcript)

    undo.undo_decision(transcript, 1, Undoer(cara.id))

    after = acceptance_rate.calculate_rate(transcript)
    assert (before.decided_count, before.share, before.boundary_count) == (1, 0.0, 1)
    assert (after.decided_count, after.share, after.boundary_count) == (0, None, 0)


def test_only_coordinators_compare_interviews_and_they_see_no_names(app: Flask, cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()
    contribution = first.transcript.contribution
    acceptance.accept_passage(first, cara.id)
    staff = [make.staff("amira", Role.COORDINATOR), make.staff("bert", Role.INTERVIEWER), cara, make.staff("eve")]
    people = {row.name: five_people.sign_in_staff(app, row.id) for row in staff} | {"Dev": app.test_client()}
    five_people.switch_to_participant(people["Dev"], contribution.participant_id)
    address = f"/staff/calls/{contribution.call.slug}/suggestions"
    page, transcript_id = f"/staff/transcripts/{first.transcript_id}", first.transcript_id
    db.session.commit()

    answers = {name: client.get(address) for name, client in people.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "Amira": 200,
        "Bert": 403,
        "Cara": 403,
        "Eve": 403,
        "Dev": 302,
    }
    assert "Time that kept its question" in answers["Amira"].text
    assert "100%</td>" in answers["Amira"].text
    assert str(transcript_id) in answers["Amira"].text
    assert "Cara" not in answers["Amira"].text
    assert address in people["Amira"].get(page, follow_redirects=True).text
    assert address not in people["Cara"].get(page, follow_redirects=True).text
    assert people["Amira"].get("/staff/calls/no-such-call/suggestions").status_code == 404
