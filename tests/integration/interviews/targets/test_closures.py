"""Closing bookings of a call or a site: booked interviews stay, and everybody who hoped for one gets an email."""

import threading
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.models import AuditEntry
from accounts.roles import Role
from core.database import db
from core.locks import lock_row
from core.models import OutboxMessage
from evidence.calls import CallNotOpenError, CallStatus, get_call_status, require_open
from evidence.models import Call, Site
from interviews.bookings import bookings
from interviews.bookings.bookings import BookingsClosedError
from interviews.group_sessions import attendance
from interviews.models import Booking, BookingStatus, Slot, Volunteer, WaitlistEntry, WaitlistState
from interviews.targets.closures import (
    CLOSURE_SUBJECT,
    ClosurePreview,
    close_bookings,
    preview_closure,
    reopen_bookings,
)
from interviews.volunteers import volunteers
from tests.support import five_people, make, make_evidence, make_group_sessions, make_interviews
from tests.support.races import run_at_once

pytestmark = pytest.mark.one_database


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


@pytest.fixture
def amira(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)


def list_closing_mails() -> list[OutboxMessage]:
    """Mails about a closing, in order."""
    query = select(OutboxMessage).where(OutboxMessage.subject == CLOSURE_SUBJECT).order_by(OutboxMessage.number)
    return list(db.session.scalars(query))


def mails() -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.subject).order_by(OutboxMessage.number)))


def assign_site(site: Site, volunteer: Volunteer) -> Volunteer:
    volunteer.site_id = site.id
    db.session.flush()
    return volunteer


def waiting_for_session(call: Call, volunteer: Volunteer, site: Site | None = None) -> WaitlistEntry:
    """A place on the waiting list of a session."""
    slot = make_interviews.slot(call, make_interviews.interviewer(f"host-{volunteer.participant.reference}"))
    slot.is_group, slot.capacity, slot.title, slot.site_id = True, 8, "A talk", site.id if site else None
    row = WaitlistEntry(slot_id=slot.id, volunteer_id=volunteer.id, number=1, joined_at=slot.created_at)
    db.session.add(row)
    db.session.flush()
    return row


def test_a_closed_call_takes_no_more_bookings(call: Call) -> None:
    dev = make_interviews.volunteer(call)
    slot = make_interviews.slot(call, make_interviews.interviewer())

    close_bookings(call)

    with pytest.raises(BookingsClosedError):
        bookings.book(slot, dev)


def test_a_closed_site_takes_no_more_bookings_and_others_do(call: Call) -> None:
    here, there = assign_site(call.sites[0], make_interviews.volunteer(call)), make_interviews.volunteer(call, "Fay")
    ben = make_interviews.interviewer()
    first, second = make_interviews.slot(call, ben), make_interviews.slot(call, ben)

    close_bookings(call.sites[0])

    with pytest.raises(BookingsClosedError):
        bookings.book(first, here)
    assert bookings.book(second, there).status is BookingStatus.BOOKED


def test_a_closed_call_takes_nothing_in_writing_either(call: Call, client: FlaskClient) -> None:
    close_bookings(call)

    assert get_call_status(call) is CallStatus.CLOSED
    with pytest.raises(CallNotOpenError):
        require_open(call)
    assert client.get(f"/calls/{call.slug}/hear-more").status_code == 200


def test_the_page_of_a_call_that_was_closed_early_names_no_later_day(call: Call, client: FlaskClient) -> None:
    close_bookings(call)

    page = client.get(f"/calls/{call.slug}").text

    assert "This call has closed." in page
    assert "This call closed on" not in page


def test_nobody_signs_up_for_a_closed_call(call: Call) -> None:
    close_bookings(call)

    with pytest.raises(CallNotOpenError):
        volunteers.sign_up(call, make_interviews.offer())


def test_booked_interviews_stay_and_can_be_moved(call: Call) -> None:
    booking = make_interviews.booking(make_interviews.volunteer(call))
    other = make_interviews.slot(call, booking.slot.interviewer)

    close_bookings(call)
    bookings.move(booking, other)

    assert (booking.status, booking.slot_id) == (BookingStatus.BOOKED, other.id)


def test_people_waiting_are_notified_one_by_one(call: Call) -> None:
    make_interviews.volunteer(call, "Annabel")
    make_interviews.volunteer(call, "Roberta", is_accepted=False)
    make_interviews.booking(make_interviews.volunteer(call, "Cay"))
    volunteers.decline(make_interviews.volunteer(call, "Dee", is_accepted=False))

    number = close_bookings(call).notified

    assert [mail.recipient for mail in list_closing_mails()] == ["annabel@home.example", "roberta@home.example"]
    assert number == 2
    for mail, other in zip(list_closing_mails(), ("roberta", "annabel"), strict=True):
        assert mail.is_secret
        assert other not in (mail.text + mail.html).lower()


def test_anyone_who_has_no_email_address_is_named_to_the_coordinator(call: Call, amira: FlaskClient) -> None:
    ann = make_interviews.volunteer(call, "Ann")
    assert ann.participant.contact is not None
    ann.participant.contact.email = ""

    before = amira.get(f"/staff/calls/{call.slug}/close").text
    after = amira.post(f"/staff/calls/{call.slug}/close", follow_redirects=True).text

    assert "<strong>1 person</strong> without an email address" in before
    assert f"Phone or write to {ann.participant.reference}" in after
    assert "0 people have been emailed" in after
    assert list_closing_mails() == []


def test_closing_a_site_tells_its_own_volunteers(call: Call) -> None:
    assign_site(call.sites[0], make_interviews.volunteer(call, "Ann"))
    assign_site(call.sites[1], make_interviews.volunteer(call, "Bob"))
    make_interviews.volunteer(call, "Cay")

    close_bookings(call.sites[0])

    (mail,) = list_closing_mails()
    assert mail.recipient == "ann@home.example"
    assert call.sites[0].title in mail.text


def test_people_on_a_waitlist_are_removed_and_notified_once(call: Call) -> None:
    row = waiting_for_session(call, make_interviews.volunteer(call, "Ann"))
    before = len(mails())

    number = close_bookings(call).notified

    db.session.refresh(row)
    assert row.state not in {WaitlistState.WAITING, WaitlistState.OFFERED}
    assert (number, len(mails()) - before, list_closing_mails()) == (1, 1, [])


def test_closing_twice_tells_nobody_twice(call: Call) -> None:
    make_interviews.volunteer(call)
    close_bookings(call)

    again = close_bookings(call)

    assert (again.notified, len(list_closing_mails())) == (0, 1)


def test_a_booking_that_has_begun_is_awaited(app: Flask, call: Call) -> None:
    """Somebody who books at the last moment is not emailed that bookings are closed."""
    dev, slot = make_interviews.volunteer(call), make_interviews.slot(call, make_interviews.interviewer())
    ids, begun, closing = (call.id, dev.id, slot.id), threading.Event(), threading.Event()
    db.session.commit()

    def book() -> None:
        with app.app_context():
            bookings.book(db.session.get_one(Slot, ids[2]), db.session.get_one(Volunteer, ids[1]))
            begun.set()
            closing.wait(10)
            time.sleep(0.3)  # closing waits for the volunteers, whom the booking locks
            db.session.commit()

    def close_it() -> None:
        begun.wait(10)
        with app.app_context():
            closing.set()
            close_bookings(db.session.get_one(Call, ids[0]))
            db.session.commit()

    threads = [threading.Thread(target=action) for action in (book, close_it)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert list_closing_mails() == []
    assert db.session.scalars(select(Booking)).one().status is BookingStatus.BOOKED
    assert db.session.get_one(Call, ids[0]).closed_at is not None


def test_passing_on_a_seat_and_closing_do_not_deadlock(app: Flask) -> None:
    """The one who offers a seat has the session and points to a person; the closing has all people and asks for it."""
    session, (booking,), _ = make_group_sessions.full_session("Gus", capacity=1)
    ids, has_session = (session.id, booking.id, session.call_id), threading.Event()

    def give_up() -> None:
        lock_row(db.session.get_one(Slot, ids[0]))
        has_session.set()
        time.sleep(0.5)  # the closing comes to the session
        attendance.cancel_seat(db.session.get_one(Booking, ids[1]))

    def close_it() -> None:
        has_session.wait(10)
        close_bookings(db.session.get_one(Call, ids[2]))

    assert run_at_once(app, [give_up, close_it]) == {"done": 2}
    assert db.session.scalars(select(WaitlistEntry.state)).all() == [WaitlistState.CLOSED]


def test_opening_again_brings_free_times_back_and_tells_nobody(call: Call) -> None:
    dev, slot = make_interviews.volunteer(call), make_interviews.slot(call, make_interviews.interviewer())
    close_bookings(call)
    before = len(mails())

    reopen_bookings(call)

    assert len(mails()) == before
    assert bookings.book(slot, dev).status is BookingStatus.BOOKED


def test_the_audit_log_says_how_many_were_notified(call: Call) -> None:
    make_interviews.volunteer(call)
    close_bookings(call)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "call closed")).one()

    assert entry.details == {"notified": 1, "without_email": 0}


def test_no_mail_about_a_closing_gives_a_reason(call: Call) -> None:
    assign_site(call.sites[0], make_interviews.volunteer(call))
    waiting_for_session(call, make_interviews.volunteer(call, "Dee"))
    make_interviews.volunteer(call, "Fay")
    before = db.session.scalar(select(func.max(OutboxMessage.number)))

    close_bookings(call.sites[0])
    close_bookings(call)

    texts = list(db.session.scalars(select(OutboxMessage.text).where(OutboxMessage.number > before)))
    assert len(texts) >= 3  # of the site, of the call, of the waiting list
    assert all("Bookings are closed" in text or "we cannot offer any more places" in text for text in texts)
    assert not any("many people" in text or "enough people" in text for text in texts)


def test_anyone_who_cancels_in_a_closed_call_is_warned_first(app: Flask, call: Call) -> None:
    booking = make_interviews.booking(make_interviews.volunteer(call))
    client = five_people.sign_in_participant(app, booking.volunteer.participant_id)
    close_bookings(call)
    page = f"/my/bookings/{booking.id}/cancel"

    warning, answer = client.get(page).text, client.post(page, follow_redirects=True).text

    assert "If you cancel, you cannot choose another time." in warning
    assert warning.index("If you cancel, you") < warning.index("Cancel the interview")
    assert "You can choose another time afterwards" not in warning
    assert "Your interview is cancelled. Bookings are closed." in answer


@pytest.mark.parametrize(("is_closed", "says"), [(True, "you cannot choose another time"), (False, "You can choose")])
def test_the_mail_of_a_cancelled_interview_promises_no_other_time_when_closed(
    call: Call, *, is_closed: bool, says: str
) -> None:
    booking = make_interviews.booking(assign_site(call.sites[0], make_interviews.volunteer(call)))
    if is_closed:
        close_bookings(call.sites[0])

    bookings.cancel(booking)

    query = select(OutboxMessage).where(OutboxMessage.subject == "Your interview is cancelled")
    assert says in " ".join(db.session.scalars(query).one().text.split())


@pytest.mark.parametrize("is_accepted", [True, False])
def test_the_own_page_says_that_no_more_is_booked(app: Flask, call: Call, *, is_accepted: bool) -> None:
    dev = assign_site(call.sites[0], make_interviews.volunteer(call, is_accepted=is_accepted))
    client = five_people.sign_in_participant(app, dev.participant_id)
    close_bookings(call.sites[0])

    page = client.get("/my").text

    assert "Bookings are closed." in page
    assert "Choose a time" not in page
    assert "Withdraw your offer" in page


def test_the_outlook_says_what_closing_means(call: Call) -> None:
    make_interviews.volunteer(call, "Ann")
    make_interviews.volunteer(call, "Bob", is_accepted=False)
    booking = make_interviews.booking(make_interviews.volunteer(call, "Cay"))
    make_interviews.slot(call, booking.slot.interviewer)
    waiting_for_session(call, make_interviews.volunteer(call, "Dee"))

    found = preview_closure(call)

    assert found == ClosurePreview(undecided=1, accepted=1, waiting=1, booked=1, free_slots=2, without_email=0)


def test_the_outlook_of_a_site_is_of_the_site(call: Call) -> None:
    assign_site(call.sites[0], make_interviews.volunteer(call, "Ann"))
    waiting_for_session(call, make_interviews.volunteer(call, "Bob"), call.sites[0])
    make_interviews.booking(make_interviews.volunteer(call, "Cay"))

    assert preview_closure(call.sites[0]) == ClosurePreview(
        undecided=0, accepted=1, waiting=1, booked=0, free_slots=1, without_email=0
    )


def test_the_page_shows_what_will_happen_and_the_button_does_it(call: Call, amira: FlaskClient) -> None:
    make_interviews.volunteer(call, "Ann")

    page = " ".join(amira.get(f"/staff/calls/{call.slug}/close").text.split())
    asked = db.session.get_one(Call, call.id).closed_at
    answer = amira.post(f"/staff/calls/{call.slug}/close", follow_redirects=True)

    assert "<strong>1 person</strong> accepted without a booking" in page
    assert asked is None
    assert "Bookings closed. 1 person has been emailed." in answer.text
    db.session.expire_all()
    assert call.closed_at is not None


def test_a_site_is_closed_and_opened_by_page(call: Call, amira: FlaskClient) -> None:
    path = f"/staff/calls/{call.slug}/sites/{call.sites[0].key}"
    amira.post(f"{path}/close")
    db.session.expire_all()
    closed = call.sites[0].closed_at

    page = amira.get(f"{path}/reopen").text
    amira.post(f"{path}/reopen")

    db.session.expire_all()
    assert "This does not undo everything" in page
    assert (closed is None, call.sites[0].closed_at) == (False, None)


@pytest.mark.parametrize("page", ["close", "reopen", "sites/{site}/close", "sites/{site}/reopen"])
def test_only_the_coordinator_closes_and_opens(app: Flask, call: Call, page: str) -> None:
    path = f"/staff/calls/{call.slug}/{page.format(site=call.sites[0].key)}"
    roles = {"ben": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    people = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    people["dev"] = five_people.sign_in_participant(app, make_interviews.volunteer(call).participant_id)

    found = {name: (client.get(path).status_code, client.post(path).status_code) for name, client in people.items()}

    assert found == {"ben": (403, 403), "cara": (403, 403), "eve": (403, 403), "dev": (302, 302)}
    db.session.expire_all()
    assert (call.closed_at, call.sites[0].closed_at) == (None, None)


def test_a_site_that_is_not_there_is_not_found(call: Call, amira: FlaskClient) -> None:
    assert amira.get(f"/staff/calls/{call.slug}/sites/none/close").status_code == 404


def test_closing_withholds_nothing_from_the_calendar(call: Call) -> None:
    """No booking and no slot is changed."""
    make_interviews.booking(make_interviews.volunteer(call))
    make_interviews.slot(call, make_interviews.interviewer("fred"))

    close_bookings(call)

    assert [slot.withdrawn_at for slot in db.session.scalars(select(Slot))] == [None, None]
    assert [booking.status for booking in db.session.scalars(select(Booking))] == [BookingStatus.BOOKED]
