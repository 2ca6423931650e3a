"""Nobody decides about what is hidden, and other interviews no longer learn from it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from core.errors import NotReadyError
from core.models import Job
from evidence import consent, consent_changes
from evidence.consent import UseNotAllowedError
from evidence.consent_terms import ConsentUse
from evidence.models import Answer, ConsentChange, Contribution
from tests.support import five_people, make, make_evidence, make_interviews, make_transcripts
from transcripts.models import Passage, PassageState, Transcript
from transcripts.passages import acceptance, boundary_edits, remapping, suggestions
from transcripts.speakers import roles
from transcripts.text.reviewed_transcripts import REMAP_OTHERS_JOB
from transcripts.text.spans import make_span


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


@pytest.fixture
def passages(app: Flask) -> list[Passage]:
    return make_transcripts.passages()


def say(contribution: Contribution, use: ConsentUse, *, is_allowed: bool = False) -> None:
    consent.record_decisions(contribution.participant, contribution.call, {use: is_allowed}, noted_by=None)
    db.session.commit()


ACTIONS: dict[str, Callable[[Passage, StaffMember], object]] = {
    "accept": lambda row, _by: acceptance.lock_passage(row.id, acceptance.build_revision(row)),
    "accept all sure": lambda row, by: acceptance.accept_sure_passages(row.transcript, by.id),
    "give to a question": lambda row, by: boundary_edits.assign_question(
        row.transcript,
        make_span(0, 0, None, None),
        "cost",
        by.id,
        revision=boundary_edits.build_overall_revision(row.transcript),
        is_accepted=True,
    ),
    "confirm speakers": lambda row, by: roles.confirm_speakers(row.transcript, by.id),
}


@pytest.mark.parametrize("use", [ConsentUse.RECORD, ConsentUse.TRANSCRIBE])
@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_decided_about_what_is_hidden(
    passages: list[Passage], cara: StaffMember, action: str, use: ConsentUse
) -> None:
    say(passages[0].transcript.contribution, use)

    with pytest.raises(UseNotAllowedError, match="no longer agrees"):
        ACTIONS[action](passages[0], cara)


def test_a_reviewer_makes_no_answer_of_it(app: Flask, passages: list[Passage], cara: StaffMember) -> None:
    reader = five_people.sign_in_staff(app, cara.id)
    say(passages[0].transcript.contribution, ConsentUse.TRANSCRIBE)

    reader.post(f"/staff/passages/{passages[0].id}/accept", data={"seen": acceptance.build_revision(passages[0])})

    db.session.rollback()
    assert passages[0].state is PassageState.SUGGESTED
    assert db.session.scalars(select(Answer)).all() == []


def test_even_the_coordinator_who_handles_it_only_reads(app: Flask, passages: list[Passage]) -> None:
    amira = make.staff("amira", Role.COORDINATOR)
    contribution = passages[0].transcript.contribution
    say(contribution, ConsentUse.TRANSCRIBE)
    consent_changes.take_on(db.session.scalars(select(ConsentChange)).one(), by=amira.id)
    coordinator = five_people.sign_in_staff(app, amira.id)

    page = coordinator.get(f"/staff/transcripts/{passages[0].transcript_id}", follow_redirects=True)
    coordinator.post(f"/staff/passages/{passages[0].id}/accept", data={"seen": acceptance.build_revision(passages[0])})

    assert page.status_code == 200
    assert "You see it because you handle this change of consent." in page.text
    db.session.rollback()
    assert passages[0].state is PassageState.SUGGESTED


def test_a_hidden_transcript_is_not_mapped(passages: list[Passage]) -> None:
    transcript = passages[0].transcript
    request = suggestions.build_mapping_request(transcript)
    say(transcript.contribution, ConsentUse.TRANSCRIBE)

    with pytest.raises(NotReadyError, match="no longer agrees"):
        suggestions.build_mapping_request(transcript)
    with pytest.raises(NotReadyError, match="no longer agrees"):
        make_transcripts.add_suggestions(transcript, ["cost"] * len(request.segments))


@pytest.fixture
def pair(app: Flask, cara: StaffMember) -> tuple[Transcript, Transcript]:
    """Two interviews of a call. The first is reviewed, so that the second learns from it."""
    call, ben = make_evidence.call(), make_interviews.interviewer()
    both = [
        make_transcripts.transcript(
            make_transcripts.recording(make_transcripts.booking(call, ben, name).volunteer.contribution),
            "We waited.",
            "It was long.",
            is_mapped=False,
        )
        for name in ("Dev", "Fay")
    ]
    for transcript in both:
        make_transcripts.add_suggestions(transcript, ["capacity", "values"], confidence=0.95)
    acceptance.accept_sure_passages(both[0], cara.id)
    db.session.commit()
    return both[0], both[1]


def test_others_no_longer_learn_from_it(pair: tuple[Transcript, Transcript]) -> None:
    reviewed, other = pair
    before = suggestions.build_mapping_request(other).reviewed

    say(reviewed.contribution, ConsentUse.RECORD)

    assert len(before) == 1
    assert suggestions.build_mapping_request(other).reviewed == ()


def test_others_are_mapped_again_without_it(pair: tuple[Transcript, Transcript]) -> None:
    reviewed, other = pair
    db.session.query(Job).delete()

    say(reviewed.contribution, ConsentUse.RECORD)

    requested = db.session.scalars(select(Job.subject_id).where(Job.name == REMAP_OTHERS_JOB)).all()
    assert requested == [reviewed.contribution.schedule_version_id]
    assert remapping.list_transcripts_to_remap(requested[0]) == [other.id]


def test_a_hidden_interview_is_not_mapped_again(pair: tuple[Transcript, Transcript]) -> None:
    _, other = pair

    say(other.contribution, ConsentUse.TRANSCRIBE)

    assert remapping.list_transcripts_to_remap(other.contribution.schedule_version_id) == []
