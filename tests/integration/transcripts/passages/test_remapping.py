"""What is mapped again when reviewed interviews change, when, and what that leaves as it is."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.job_order import IMMEDIATE
from core.models import Job, JobState
from evidence.answers import get_answers_by_question
from evidence.models import Call, ContributionState
from tests.support import five_people, make, make_evidence, make_transcripts
from tests.support.hashed_similarity import HashedSimilarity
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.models import Passage, PassageState, Transcript
from transcripts.passages import acceptance, boundary_edits, remapping, suggestions, undo
from transcripts.passages.acceptance import build_revision
from transcripts.passages.boundary_edits import build_overall_revision
from transcripts.passages.decision_log import serialise_passage
from transcripts.passages.suggestions import MappingRequest
from transcripts.passages.undo import Undoer
from transcripts.recordings import processing_jobs
from transcripts.text import reviewed_transcripts
from transcripts.text.spans import WordOffset, WordSpan


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


def interview(of: Call, name: str, questions: Sequence[str | None] = ("capacity", "values", None)) -> Transcript:
    by = make.staff(f"by {name}", Role.INTERVIEWER)
    recording = make_transcripts.recording(make_transcripts.booking(of, by, name).volunteer.contribution)
    texts = [f"What {name} says about {key or 'the weather'}." for key in questions]
    transcript = make_transcripts.transcript(recording, *texts, is_mapped=False)
    make_transcripts.add_suggestions(transcript, questions)
    return transcript


def review(transcript: Transcript, by: StaffMember) -> None:
    for row in transcript.passages:
        if row.question_key:
            acceptance.accept_passage(row, by.id)


def asked(name: str) -> list[Job]:
    db.session.commit()
    return list(db.session.scalars(select(Job).where(Job.name == name, Job.state == JobState.PENDING)))


def settle() -> list[Job]:
    """What is to be mapped once the reviewers have paused; the mapping itself is not run."""
    with clock.freeze_at(clock.now() + reviewed_transcripts.QUIET_PERIOD + timedelta(seconds=1)):
        make.run_listed_jobs([row.id for row in asked(reviewed_transcripts.REMAP_OTHERS_JOB)])
    return asked(processing_jobs.MAP_JOB)


def mapped(request: MappingRequest) -> SpeechMapping:
    return map_speech(
        request.segments,
        request.schedule,
        similarity=HashedSimilarity(),
        reviewed=request.reviewed,
        markers=request.markers,
        decisions=request.decisions,
    )


def after(pause: timedelta) -> list[Job]:
    """What is to be mapped when the job for the rest of an interview is run so much later."""
    with clock.freeze_at(clock.now() + pause):
        make.run_listed_jobs([row.id for row in asked(remapping.REMAP_UNTOUCHED_JOB) if row.run_after <= clock.now()])
    return asked(processing_jobs.MAP_JOB)


def test_others_are_mapped_once_for_a_whole_review_and_after_it(call: Call, cara: StaffMember) -> None:
    done, other, third = (interview(call, name) for name in ("ann", "bob", "cem"))
    acceptance.accept_passage(done.passages[0], cara.id)
    before = asked(reviewed_transcripts.REMAP_OTHERS_JOB)

    review(done, cara)
    acceptance.move_passage(done.passages[2], "cost", cara.id)
    acceptance.accept_passage(done.passages[2], cara.id)
    at_once = [job for job in asked(reviewed_transcripts.REMAP_OTHERS_JOB) if job.run_after <= clock.now()]
    enqueued = settle()

    assert (before, at_once) == ([], [])
    assert {job.subject_id for job in enqueued} == {other.id, third.id}
    assert {job.priority for job in enqueued} == {processing_jobs.REMAPPING_PRIORITY}


def test_the_rest_of_an_interview_is_mapped_when_its_reviewer_pauses(call: Call, cara: StaffMember) -> None:
    begun = interview(call, "ann")
    pause, moment = reviewed_transcripts.QUIET_PERIOD + timedelta(seconds=1), timedelta(minutes=2)
    acceptance.accept_passage(begun.passages[0], cara.id)
    with clock.freeze_at(clock.now() + moment):
        acceptance.move_passage(begun.passages[2], "cost", cara.id)
        db.session.commit()

    while_reviewing = after(pause)
    when_paused = after(pause + moment)

    assert while_reviewing == []
    assert [(job.subject_id, job.priority) for job in when_paused] == [(begun.id, processing_jobs.REMAPPING_PRIORITY)]


def test_nothing_is_left_to_map_of_an_interview_that_was_reviewed_meanwhile(call: Call, cara: StaffMember) -> None:
    done = interview(call, "ann")

    review(done, cara)

    assert after(reviewed_transcripts.QUIET_PERIOD + timedelta(seconds=1)) == []


def test_an_undo_too_lets_the_rest_be_mapped(call: Call, cara: StaffMember) -> None:
    begun = interview(call, "ann")
    acceptance.move_passage(begun.passages[0], "cost", cara.id)
    after(reviewed_transcripts.QUIET_PERIOD + timedelta(seconds=1))
    db.session.execute(db.delete(Job))

    undo.undo_decision(begun, 1, Undoer(cara.id))

    assert [row.subject_id for row in asked(remapping.REMAP_UNTOUCHED_JOB)] == [begun.id]


def test_the_rest_is_mapped_around_what_people_decided(call: Call, cara: StaffMember) -> None:
    begun = interview(call, "ann", ["capacity", "values", None, "values"])
    acceptance.move_passage(begun.passages[0], "cost", cara.id)
    boundary_edits.assign_question(
        begun,
        WordSpan(WordOffset(2, 1), WordOffset(3)),
        "lessons",
        cara.id,
        revision=build_overall_revision(begun),
        is_accepted=False,
    )

    request = suggestions.build_mapping_request(begun)
    found = mapped(request)

    assert request.decisions == {0: "cost", 2: "lessons"}
    assert (found.question_keys[0], found.question_keys[2]) == ("cost", "lessons")
    assert min(found.confidences[0], found.confidences[2]) > 0.999


def test_an_undo_that_makes_an_interview_unreviewed_tells_the_others(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    review(done, cara)
    settle()
    db.session.execute(db.delete(Job))

    undo.undo_decision(done, 2, Undoer(cara.id))

    assert not reviewed_transcripts.is_reviewed(done)
    assert other.id in {job.subject_id for job in settle()}


def test_only_suggestions_of_the_same_questions_that_nobody_touched_are_mapped(call: Call, cara: StaffMember) -> None:
    done, also_done, decided = (interview(call, name) for name in ("ann", "bob", "cem"))
    interview(make_evidence.call(slug="another"), "dee")
    for row in decided.passages:
        acceptance.move_passage(row, "cost", cara.id)
    review(also_done, cara)
    review(done, cara)

    assert settle() == []


def test_what_waits_to_be_mapped_at_once_does_not_wait_longer(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    review(done, cara)
    waiting = processing_jobs.enqueue_mapping(other.id)

    enqueued = settle()
    db.session.execute(db.update(Job).where(Job.id == waiting.id).values(priority=processing_jobs.REMAPPING_PRIORITY))
    processing_jobs.enqueue_mapping(other.id)

    assert [(job.id, job.priority) for job in enqueued] == [(waiting.id, IMMEDIATE)]
    assert [job.priority for job in asked(processing_jobs.MAP_JOB)] == [IMMEDIATE]


def test_a_mapping_that_ends_after_a_decision_does_not_overturn_it(call: Call, cara: StaffMember) -> None:
    transcript = interview(call, "ann", ["capacity", "capacity", "capacity", "values"])
    request = suggestions.build_mapping_request(transcript)
    found = mapped(request)
    first, second, third, fourth = transcript.passages
    acceptance.accept_passage(first, cara.id)
    acceptance.move_passage(second, None, cara.id)
    boundary_edits.move_boundary(fourth, WordOffset(2, 3), build_revision(third), cara.id)
    decided = [serialise_passage(row) for row in transcript.passages]

    suggestions.store_suggestions(transcript, found, request.segments)

    assert [serialise_passage(row) for row in transcript.passages] == decided
    assert get_answers_by_question(transcript.contribution)["capacity"].text == "What ann says about capacity."


def test_what_is_found_again_keeps_its_row_and_open_pages_fit(call: Call, cara: StaffMember) -> None:
    transcript = interview(call, "ann")
    kept, seen = {row.question_key: row.id for row in transcript.passages}, build_overall_revision(transcript)
    values = next(row for row in transcript.passages if row.question_key == "values")
    mark = build_revision(values)

    make_transcripts.add_suggestions(transcript, ["capacity", "values", None], confidence=0.4)
    fits = build_overall_revision(transcript) == seen
    make_transcripts.add_suggestions(transcript, ["cost", "values", None])

    acceptance.accept_passage(acceptance.lock_passage(values.id, mark), cara.id)
    after = {row.question_key: row.id for row in transcript.passages}
    assert fits
    assert (after["values"], after[None]) == (kept["values"], kept[None])
    assert after["cost"] != kept["capacity"]
    assert db.session.get(Passage, kept["capacity"]) is None


def test_what_was_undone_stays_so_and_can_be_done_again_after_the_same_was_found(call: Call, cara: StaffMember) -> None:
    transcript = interview(call, "ann")
    seen = build_overall_revision(transcript)
    boundary_edits.assign_question(
        transcript, WordSpan(WordOffset(0, 2), WordOffset(1)), "cost", cara.id, revision=seen, is_accepted=True
    )
    undo.undo_decision(transcript, 1, Undoer(cara.id))

    make_transcripts.add_suggestions(transcript, ["capacity", "values", None], confidence=0.55)
    undone = [(row.question_key, row.state) for row in transcript.passages]
    undo.redo_decision(transcript, 1, Undoer(cara.id))

    assert undone == [(key, PassageState.SUGGESTED) for key in ("capacity", "values", None)]
    assert [row.question_key for row in transcript.passages] == ["capacity", "cost", "values", None]
    assert get_answers_by_question(transcript.contribution)["cost"].text == "says about capacity."


def test_a_reviewed_interview_teaches_others_until_its_giver_withdraws(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    before = suggestions.build_mapping_request(other).reviewed
    review(done, cara)

    taught = suggestions.build_mapping_request(other).reviewed
    done.contribution.state = ContributionState.WITHDRAWN

    assert before == ()
    assert [transcript.question_keys for transcript in taught] == [("capacity", "values", None)]
    assert suggestions.build_mapping_request(other).reviewed == ()


def test_asking_to_map_while_it_is_mapped_maps_once_more(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    job = processing_jobs.enqueue_mapping(other.id)
    job.state = JobState.RUNNING
    review(done, cara)

    settle()

    assert jobs.find_latest(processing_jobs.MAP_JOB, other.id) is job
    assert job.rerun_requested


def test_the_page_says_that_it_waits_and_still_offers_to_look_at_once(
    app: Flask, call: Call, cara: StaffMember
) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    client, page = five_people.sign_in_staff(app, cara.id), f"/staff/transcripts/{other.id}"
    review(done, cara)
    settle()
    waiting = client.get(page, follow_redirects=True).text

    client.post(f"{page}/map")

    assert "We will use them to look again" in waiting
    assert "Look for the questions again" in waiting
    assert "We are looking for the questions again" in client.get(page, follow_redirects=True).text
