"""What counts as an answer, written or spoken, and how readers narrow it down."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from evidence import contributions
from evidence.answers import record_answer
from evidence.case_profile import CaseProfile
from evidence.models import Call, Contribution, ContributionState, Finding, Mode, RespondentType
from review.reading.answers import get_answers_with_passages, list_answers_to_question
from review.reading.contributions import list_readable_contributions
from review.reading.filters import Filters
from review.reading.interviews import build_interview_reading
from review.reading.question_counts import count_by_question
from review.reading.questions import list_call_questions
from review.reading.suggestions import list_suggestions_for_question
from tests.support import make, make_evidence, make_review
from tests.support.query_counter import count_queries
from transcripts.models import CoverageStatus, Transcript

TALK = ["What did it cost?", "About three thousand pounds.", "Lovely weather.", "It worked well."]
RURAL = CaseProfile(RespondentType.ORGANISATION, Finding.WORKS, ("rural",), ("control",))
URBAN = CaseProfile(RespondentType.INDIVIDUAL, Finding.DIFFICULTY, ("urban", "disadvantaged"), ("living",))


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


def spoken(call: Call, cara: StaffMember, background: CaseProfile = URBAN) -> Contribution:
    """An interview in which the cost is accepted and what worked is only suggested."""
    contribution = make_review.interview_contribution(call, background)
    transcript = make_review.transcript(make_review.recording(contribution), TALK)
    make_review.accepted_passage(transcript, "cost", 0, 1, by=cara)
    make_review.suggestion(transcript, "worked", 3)
    return contribution


def test_written_and_spoken_answers_come_out_of_the_same_list(call: Call, cara: StaffMember) -> None:
    make_review.written_contribution(call, cost="Hardly anything.")
    spoken(call, cara)

    found = list_answers_to_question(call, "cost")

    assert [(given.answer.text, given.is_spoken) for given in found] == [
        ("Hardly anything.", False),
        ("What did it cost? About three thousand pounds.", True),
    ]


def test_a_spoken_answer_brings_the_seconds_it_was_said_in(call: Call, cara: StaffMember) -> None:
    spoken(call, cara)

    (given,) = list_answers_to_question(call, "cost")

    assert [(passage.start_seconds, passage.end_seconds) for passage in given.passages] == [(0.0, 20.0)]


def test_a_suggestion_is_not_an_answer(call: Call, cara: StaffMember) -> None:
    spoken(call, cara)

    assert list_answers_to_question(call, "worked") == []
    assert [passage.text for passage in list_suggestions_for_question(call, "worked")] == ["It worked well."]


def test_a_draft_is_read_by_nobody(call: Call) -> None:
    make_review.written_contribution(call, is_submitted=False, cost="Not finished.")

    assert list_answers_to_question(call, "cost") == []
    assert list_readable_contributions(call) == []


def test_an_answer_that_was_emptied_is_no_answer(call: Call) -> None:
    contribution = make_review.written_contribution(call, cost="I will take this back.")

    record_answer(contribution, "cost", "", by=None)

    assert list_answers_to_question(call, "cost") == []
    assert count_by_question(call)["cost"].written == 0


def test_what_was_withdrawn_leaves_every_page(call: Call, cara: StaffMember) -> None:
    contribution = spoken(call, cara)

    contribution.state = ContributionState.WITHDRAWN

    assert (
        list_answers_to_question(call, "cost"),
        list_suggestions_for_question(call, "worked"),
        list_readable_contributions(call),
    ) == ([], [], [])


def test_a_suggestion_in_an_older_transcript_is_not_shown(call: Call) -> None:
    recording = make_review.recording(make_review.interview_contribution(call))
    make_review.suggestion(make_review.transcript(recording, TALK), "worked", 3)

    make_review.transcript(recording, TALK, number=2)

    assert list_suggestions_for_question(call, "worked") == []


def test_answers_of_another_call_stay_there(call: Call) -> None:
    other = make_evidence.call(title="Another call")
    make_review.written_contribution(other, cost="Elsewhere.")

    assert list_answers_to_question(call, "cost") == []


@pytest.mark.parametrize(
    "filters",
    [
        Filters(given_as=RespondentType.ORGANISATION),
        Filters(place="rural"),
        Filters(shows=Finding.WORKS),
        Filters(aim="control"),
        Filters(mode=Mode.WRITTEN),
        Filters(RespondentType.ORGANISATION, "rural", Finding.WORKS, "control", Mode.WRITTEN),
    ],
)
def test_each_filter_leaves_only_what_fits(call: Call, cara: StaffMember, filters: Filters) -> None:
    rural = make_review.written_contribution(call, RURAL, cost="Hardly anything.")
    spoken(call, cara)

    assert [given.contribution.id for given in list_answers_to_question(call, "cost", filters)] == [rural.id]
    assert [line.contribution.id for line in list_readable_contributions(call, filters)] == [rural.id]
    assert count_by_question(call, filters)["cost"].spoken == 0
    assert list_suggestions_for_question(call, "worked", filters) == []


def test_numbers_distinguish_written_spoken_and_suggested(call: Call, cara: StaffMember) -> None:
    make_review.written_contribution(call, cost="Hardly anything.", worked="Most of it.")
    spoken(call, cara)

    numbers = count_by_question(call)

    assert (numbers["cost"].written, numbers["cost"].spoken, numbers["cost"].suggested) == (1, 1, 0)
    assert (numbers["worked"].written, numbers["worked"].spoken, numbers["worked"].suggested) == (1, 0, 1)


def test_an_interview_is_read_in_the_order_of_the_schedule(call: Call, cara: StaffMember) -> None:
    contribution = spoken(call, cara)

    reading = build_interview_reading(contribution)

    read = [item for _, questions in reading.sections for item in questions]
    assert [item.question.key for item in read] == [item.question.key for item in list_call_questions(call)]
    assert [item.question.key for item in read if item.answer] == ["cost"]
    assert [item.question.key for item in read if item.suggestions] == ["worked"]


def test_speech_outside_the_questions_is_read_too(call: Call, cara: StaffMember) -> None:
    (part,) = build_interview_reading(spoken(call, cara)).parts

    assert [run.turns for run in part.outside_speech] == [((None, "Lovely weather."),)]


def test_of_two_recordings_the_one_counts_in_which_a_question_came_further(call: Call) -> None:
    contribution = make_review.interview_contribution(call)
    first = make_review.transcript(make_review.recording(contribution, 1), TALK)
    second = make_review.transcript(make_review.recording(contribution, 2), TALK)
    make_review.add_coverage(first, cost=CoverageStatus.ASKED, worked=CoverageStatus.ANSWERED)
    make_review.add_coverage(second, cost=CoverageStatus.UNPROMPTED, worked=CoverageStatus.NOT_ASKED)

    reading = build_interview_reading(contribution)

    status = {item.question.key: item.status for _, questions in reading.sections for item in questions}
    assert (status["cost"], status["worked"]) == (CoverageStatus.UNPROMPTED, CoverageStatus.ANSWERED)


def test_an_interview_can_be_read_before_anything_is_accepted(call: Call) -> None:
    contribution = make_review.interview_contribution(call)
    make_review.suggestion(make_review.transcript(make_review.recording(contribution), TALK), "worked", 3)

    (line,) = list_readable_contributions(call)

    assert (line.answer_count, line.suggestion_count) == (0, 1)
    assert get_answers_with_passages(contribution) == {}


def test_a_question_of_an_earlier_version_stays_within_reach(app: Flask) -> None:
    old = make_evidence.schedule_data({"key": "kept"}, {"key": "dropped"})
    new = make_evidence.schedule_data({"key": "kept"}, {"key": "added"})
    call = make_evidence.call(schedule=old)
    make_review.written_contribution(call, dropped="Still here.")
    db.session.commit()

    make_evidence.call(schedule=new)
    db.session.expire_all()

    assert [(item.question.key, item.is_asked_now) for item in list_call_questions(call)] == [
        ("kept", True),
        ("added", True),
        ("dropped", False),
    ]
    assert len(list_answers_to_question(call, "dropped")) == 1


def evidence(call: Call, cara: StaffMember, pairs: int) -> None:
    for _ in range(pairs):
        make_review.written_contribution(call, RURAL, cost="Hardly anything.")
        spoken(call, cara)


def queries_of(read: Callable[[Call], object], call_id: UUID) -> int:
    db.session.commit()
    db.session.expunge_all()
    call = db.session.get_one(Call, call_id)
    with count_queries() as statements:
        read(call)
    return len(statements)


@pytest.mark.parametrize(
    "read",
    [
        lambda call: [
            (a.contribution.participant.reference, a.contribution.aims) for a in list_answers_to_question(call, "cost")
        ],
        lambda call: [
            (line.contribution.area_types, line.coverage_counts) for line in list_readable_contributions(call)
        ],
        lambda call: [p.transcript.contribution.participant for p in list_suggestions_for_question(call, "worked")],
        count_by_question,
    ],
    ids=["answers", "contributions", "suggestions", "numbers"],
)
def test_ten_contributions_need_no_more_queries_than_two(
    call: Call, cara: StaffMember, read: Callable[[Call], object]
) -> None:
    call_id, cara_id = call.id, cara.id
    evidence(call, cara, pairs=1)
    of_two = queries_of(read, call_id)

    evidence(db.session.get_one(Call, call_id), db.session.get_one(StaffMember, cara_id), pairs=4)

    assert queries_of(read, call_id) == of_two


def test_giving_twice_does_not_double_an_answer(call: Call) -> None:
    contribution = make_review.written_contribution(call, cost="Hardly anything.")

    contributions.submit_contribution(contribution)

    assert len(list_answers_to_question(call, "cost")) == 1


def test_each_question_of_an_interview_with_two_recordings_is_in_one_count(call: Call, cara: StaffMember) -> None:
    contribution = spoken(call, cara)
    later = make_review.transcript(make_review.recording(contribution, position=2), TALK)
    make_review.suggestion(later, "worked", 3)
    make_review.suggestion(later, "cost", 1)
    make_review.add_coverage(later, cost=CoverageStatus.NOT_ASKED, values=CoverageStatus.ASKED)
    earlier = next(row for row in contribution_transcripts(contribution) if row.id != later.id)
    make_review.add_coverage(earlier, values=CoverageStatus.NOT_ASKED, capacity=CoverageStatus.NOT_ASKED)

    (line,) = list_readable_contributions(call)

    assert (line.answer_count, line.suggestion_count) == (1, 1)
    assert line.coverage_counts == {CoverageStatus.ASKED: 1, CoverageStatus.NOT_ASKED: 1}


def contribution_transcripts(contribution: Contribution) -> list[Transcript]:
    return list(db.session.scalars(select(Transcript).where(Transcript.contribution_id == contribution.id)))
