"""The first page of staff: right numbers for each role, each a way to the page that lists them."""

from dataclasses import fields
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from accounts.access import Person
from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from core.mail import Mail
from core.models import Job, JobState, MailState, OutboxMessage, Queue
from core.outbox import queue_mail
from core.settings import current_settings
from core.storage_check import DamagedFile, StorageCheck
from core.storage_report import save_report
from interviews.bookings import bookings
from interviews.group_sessions import write_ups
from interviews.inbox import messages
from interviews.models import Booking
from review.dashboard.counts import DashboardCounts, get_dashboard_counts
from tests.support import (
    five_people,
    make,
    make_evidence,
    make_group_sessions,
    make_interviews,
    make_review,
)
from transcripts.models import Recording, RecordingState

NOTHING = DashboardCounts(*[0] * len(fields(DashboardCounts)))


@pytest.fixture
def five(app: Flask) -> dict[str, FlaskClient]:
    """amira, ben, cara and eve are staff (eve without any role), dev is a volunteer."""
    roles = {"amira": [Role.COORDINATOR], "ben": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients["dev"] = five_people.sign_in_participant(app, make_evidence.participant().id)
    return clients


def a_booking(by: StaffMember) -> Booking:
    call = make_evidence.call()
    return make_interviews.booking(make_interviews.volunteer(call), make_interviews.slot(call, by))


def recorded(booking: Booking) -> Recording:
    return make_review.recording(booking.volunteer.contribution)


def test_a_new_installation_has_nothing_to_count(app: Flask) -> None:
    assert get_dashboard_counts() == NOTHING


def test_what_people_answered_is_counted_until_staff_have_looked(app: Flask) -> None:
    booking = a_booking(make_interviews.interviewer())
    message = messages.send_message(booking.volunteer, "I am stuck on a train.", about=booking)
    declined, bounced = booking.invitations
    declined.partstat, bounced.delivery_failure = "DECLINED", "There is no such mailbox."
    before = get_dashboard_counts()

    amira = make.staff("amira", Role.COORDINATOR)
    messages.mark_read(message, Person(amira.id, amira.name, frozenset({Role.COORDINATOR})))
    bookings.cancel(booking, by_staff=True)

    assert (before.messages_unread, before.replies_open) == (1, 2)
    assert (get_dashboard_counts().messages_unread, get_dashboard_counts().replies_open) == (0, 0)


def test_comments_on_write_ups_are_counted_until_somebody_has_read_them(app: Flask) -> None:
    slot, bookings_of_session, _ = make_group_sessions.full_session()
    with clock.freeze_at(slot.ends_at):
        row = write_ups.save_draft(slot, "We talked.", by=slot.interviewer_id)
        comment = write_ups.add_comment(row, bookings_of_session[0].volunteer, "You forgot the garden.")
    before = get_dashboard_counts().comments_unread

    write_ups.mark_comment_read(row, comment.id, by=slot.interviewer_id)

    assert (before, get_dashboard_counts().comments_unread) == (1, 0)


def test_the_first_page_leads_to_those_for_whom_no_time_suits(five: dict[str, FlaskClient]) -> None:
    assert "/staff/volunteers/unmet-needs" in five["amira"].get("/staff").text


def test_volunteers_are_counted_by_what_they_wait_for(app: Flask) -> None:
    call = make_evidence.call()
    make_interviews.volunteer(call, "Dev", is_accepted=False)
    make_interviews.volunteer(call, "Ada")
    booked = make_interviews.booking(make_interviews.volunteer(call, "Flo"))
    gone = make_interviews.booking(
        make_interviews.volunteer(call, "Gus"), make_interviews.slot(call, booked.slot.interviewer)
    )
    bookings.cancel(gone)

    numbers = get_dashboard_counts()

    assert (numbers.volunteers_offered, numbers.volunteers_unbooked, numbers.upcoming_interviews) == (1, 2, 1)


def test_an_interview_that_is_over_is_not_coming(app: Flask) -> None:
    booking = a_booking(make_interviews.interviewer())

    with clock.freeze_at(booking.slot.ends_at):
        assert (get_dashboard_counts().upcoming_interviews, get_dashboard_counts().interviews_without_outcome) == (0, 1)


def test_a_recording_waits_until_there_is_a_text_or_a_failure(app: Flask) -> None:
    call = make_evidence.call()
    waiting, failed, refused, done = (make_review.recording(make_review.interview_contribution(call)) for _ in range(4))
    refused.state = RecordingState.REFUSED
    a_job(failed, JobState.FAILED)
    make_review.suggestion(make_review.transcript(done, ["Hello"]), "cost", 0)

    numbers = get_dashboard_counts()

    assert (numbers.recordings_waiting, numbers.recordings_failed, numbers.transcripts_with_suggestions) == (1, 2, 1)
    assert waiting.state is RecordingState.PLAYABLE


def test_a_failure_that_was_tried_again_no_longer_counts(app: Flask) -> None:
    recording = make_review.recording(make_review.interview_contribution(make_evidence.call()))
    a_job(recording, JobState.FAILED)

    with clock.freeze_at(clock.now() + timedelta(seconds=1)):
        a_job(recording, JobState.PENDING)

    assert (get_dashboard_counts().recordings_failed, get_dashboard_counts().recordings_waiting) == (0, 1)


def a_job(recording: Recording, state: JobState) -> None:
    now = clock.now()
    db.session.add(
        Job(name="transcribe", queue=Queue.LONG, subject_id=recording.id, state=state, run_after=now, created_at=now)
    )
    db.session.flush()


def test_written_contributions_are_counted_by_state(app: Flask) -> None:
    call = make_evidence.call()
    make_review.written_contribution(call, cost="Nothing.")
    make_review.written_contribution(call, is_submitted=False, cost="Not finished.")

    numbers = get_dashboard_counts()

    assert (numbers.written_submitted, numbers.written_drafts) == (1, 1)


def test_mails_that_did_not_leave_are_counted(app: Flask) -> None:
    for state in [MailState.FAILED, MailState.SAVED_AS_FILE, MailState.SENT, MailState.QUEUED]:
        row = queue_mail(Mail("dev@home.example", "Hello", "Hello\n", "<p>Hello</p>"))
        db.session.execute(update(OutboxMessage).where(OutboxMessage.number == row.number).values(state=state))

    numbers = get_dashboard_counts()

    assert (numbers.mails_failed, numbers.mails_saved_as_files) == (1, 1)


def test_each_role_sees_its_own_part(five: dict[str, FlaskClient]) -> None:
    parts = {"Volunteers waiting": "c", "Your next interviews": "i", "suggestions to review": "r"}

    pages = {name: client.get("/staff").text for name, client in five.items()}

    seen = {name: "".join(part for words, part in parts.items() if words in page) for name, page in pages.items()}
    assert seen == {"amira": "cr", "ben": "i", "cara": "r", "eve": "", "dev": ""}


def test_only_those_with_a_role_open_the_first_page(five: dict[str, FlaskClient]) -> None:
    answers = {name: client.get("/staff").status_code for name, client in five.items()}

    assert answers == {"amira": 200, "ben": 200, "cara": 200, "eve": 403, "dev": 302}


def test_every_number_leads_to_a_page_that_opens(five: dict[str, FlaskClient]) -> None:
    page = five["amira"].get("/staff").text
    tiles = page[page.index('<ul class="lp-numbers">') :]
    links = [part.split('"')[0].split("#")[0] for part in tiles.split('href="')[1:]]

    answers = {
        link: five["amira"].get(link.replace("&amp;", "&")).status_code for link in links if link.startswith("/staff")
    }

    assert len(answers) >= 7
    assert set(answers.values()) <= {200, 302}


def test_an_interviewer_sees_which_recording_to_upload(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = a_booking(ben)
    client = five_people.sign_in_staff(app, ben.id)

    with clock.freeze_at(booking.slot.ends_at):
        before = client.get("/staff").text
        recorded(booking)
        after = client.get("/staff").text

    address = f"/staff/bookings/{booking.id}/recording"
    assert (address in before, address in after) == (True, False)


def test_an_interviewer_is_asked_for_the_outcome_of_an_interview(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = a_booking(ben)
    client = five_people.sign_in_staff(app, ben.id)
    address = f"/staff/interviews/{booking.id}/outcome"

    with clock.freeze_at(booking.slot.ends_at):
        before = client.get("/staff").text
        client.post(address, data={"outcome": "happened"})
        after = client.get("/staff").text

    assert (address in before, address in after) == (True, False)
    assert f"/staff/bookings/{booking.id}/recording" in after


def test_the_first_page_names_nobody_who_takes_part(app: Flask, five: dict[str, FlaskClient]) -> None:
    make_interviews.volunteer(make_evidence.call(), "Zebedee")

    assert all("zebedee" not in client.get("/staff").text.lower() for client in five.values())


@pytest.mark.parametrize(
    ("damaged", "days_ago", "words"),
    [(0, 0, "none is damaged"), (2, 0, "2 stored files are damaged or missing"), (0, 9, "have not been checked since")],
)
def test_coordinators_see_what_the_storage_check_found(
    five: dict[str, FlaskClient], damaged: int, days_ago: int, words: str
) -> None:
    check = StorageCheck(file_count=3, damaged=[DamagedFile("recordings/a", "changed")] * damaged)
    save_report(current_settings().data_folder, check, checked_at=clock.now() - timedelta(days=days_ago))

    pages = {name: five[name].get("/staff").text for name in ("amira", "ben", "cara")}

    assert [name for name, text in pages.items() if words in text] == ["amira"]
