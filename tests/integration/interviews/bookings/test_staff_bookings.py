"""Booking for people without email: adding them, noting their consent, their times, and letters instead of emails."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from core.models import OutboxMessage
from evidence import participants
from evidence.email_changes import EmailChange
from evidence.models import Call, ConsentDecision
from interviews.bookings import bookings, staff_changes
from interviews.bookings.staff_changes import InterviewLocation
from interviews.models import (
    Booking,
    BookingStatus,
    Gender,
    Invitation,
    InviteeRole,
    SlotKind,
    Volunteer,
    VolunteerState,
)
from interviews.volunteers import assisted_sign_up
from interviews.volunteers.assisted_sign_up import (
    AlreadySignedUpError,
    ContactDetails,
    EmailNotRemovableError,
    NoContactDetailsError,
)
from tests.support import five_people, make, make_evidence, make_interviews

POST = "1 High Street\nLeeds\nLS1 1AA"
TYPED: dict[str, object] = {
    "name": "Ivy Post",
    "postal_address": POST,
    "phone": "0113 496 0000",
    "capacity": "I care for my brother.",
    "given_as": "individual",
    "places": ["rural"],
    "shows": "works",
    "needed": ["step-free", "interpreter"],
    "companion": "Her sister",
    "capacity_key": "none of these",
}


@pytest.fixture
def amira(app: Flask) -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


@pytest.fixture
def desk(app: Flask, amira: StaffMember) -> FlaskClient:
    """The coordinator's browser."""
    return five_people.sign_in_staff(app, amira.id)


def add(call: Call, by: StaffMember, name: str = "Ivy", **changed: object) -> Volunteer:
    offer = make_interviews.offer(name, **{"email": ""} | changed)
    return assisted_sign_up.add_volunteer(call, offer, postal_address=POST, by=by.id)


def booked(call: Call, by: StaffMember) -> Booking:
    slot = make_interviews.slot(call, make_interviews.interviewer())
    return bookings.book(slot, add(call, by), booked_by=by.id)


def form_for(call: Call) -> dict[str, object]:
    """What a coordinator types, with a yes to each use that the call asks about."""
    return TYPED | {f"consent_{term.use.value}": "yes" for term in call.consent_terms}


def test_somebody_without_email_is_added_and_accepted(call: Call, amira: StaffMember) -> None:
    ivy = add(call, amira)

    assert ivy.state is VolunteerState.ACCEPTED
    assert ivy.participant.contact is not None
    assert (ivy.participant.contact.email, ivy.participant.contact.postal_address) == ("", POST)
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_several_people_without_email_offer_to_one_call(call: Call, amira: StaffMember) -> None:
    marks = {add(call, amira, name).address_hash for name in ("Ivy", "Joe", "Kit")}

    assert len(marks) == 3


def test_it_is_recorded_who_noted_the_consent(call: Call, amira: StaffMember) -> None:
    add(call, amira)

    noted = {decision.noted_by for decision in db.session.scalars(select(ConsentDecision))}

    assert noted == {amira.id}


def test_somebody_whom_nobody_could_reach_is_not_added(call: Call, amira: StaffMember) -> None:
    offer = make_interviews.offer("Ivy", email="", phone="")

    with pytest.raises(NoContactDetailsError):
        assisted_sign_up.add_volunteer(call, offer, postal_address="", by=amira.id)


def test_an_address_that_has_offered_is_pointed_out(call: Call, amira: StaffMember) -> None:
    make_interviews.volunteer(call)

    with pytest.raises(AlreadySignedUpError):
        add(call, amira, email="dev@home.example")


def test_an_address_that_somebody_has_left_is_free_for_others(call: Call, amira: StaffMember) -> None:
    dev = make_interviews.volunteer(call)
    make_evidence.move_to_address(dev.participant, "dev@new.example")

    fay = add(call, amira, "Fay", email="dev@home.example")

    assert fay.id != dev.id


def test_a_booking_for_somebody_without_email_mails_the_interviewer_alone(call: Call, amira: StaffMember) -> None:
    booking = booked(call, amira)

    assert booking.booked_by == amira.id
    assert [mail.recipient for mail in db.session.scalars(select(OutboxMessage))] == ["ben@charity.example"]


def test_an_email_address_that_comes_later_is_invited_at_the_next_change(call: Call, amira: StaffMember) -> None:
    booking = booked(call, amira)
    assisted_sign_up.change_contact_details(booking.volunteer, ContactDetails("ivy@new.example", "", POST))

    staff_changes.change_location(booking, InterviewLocation(SlotKind.VIDEO, "https://meet.example/room-2"))

    query = select(Invitation).where(Invitation.invitee_role == InviteeRole.VOLUNTEER)
    (invitation,) = db.session.scalars(query)
    assert (invitation.attendee, invitation.sequence, invitation.is_cancelled) == ("ivy@new.example", 0, False)
    assert invitation.uid.startswith(str(booking.id))


def test_a_cancellation_reaches_an_email_address_that_came_later(call: Call, amira: StaffMember) -> None:
    booking = booked(call, amira)
    assisted_sign_up.change_contact_details(booking.volunteer, ContactDetails("ivy@new.example", "", POST))

    bookings.cancel(booking, reason="The room is closed.", by_staff=True)

    query = select(OutboxMessage).where(OutboxMessage.subject == "Your interview is cancelled")
    assert [mail.recipient for mail in db.session.scalars(query)] == ["ivy@new.example"]


def test_an_address_can_be_changed_but_not_taken_away(app: Flask) -> None:
    dev = make_interviews.volunteer()

    with pytest.raises(EmailNotRemovableError):
        assisted_sign_up.change_contact_details(dev, ContactDetails(phone="0113 496 0000"))

    change = assisted_sign_up.change_contact_details(dev, ContactDetails("dev@new.example", "0113 496 0000", POST))
    assert change is EmailChange.WAITING
    assert participants.list_participants_by_email("dev@new.example") == []


def test_the_form_adds_somebody_and_leads_to_their_times(call: Call, desk: FlaskClient) -> None:
    answer = desk.post(f"/staff/calls/{call.slug}/volunteers/add", data=form_for(call))

    ivy = db.session.scalars(select(Volunteer)).one()
    assert answer.location == f"/staff/volunteers/{ivy.id}/book"
    assert (ivy.needs_step_free, ivy.needs_interpreter, ivy.companion) == (True, True, "Her sister")
    assert ivy.participant.contact is not None
    assert ivy.participant.contact.postal_address.splitlines() == POST.splitlines()


def test_the_form_keeps_what_was_typed(call: Call, desk: FlaskClient) -> None:
    page = desk.post(f"/staff/calls/{call.slug}/volunteers/add", data=form_for(call) | {"name": ""}).text

    assert "Error: " in page
    assert "Enter their name." in page
    for words in ("1 High Street", "I care for my brother.", "Her sister", "0113 496 0000"):
        assert words in page


def test_times_that_suit_come_before_the_others(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    make_interviews.slot(call, make_interviews.interviewer("una"))
    gwen = add(call, amira, preferred_gender=Gender.WOMAN)

    page = desk.get(f"/staff/volunteers/{gwen.id}/book").text

    assert "No free time meets everything this person asked for." in page
    assert "Other free times" in page
    assert "Una. By video" in page


def test_the_page_books_a_time_and_asks_for_a_letter(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    slot = make_interviews.slot(call, make_interviews.interviewer())
    ivy = add(call, amira)

    answer = desk.post(f"/staff/volunteers/{ivy.id}/book", data={"slot": str(slot.id)}, follow_redirects=True)

    booking = db.session.scalars(select(Booking)).one()
    assert "has to print and post a letter" in answer.text
    assert f"/staff/interviews/{booking.id}/letter" in answer.text
    assert "Booked by" in answer.text


def test_a_time_that_has_gone_is_said_at_the_choice(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    slot = make_interviews.slot(call, make_interviews.interviewer())
    make_interviews.booking(make_interviews.volunteer(call), slot)
    ivy = add(call, amira)

    page = desk.post(f"/staff/volunteers/{ivy.id}/book", data={"slot": str(slot.id)}).text

    assert "Error: " in page
    assert "Someone has just booked this time" in page


def test_the_page_changes_how_somebody_is_reached(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    ivy = add(call, amira)

    desk.post(f"/staff/volunteers/{ivy.id}/reach", data={"phone": "0113 496 0001", "postal_address": "2 Low Street"})
    refused = desk.post(f"/staff/volunteers/{ivy.id}/reach", data={"phone": "", "postal_address": "", "email": ""}).text

    page = desk.get(f"/staff/volunteers/{ivy.id}").text
    assert "Enter a postal address" in refused
    assert all(words in page for words in ("0113 496 0001", "2 Low Street"))


def test_a_letter_says_what_the_mail_would(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    booking = booked(call, amira)
    location = InterviewLocation(SlotKind.IN_PERSON, "5 Mill Lane", room="Room 2", is_step_free=True)
    staff_changes.change_location(booking, location)

    page = letter(desk, booking)

    for words in (
        "5 Mill Lane",
        "Room 2",
        "step-free access",
        "(London time)",
        "Ben",
        "0113 496 0999",
        "1 High Street",
    ):
        assert words in page
    assert booking.volunteer.participant.reference in page


def test_no_letter_is_shown_that_does_not_say_how_to_reach_us(
    call: Call, amira: StaffMember, desk: FlaskClient
) -> None:
    address = f"/staff/interviews/{booked(call, amira).id}/letter"

    pages = [desk.get(address).text, desk.post(address, data={"contact": " "}).text]

    assert ["lp-letter" in page for page in pages] == [False, False]
    assert all("First, say how people can reach you" in page for page in pages)


def letter(desk: FlaskClient, booking: Booking, news: str = "") -> str:
    """What is printed, once staff have said how they are reached."""
    address = f"/staff/interviews/{booking.id}/letter"
    desk.post(address, data={"contact": "Ring 0113 496 0999"})
    page = desk.get(address, query_string={"news": news}).text
    return page[page.index('<article class="lp-letter">') : page.index("</article>")]


def test_a_letter_speaks_of_no_illness_and_names_no_call(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    printed = letter(desk, booked(call, amira)).lower()

    assert call.title.lower() not in printed
    assert not any(words in printed for words in ("health", "treatment", "backlog", "patient", "clinic"))


@pytest.mark.parametrize(
    ("news", "words"),
    [
        ("", "Your interview is booked"),
        ("place", "Where your interview takes place has changed"),
        ("other-interviewer", "You have a different interviewer"),
        ("nonsense", "Your interview is booked"),
    ],
)
def test_a_letter_brings_the_news(call: Call, amira: StaffMember, desk: FlaskClient, news: str, words: str) -> None:
    assert words in letter(desk, booked(call, amira), news)


def test_letters_after_a_move_and_a_cancellation(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    booking = booked(call, amira)
    bookings.move(booking, make_interviews.slot(call, booking.slot.interviewer), by_staff=True)
    moved = letter(desk, booking)

    bookings.cancel(booking, reason="The room is closed.", by_staff=True)
    cancelled = letter(desk, booking, "place")

    assert "Your interview has moved" in moved
    assert "Your interview is cancelled" in cancelled
    assert "The room is closed." in cancelled
    assert booking.status is BookingStatus.CANCELLED


def test_how_staff_are_reached_is_kept_for_the_call(call: Call, amira: StaffMember, desk: FlaskClient) -> None:
    booking = booked(call, amira)
    refused = desk.post(f"/staff/interviews/{booking.id}/letter", data={"contact": "", "reason": "As you asked."}).text

    letter(desk, booking)

    assert "Enter how people can call or write to you." in refused
    assert "As you asked." in refused
    assert "Ring 0113 496 0999" in desk.get(f"/staff/interviews/{booking.id}/letter").text
