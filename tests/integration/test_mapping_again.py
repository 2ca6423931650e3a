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
from core.models import Job, JobState
from core.turns import AT_ONCE
from evidence.answers import answers_of
from evidence.models import Call, ContributionState
from tests import make, make_evidence, make_transcripts
from tests.hashed_words import HashedWords
from transcripts import passages, redrawing, reviewed, suggestions, transcription, undoing
from transcripts.decisions import state_of
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.models import Passage, PassageState, Transcript
from transcripts.passages import mark_of
from transcripts.redrawing import mark_of_all
from transcripts.spans import Place, Span
from transcripts.suggestions import MappingRequest
from transcripts.undoing import Undoer


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
    make_transcripts.suggest(transcript, questions)
    return transcript


def review(transcript: Transcript, by: StaffMember) -> None:
    for row in transcript.passages:
        if row.question_key:
            passages.accept(row, by.id)


def asked(name: str) -> list[Job]:
    db.session.commit()
    return list(db.session.scalars(select(Job).where(Job.name == name, Job.state == JobState.PENDING)))


def settle() -> list[Job]:
    """What is to be mapped once the reviewers have paused; the mapping itself is not run."""
    with clock.stopped_at(clock.now() + reviewed.SETTLE + timedelta(seconds=1)):
        make.run([row.id for row in asked(reviewed.MAP_OTHERS)])
    return asked(transcription.MAP)


def mapped(request: MappingRequest) -> SpeechMapping:
    return map_speech(
        request.segments,
        request.schedule,
        similarity=HashedWords(),
        reviewed=request.reviewed,
        markers=request.markers,
        decided=request.decided,
    )


def after(pause: timedelta) -> list[Job]:
    """What is to be mapped when the job for the rest of an interview is run so much later."""
    with clock.stopped_at(clock.now() + pause):
        make.run([row.id for row in asked(reviewed.MAP_REST) if row.run_after <= clock.now()])
    return asked(transcription.MAP)


def test_others_are_mapped_once_for_a_whole_review_and_after_it(call: Call, cara: StaffMember) -> None:
    done, other, third = (interview(call, name) for name in ("ann", "bob", "cem"))
    passages.accept(done.passages[0], cara.id)
    before = asked(reviewed.MAP_OTHERS)

    review(done, cara)
    passages.move(done.passages[2], "cost", cara.id)
    passages.accept(done.passages[2], cara.id)
    at_once = [job for job in asked(reviewed.MAP_OTHERS) if job.run_after <= clock.now()]
    wanted = settle()

    assert (before, at_once) == ([], [])
    assert {job.subject_id for job in wanted} == {other.id, third.id}
    assert {job.rank for job in wanted} == {transcription.NOT_URGENT}


def test_the_rest_of_an_interview_is_mapped_when_its_reviewer_pauses(call: Call, cara: StaffMember) -> None:
    begun = interview(call, "ann")
    pause, moment = reviewed.SETTLE + timedelta(seconds=1), timedelta(minutes=2)
    passages.accept(begun.passages[0], cara.id)
    with clock.stopped_at(clock.now() + moment):
        passages.move(begun.passages[2], "cost", cara.id)
        db.session.commit()

    while_reviewing = after(pause)
    when_paused = after(pause + moment)

    assert while_reviewing == []
    assert [(job.subject_id, job.rank) for job in when_paused] == [(begun.id, transcription.NOT_URGENT)]


def test_nothing_is_left_to_map_of_an_interview_that_was_reviewed_meanwhile(call: Call, cara: StaffMember) -> None:
    done = interview(call, "ann")

    review(done, cara)

    assert after(reviewed.SETTLE + timedelta(seconds=1)) == []


def test_an_undo_too_lets_the_rest_be_mapped(call: Call, cara: StaffMember) -> None:
    begun = interview(call, "ann")
    passages.move(begun.passages[0], "cost", cara.id)
    after(reviewed.SETTLE + timedelta(seconds=1))
    db.session.execute(db.delete(Job))

    undoing.undo(begun, 1, Undoer(cara.id))

    assert [row.subject_id for row in asked(reviewed.MAP_REST)] == [begun.id]


def test_the_rest_is_mapped_around_what_people_decided(call: Call, cara: StaffMember) -> None:
    begun = interview(call, "ann", ["capacity", "values", None, "values"])
    passages.move(begun.passages[0], "cost", cara.id)
    redrawing.give_question(
        begun, Span(Place(2, 1), Place(3)), "lessons", cara.id, seen=mark_of_all(begun), is_accepted=False
    )

    request = suggestions.mapping_request(begun)
    found = mapped(request)

    assert request.decided == {0: "cost", 2: "lessons"}
    assert (found.questions[0], found.questions[2]) == ("cost", "lessons")
    assert min(found.confidences[0], found.confidences[2]) > 0.999


def test_an_undo_that_makes_an_interview_unreviewed_tells_the_others(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    review(done, cara)
    settle()
    db.session.execute(db.delete(Job))

    undoing.undo(done, 2, Undoer(cara.id))

    assert not reviewed.is_reviewed(done)
    assert other.id in {job.subject_id for job in settle()}


def test_only_suggestions_of_the_same_questions_that_nobody_touched_are_mapped(call: Call, cara: StaffMember) -> None:
    done, also_done, decided = (interview(call, name) for name in ("ann", "bob", "cem"))
    interview(make_evidence.call(slug="another"), "dee")
    for row in decided.passages:
        passages.move(row, "cost", cara.id)
    review(also_done, cara)
    review(done, cara)

    assert settle() == []


def test_what_waits_to_be_mapped_at_once_does_not_wait_longer(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    review(done, cara)
    waiting = transcription.ask_to_map(other.id)

    wanted = settle()
    db.session.execute(db.update(Job).where(Job.id == waiting.id).values(rank=transcription.NOT_URGENT))
    transcription.ask_to_map(other.id)

    assert [(job.id, job.rank) for job in wanted] == [(waiting.id, AT_ONCE)]
    assert [job.rank for job in asked(transcription.MAP)] == [AT_ONCE]


def test_a_mapping_that_ends_after_a_decision_does_not_overturn_it(call: Call, cara: StaffMember) -> None:
    transcript = interview(call, "ann", ["capacity", "capacity", "capacity", "values"])
    request = suggestions.mapping_request(transcript)
    found = mapped(request)
    first, second, third, fourth = transcript.passages
    passages.accept(first, cara.id)
    passages.move(second, None, cara.id)
    redrawing.move_boundary(fourth, Place(2, 3), mark_of(third), cara.id)
    decided = [state_of(row) for row in transcript.passages]

    suggestions.store(transcript, found, request.segments)

    assert [state_of(row) for row in transcript.passages] == decided
    assert answers_of(transcript.contribution)["capacity"].text == "What ann says about capacity."


def test_what_is_found_again_keeps_its_row_and_open_pages_fit(call: Call, cara: StaffMember) -> None:
    transcript = interview(call, "ann")
    kept, seen = {row.question_key: row.id for row in transcript.passages}, mark_of_all(transcript)
    values = next(row for row in transcript.passages if row.question_key == "values")
    mark = mark_of(values)

    make_transcripts.suggest(transcript, ["capacity", "values", None], confidence=0.4)
    fits = mark_of_all(transcript) == seen
    make_transcripts.suggest(transcript, ["cost", "values", None])

    passages.accept(passages.to_decide(values.id, mark), cara.id)
    after = {row.question_key: row.id for row in transcript.passages}
    assert fits
    assert (after["values"], after[None]) == (kept["values"], kept[None])
    assert after["cost"] != kept["capacity"]
    assert db.session.get(Passage, kept["capacity"]) is None


def test_what_was_undone_stays_so_and_can_be_done_again_after_the_same_was_found(call: Call, cara: StaffMember) -> None:
    transcript = interview(call, "ann")
    seen = mark_of_all(transcript)
    redrawing.give_question(transcript, Span(Place(0, 2), Place(1)), "cost", cara.id, seen=seen, is_accepted=True)
    undoing.undo(transcript, 1, Undoer(cara.id))

    make_transcripts.suggest(transcript, ["capacity", "values", None], confidence=0.55)
    undone = [(row.question_key, row.state) for row in transcript.passages]
    undoing.redo(transcript, 1, Undoer(cara.id))

    assert undone == [(key, PassageState.SUGGESTED) for key in ("capacity", "values", None)]
    assert [row.question_key for row in transcript.passages] == ["capacity", "cost", "values", None]
    assert answers_of(transcript.contribution)["cost"].text == "says about capacity."


def test_a_reviewed_interview_teaches_others_until_its_giver_withdraws(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    before = suggestions.mapping_request(other).reviewed
    review(done, cara)

    taught = suggestions.mapping_request(other).reviewed
    done.contribution.state = ContributionState.WITHDRAWN

    assert before == ()
    assert [transcript.questions for transcript in taught] == [("capacity", "values", None)]
    assert suggestions.mapping_request(other).reviewed == ()


def test_asking_to_map_while_it_is_mapped_maps_once_more(call: Call, cara: StaffMember) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    job = transcription.ask_to_map(other.id)
    job.state = JobState.RUNNING
    review(done, cara)

    settle()

    assert jobs.latest(transcription.MAP, other.id) is job
    assert job.wanted_again


def test_the_page_says_that_it_waits_and_still_offers_to_look_at_once(
    app: Flask, call: Call, cara: StaffMember
) -> None:
    done, other = interview(call, "ann"), interview(call, "bob")
    client, page = make_transcripts.signed_in(app, cara.id), f"/staff/transcripts/{other.id}"
    review(done, cara)
    settle()
    waiting = client.get(page).text

    client.post(f"{page}/map")

    assert "in the light of that" in waiting
    assert "Look for the questions again" in waiting
    assert "The questions are being looked for once more" in client.get(page).text
