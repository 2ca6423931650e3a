"""A participant's own page and what is done from it: only with one's own, shown by GET, done by POST."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence import contributions
from evidence.models import Contact, Mode
from interviews.availability import slots
from interviews.bookings import bookings
from interviews.models import Booking, BookingStatus, SlotKind, Volunteer, VolunteerState
from tests.support import five_people, make_evidence, make_interviews

pytestmark = pytest.mark.one_database


def as_participant(app: Flask, participant_id: UUID) -> FlaskClient:
    return five_people.sign_in_participant(app, participant_id)


def client_of(app: Flask, volunteer: Volunteer) -> FlaskClient:
    return as_participant(app, volunteer.participant_id)


def test_the_page_names_the_time_the_location_and_the_zone(app: Flask) -> None:
    booking = make_interviews.booking()

    page = client_of(app, booking.volunteer).get("/my").text

    assert "(London time)" in page
    assert "https://meet.example/room-1" in page
    assert "Move the interview" in page


def test_the_page_shows_what_is_allowed_in_the_wording_that_was_read(app: Flask) -> None:
    page = client_of(app, make_interviews.volunteer()).get("/my").text

    assert "You may record our conversation." in page
    assert "Not answered, which means no" in page


def test_the_page_leads_on_to_what_is_written(app: Flask) -> None:
    call = make_evidence.call()
    fay = make_evidence.participant()
    contributions.start_contribution(call, fay, Mode.WRITTEN)

    page = as_participant(app, fay.id).get("/my").text

    assert "Continue writing" in page
    assert "Your interview" not in page


def test_without_a_link_the_page_asks_for_one(client: FlaskClient) -> None:
    answer = client.get("/my")

    assert (answer.status_code, answer.location) == (302, "/link")


def test_a_time_is_booked_from_the_list(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot = make_interviews.slot(dev.call, make_interviews.interviewer())
    client = client_of(app, dev)
    shown = client.get(f"/my/offers/{dev.id}/book").text

    answer = client.post(f"/my/offers/{dev.id}/book", data={"slot": str(slot.id)}, follow_redirects=True)

    assert str(slot.id) in shown
    assert "Your interview is booked" in answer.text
    assert bookings.find_active_booking(dev) is not None


def test_the_list_has_only_open_times_to_come(app: Flask) -> None:
    taken = make_interviews.booking()
    call, ben = taken.slot.call, taken.slot.interviewer
    fay = make_interviews.volunteer(call, "Fay")
    gone = make_interviews.slot(call, ben)
    slots.withdraw(gone)
    free = make_interviews.slot(call, ben)

    page = client_of(app, fay).get(f"/my/offers/{fay.id}/book").text

    assert str(free.id) in page
    assert str(gone.id) not in page
    assert str(taken.slot_id) not in page


def test_a_time_that_was_just_taken_gives_a_kind_message_and_a_fresh_list(app: Flask) -> None:
    taken = make_interviews.booking()
    fay = make_interviews.volunteer(taken.slot.call, "Fay")
    free = make_interviews.slot(taken.slot.call, taken.slot.interviewer)

    answer = client_of(app, fay).post(f"/my/offers/{fay.id}/book", data={"slot": str(taken.slot_id)})

    assert "Someone has just booked this time. Choose another time." in answer.text
    assert "<title>Error: " in answer.text
    assert str(free.id) in answer.text


@pytest.mark.parametrize("slot", ["", "nonsense", "00000000-0000-4000-8000-000000000000", "<script>"])
def test_what_is_no_time_is_refused_with_a_reason(app: Flask, slot: str) -> None:
    dev = make_interviews.volunteer()
    make_interviews.slot(dev.call, make_interviews.interviewer())

    answer = client_of(app, dev).post(f"/my/offers/{dev.id}/book", data={"slot": slot})

    assert answer.status_code == 200
    assert "<title>Error: " in answer.text
    assert '<script>"' not in answer.text


def test_a_telephone_time_takes_the_number_along(app: Flask) -> None:
    fay = make_interviews.volunteer(phone="")
    slot = make_interviews.slot(fay.call, make_interviews.interviewer(), kind=SlotKind.TELEPHONE, location="")
    client = client_of(app, fay)

    without = client.post(f"/my/offers/{fay.id}/book", data={"slot": str(slot.id)}).text
    client.post(f"/my/offers/{fay.id}/book", data={"slot": str(slot.id), "phone": "020 7946 0999"})

    assert "Enter your telephone number" in without
    assert "020 7946 0999" in db.session.scalars(select(Contact.phone)).all()
    assert bookings.find_active_booking(fay) is not None


@pytest.mark.parametrize(("kind", "is_asked"), [(SlotKind.VIDEO, False), (SlotKind.TELEPHONE, True)])
def test_a_number_is_asked_for_only_where_a_telephone_time_is_free(app: Flask, kind: SlotKind, is_asked: bool) -> None:
    fay = make_interviews.volunteer(phone="")
    make_interviews.slot(fay.call, make_interviews.interviewer(), kind=kind)

    page = client_of(app, fay).get(f"/my/offers/{fay.id}/book").text

    assert ('name="phone"' in page) is is_asked


def test_an_interview_is_moved(app: Flask) -> None:
    booking = make_interviews.booking()
    later = make_interviews.slot(booking.slot.call, booking.slot.interviewer)

    answer = client_of(app, booking.volunteer).post(
        f"/my/bookings/{booking.id}/move", data={"slot": str(later.id)}, follow_redirects=True
    )

    db.session.refresh(booking)
    assert "Your interview has moved" in answer.text
    assert booking.slot_id == later.id


def test_an_interview_is_cancelled_with_a_reason_that_no_mail_tells(app: Flask) -> None:
    booking = make_interviews.booking()

    client_of(app, booking.volunteer).post(f"/my/bookings/{booking.id}/cancel", data={"reason": "I am ill."})

    db.session.refresh(booking)
    assert (booking.status, booking.cancel_reason) == (BookingStatus.CANCELLED, "I am ill.")
    assert not any("ill." in mail.text for mail in db.session.scalars(select(OutboxMessage)))


@pytest.mark.parametrize("action", ["move", "cancel"])
def test_opening_a_page_does_nothing(app: Flask, action: str) -> None:
    booking = make_interviews.booking()
    before = (booking.slot_id, booking.status, _mails())

    client_of(app, booking.volunteer).get(f"/my/bookings/{booking.id}/{action}")

    db.session.refresh(booking)
    assert (booking.slot_id, booking.status, _mails()) == before


@pytest.mark.parametrize("action", ["move", "cancel"])
def test_a_cancelled_interview_is_not_changed_any_more(app: Flask, action: str) -> None:
    booking = make_interviews.booking()
    bookings.cancel(booking)

    answer = client_of(app, booking.volunteer).post(f"/my/bookings/{booking.id}/{action}", follow_redirects=True)

    assert "was cancelled" in answer.text


def test_somebody_else_s_booking_and_offer_are_not_there(app: Flask) -> None:
    booking = make_interviews.booking()
    fay = make_interviews.volunteer(booking.slot.call, "Fay")
    client = client_of(app, fay)
    paths = [f"/my/bookings/{booking.id}/{action}" for action in ("move", "cancel")]
    paths += [f"/my/offers/{booking.volunteer_id}/{action}" for action in ("book", "withdraw")]

    answers = [ask(path).status_code for path in paths for ask in (client.get, client.post)]

    assert set(answers) == {404}
    assert db.session.scalars(select(Booking.status)).all() == [BookingStatus.BOOKED]


def test_an_offer_is_withdrawn_and_made_again(app: Flask) -> None:
    dev = make_interviews.volunteer()
    client = client_of(app, dev)

    client.get(f"/my/offers/{dev.id}/withdraw")
    shown = db.session.get_one(Volunteer, dev.id).state
    client.post(f"/my/offers/{dev.id}/withdraw")
    db.session.refresh(dev)
    withdrawn = dev.state
    client.post(f"/my/offers/{dev.id}/again")

    db.session.refresh(dev)
    assert (shown, withdrawn, dev.state) == (
        VolunteerState.ACCEPTED,
        VolunteerState.WITHDRAWN,
        VolunteerState.SIGNED_UP,
    )


def test_after_the_interview_has_begun_nothing_can_be_changed(app: Flask) -> None:
    booking = make_interviews.booking()
    client = client_of(app, booking.volunteer)

    with clock.freeze_at(booking.slot.starts_at):
        page = client.get("/my").text
        answer = client.post(f"/my/bookings/{booking.id}/cancel", follow_redirects=True)

    assert "Move the interview" not in page
    assert "You cannot change this interview" in answer.text


def test_a_link_in_a_mail_opens_only_the_owner_s_page(app: Flask) -> None:
    booking = make_interviews.booking()
    fay = make_interviews.booking(
        make_interviews.volunteer(booking.slot.call, "Fay"),
        make_interviews.slot(booking.slot.call, booking.slot.interviewer),
    )
    to_dev = select(OutboxMessage).where(OutboxMessage.recipient == "dev@home.example")
    mail = db.session.scalars(to_dev.order_by(OutboxMessage.number)).all()[-1]
    path = next(line for line in mail.text.splitlines() if line.endswith("/move")).removeprefix("http://127.0.0.1:8000")

    own = app.test_client().get(path, follow_redirects=True)
    others = app.test_client().get(path.replace(str(booking.id), str(fay.id)), follow_redirects=True)

    assert (own.status_code, own.request.path) == (200, f"/my/bookings/{booking.id}/move")
    assert others.status_code == 404


def _mails() -> int:
    return db.session.scalar(select(func.count(OutboxMessage.number))) or 0
