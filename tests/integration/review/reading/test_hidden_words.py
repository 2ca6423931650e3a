"""After somebody takes back recording or text, what they said leaves every page, list and count of readers."""

from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from evidence import consent
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Contribution
from review.dashboard import next_steps
from review.dashboard.counts import get_dashboard_counts
from review.reading.contributions import list_hidden_contributions, list_readable_contributions
from review.reading.question_counts import count_by_question
from tests.support import five_people, make, make_evidence, make_review
from tests.support.query_counter import count_queries
from transcripts.models import Transcript

SAID, SUGGESTED, WRITTEN = "We waited for two years.", "Nobody rang us.", "We wrote this down."
NO = dict.fromkeys(ConsentUse, False)


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(slug="our-call")


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


@pytest.fixture
def reader(app: Flask, cara: StaffMember) -> FlaskClient:
    return five_people.sign_in_staff(app, cara.id)


@pytest.fixture
def interview(call: Call, cara: StaffMember) -> Contribution:
    """One answer to “capacity” and a suggestion for “values”."""
    contribution = make_review.interview_contribution(call)
    transcript = make_review.transcript(make_review.recording(contribution), [SAID, SUGGESTED])
    make_review.accepted_passage(transcript, "capacity", 0, by=cara)
    make_review.suggestion(transcript, "values", 1)
    db.session.commit()
    return contribution


def say(contribution: Contribution, decisions: dict[ConsentUse, bool]) -> None:
    consent.record_decisions(contribution.participant, contribution.call, decisions, noted_by=None)
    db.session.commit()


def list_pages(interview: Contribution) -> list[str]:
    return [
        f"/staff/read/interviews/{interview.id}",
        "/staff/read/our-call",
        "/staff/read/our-call/questions/capacity",
        "/staff/read/our-call/questions/values",
        "/staff/read/recordings",
        "/staff",
    ]


@pytest.mark.parametrize(
    "decisions", [NO, {ConsentUse.RECORD: False}, {ConsentUse.TRANSCRIBE: False}], ids=["all", "record", "transcribe"]
)
def test_what_was_said_leaves_every_page(
    reader: FlaskClient, interview: Contribution, decisions: dict[ConsentUse, bool]
) -> None:
    before = "".join(reader.get(path, follow_redirects=True).text for path in list_pages(interview))

    say(interview, decisions)

    after = "".join(reader.get(path, follow_redirects=True).text for path in list_pages(interview))
    assert SAID in before
    assert SUGGESTED in before
    assert SAID not in after
    assert SUGGESTED not in after


def test_the_pages_say_why(reader: FlaskClient, interview: Contribution) -> None:
    say(interview, {ConsentUse.TRANSCRIBE: False})

    page = reader.get(f"/staff/read/interviews/{interview.id}", follow_redirects=True)
    listed = reader.get("/staff/read/our-call")

    reason = f"{interview.participant.reference} no longer agrees to have what they said written down."
    assert page.status_code == 403
    assert reason in page.text
    assert reason in listed.text


def test_what_was_said_leaves_the_counts(call: Call, interview: Contribution) -> None:
    before, counts_before = count_by_question(call), get_dashboard_counts()
    assert (before["capacity"].spoken, before["values"].suggested) == (1, 1)
    assert counts_before.transcripts_with_suggestions == 1

    say(interview, {ConsentUse.RECORD: False})

    after = count_by_question(call)
    assert (after["capacity"].spoken, after["values"].suggested) == (0, 0)
    assert get_dashboard_counts().transcripts_with_suggestions == 0
    assert next_steps.list_interviews_to_decide() == []
    assert list_readable_contributions(call) == []
    assert [row.contribution for row in list_hidden_contributions(call)] == [interview]


def test_what_was_written_stays(reader: FlaskClient, call: Call) -> None:
    written = make_review.written_contribution(call, capacity=WRITTEN)
    say(written, NO)

    pages = [reader.get(f"/staff/read/written/{written.id}"), reader.get("/staff/read/our-call/questions/capacity")]

    assert all(WRITTEN in page.text for page in pages)


def test_it_comes_back_when_they_agree_again(reader: FlaskClient, interview: Contribution) -> None:
    say(interview, {ConsentUse.RECORD: False})

    say(interview, {ConsentUse.RECORD: True})

    assert SAID in reader.get(f"/staff/read/interviews/{interview.id}", follow_redirects=True).text


def test_words_carry_what_may_be_done_with_them(reader: FlaskClient, call: Call, interview: Contribution) -> None:
    say(interview, {ConsentUse.QUOTE_UNNAMED: True, ConsentUse.SHARE: True, ConsentUse.QUOTE_NAMED: False})
    written = make_review.written_contribution(call, capacity=WRITTEN)
    transcript_page = f"/staff/transcripts/{get_transcript_id(interview)}"
    read_page, written_page = f"/staff/read/interviews/{interview.id}", f"/staff/read/written/{written.id}"

    pages = {
        path: unescape(reader.get(path, follow_redirects=True).text)
        for path in (*list_pages(interview)[:4], transcript_page, written_page)
    }

    spoken_labels = ("May be quoted without name", "May be shared")
    for path in (read_page, transcript_page, "/staff/read/our-call", "/staff/read/our-call/questions/capacity"):
        assert all(label in pages[path] for label in spoken_labels), path
    for path in (written_page, "/staff/read/our-call", "/staff/read/our-call/questions/capacity"):
        assert all(label in pages[path] for label in ("May not be quoted", "May not be shared")), path
    assert pages[read_page].count("May be quoted without name") == 2  # beside the passage at hand, and in the drawer


def test_labels_take_as_many_queries_for_many_as_for_one(app: Flask, call: Call) -> None:
    first = make_review.written_contribution(call, capacity=WRITTEN)
    with count_queries() as one:
        consent.load_labels([first])
    more = [make_review.written_contribution(call, capacity=WRITTEN) for _ in range(20)]

    with count_queries() as many:
        labels = consent.load_labels([first, *more])

    assert len(labels) == 21
    assert len(many) == len(one)


def get_transcript_id(interview: Contribution) -> UUID:
    return db.session.scalars(select(Transcript.id).where(Transcript.contribution_id == interview.id)).one()
