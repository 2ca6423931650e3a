"""How much of what the machine suggested people kept, and who may compare it."""

import pytest
from flask import Flask

from accounts.access import LINK_KEY
from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from tests import make, make_transcripts
from transcripts import kept_suggestions, passages, redrawing, undoing
from transcripts.spans import Place, Span
from transcripts.undoing import Undoer


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


def test_kept_and_moved_passages_are_told_apart_by_what_the_machine_said(cara: StaffMember) -> None:
    first, second, third = make_transcripts.passages()
    passages.accept(first, cara.id)
    passages.move(second, "cost", cara.id)
    passages.accept_for(third, "lessons", cara.id)

    found = kept_suggestions.of(first.transcript)

    assert (found.decided, found.kept, found.moved, found.boundaries) == (3, 1, 2, 0)
    assert found.share == pytest.approx(1 / 3)


def test_words_that_a_boundary_gave_to_another_question_did_not_keep_theirs(cara: StaffMember) -> None:
    first, second, _ = make_transcripts.passages()
    redrawing.move_boundary(second, Place(0, 3), passages.mark_of(first), cara.id)  # two words of five

    found = kept_suggestions.of(first.transcript)

    assert (found.kept, found.moved, found.boundaries) == (2, 0, 1)
    assert found.share == pytest.approx(16 / 20)


def test_what_was_undone_does_not_count(cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()
    transcript = first.transcript
    seen = redrawing.mark_of_all(transcript)
    redrawing.give_question(transcript, Span(Place(0, 1), Place(1)), "cost", cara.id, seen=seen)
    before = kept_suggestions.of(transcript)

    undoing.undo(transcript, 1, Undoer(cara.id))

    after = kept_suggestions.of(transcript)
    assert (before.decided, before.share, before.boundaries) == (1, 0.0, 1)
    assert (after.decided, after.share, after.boundaries) == (0, None, 0)


def test_only_coordinators_compare_interviews_and_they_see_no_names(app: Flask, cara: StaffMember) -> None:
    first, *_ = make_transcripts.passages()
    contribution = first.transcript.contribution
    passages.accept(first, cara.id)
    staff = [make.staff("amira", Role.COORDINATOR), make.staff("bert", Role.INTERVIEWER), cara, make.staff("eve")]
    people = {row.name: make_transcripts.signed_in(app, row.id) for row in staff} | {"Dev": app.test_client()}
    with people["Dev"].session_transaction() as session:
        session[LINK_KEY] = make.link_of(contribution.participant_id)
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
    assert "100 %</td>" in answers["Amira"].text
    assert str(transcript_id) in answers["Amira"].text
    assert "Cara" not in answers["Amira"].text
    assert address in people["Amira"].get(page).text
    assert address not in people["Cara"].get(page).text
    assert people["Amira"].get("/staff/calls/no-such-call/suggestions").status_code == 404
