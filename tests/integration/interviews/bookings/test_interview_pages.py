"""Staff pages of interviews: five people, each sees what the job needs and nothing else."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.audit import list_entries_about
from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence.consent_terms import ConsentUse
from interviews.bookings import bookings
from interviews.models import Booking, BookingStatus, Gender
from tests.support import five_people, make, make_availability, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

COORDINATOR_PAGES = [
    "/staff/volunteers",
    "/staff/volunteers/{volunteer}",
    "/staff/volunteers/{volunteer}/reach",
    "/staff/calls/{slug}/volunteers/add",
    "/staff/interviews/{booking}/swap",
    "/staff/interviews/{booking}/letter",
]
INTERVIEWER_PAGES = ["/staff/slots", "/staff/slots/publish", "/staff/interviews", "/staff/calendar"]
INTERVIEW_PAGES = [
    f"/staff/interviews/{{booking}}{end}" for end in ("", "/script", "/move", "/reassign", "/place", "/cancel")
]
INTERVIEW_ACTIONS = [
    f"/staff/interviews/{{booking}}/{end}"
    for end in ("move", "reassign", "place", "cancel", "send-again", "outcome", "outcome/undo")
]
OWN_PAGES = ["/my", "/my/bookings/{booking}/move", "/my/bookings/{booking}/cancel", "/my/offers/{volunteer}/withdraw"]
PUBLIC_PAGES = [f"/calls/{{slug}}/{end}" for end in ("volunteer", "volunteer/next", "nominate", "nominate/next")]


@pytest.fixture
def booking(app: Flask) -> Booking:
    """Dev's interview with ben."""
    return make_interviews.booking()


@pytest.fixture
def five(app: Flask, booking: Booking) -> dict[str, FlaskClient]:
    """amira, ben, cara and eve are staff (eve without any role), zoe interviews too; dev is the volunteer."""
    roles = {"amira": [Role.COORDINATOR], "cara": [Role.REVIEWER], "eve": [], "zoe": [Role.INTERVIEWER]}
    ids = {name: make.staff(name, *granted).id for name, granted in roles.items()} | {
        "ben": booking.slot.interviewer_id
    }
    clients = {name: five_people.sign_in_staff(app, own) for name, own in ids.items()}
    clients["dev"] = five_people.sign_in_participant(app, booking.volunteer.participant_id)
    clients["stranger"] = five_people.sign_in_participant(app, make_evidence.participant("fay@home.example").id)
    clients["outsider"] = app.test_client()
    return clients


def path_of(pattern: str, booking: Booking) -> str:
    return pattern.format(booking=booking.id, volunteer=booking.volunteer_id, slug=booking.slot.call.slug)


def answers(five: dict[str, FlaskClient], path: str) -> dict[str, int]:
    return {name: client.get(path).status_code for name, client in five.items()}


STAFF_ONLY = {"cara": 403, "eve": 403, "dev": 302, "stranger": 302, "outsider": 302}
AFTER_TYPING = {"outsider": 400}  # a page with what they typed, to send it once they have signed in


@pytest.mark.parametrize("page", COORDINATOR_PAGES)
def test_only_the_coordinator_sees_volunteers(five: dict[str, FlaskClient], booking: Booking, page: str) -> None:
    found = answers(five, path_of(page, booking))

    assert found == STAFF_ONLY | {"amira": 200, "ben": 403, "zoe": 403}


@pytest.mark.parametrize("page", INTERVIEWER_PAGES)
def test_who_interviews_sees_the_pages_for_it(five: dict[str, FlaskClient], booking: Booking, page: str) -> None:
    found = answers(five, path_of(page, booking))

    assert found == STAFF_ONLY | {"amira": 200, "ben": 200, "zoe": 200}


@pytest.mark.parametrize("page", INTERVIEW_PAGES)
def test_an_interview_is_seen_by_its_interviewer_and_the_coordinator(
    five: dict[str, FlaskClient], booking: Booking, page: str
) -> None:
    found = answers(five, path_of(page, booking))

    assert found == STAFF_ONLY | {"amira": 200, "ben": 200, "zoe": 404}


@pytest.mark.parametrize("page", OWN_PAGES)
def test_own_pages_are_the_volunteer_s_own(five: dict[str, FlaskClient], booking: Booking, page: str) -> None:
    found = answers(five, path_of(page, booking))

    stranger = 200 if page == "/my" else 404
    assert found == dict.fromkeys(five, 302) | {"dev": 200, "stranger": stranger}


@pytest.mark.parametrize("page", PUBLIC_PAGES)
def test_public_pages_are_open_to_all(five: dict[str, FlaskClient], booking: Booking, page: str) -> None:
    found = answers(five, path_of(page, booking))

    assert set(found.values()) == {200}


@pytest.mark.parametrize("action", INTERVIEW_ACTIONS)
def test_nobody_else_changes_an_interview(five: dict[str, FlaskClient], booking: Booking, action: str) -> None:
    path = path_of(action, booking)
    others = [name for name in five if name not in {"amira", "ben"}]

    found = {name: five[name].post(path, data={"reason": "x"}).status_code for name in others}

    assert found == STAFF_ONLY | AFTER_TYPING | {"zoe": 404}
    assert db.session.get_one(Booking, booking.id).status is BookingStatus.BOOKED


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_nobody_else_decides_on_an_offer(five: dict[str, FlaskClient], booking: Booking, action: str) -> None:
    path = f"/staff/volunteers/{booking.volunteer_id}/{action}"

    found = {name: client.post(path).status_code for name, client in five.items() if name != "amira"}

    assert found == STAFF_ONLY | {"ben": 403, "zoe": 403}


def test_the_interviewer_sees_who_comes_and_what_they_need(five: dict[str, FlaskClient], booking: Booking) -> None:
    page = five["ben"].get(f"/staff/interviews/{booking.id}").text

    for words in ("020 7946 0123", "Captions", "You may record our conversation.", "Upload the recording"):
        assert words in page


def test_the_interviewer_of_a_cancelled_interview_no_longer_sees_how_to_reach_the_person(
    five: dict[str, FlaskClient], booking: Booking
) -> None:
    contact = booking.volunteer.participant.contact
    assert contact is not None
    before = five["ben"].get(f"/staff/interviews/{booking.id}").text

    bookings.cancel(booking)

    after = five["ben"].get(f"/staff/interviews/{booking.id}").text
    known = [contact.name, contact.email, contact.phone]
    assert [words in before for words in known] == [True, True, True]
    assert [words in after for words in known] == [False, False, False]


def test_the_list_names_people_by_reference_only(five: dict[str, FlaskClient], booking: Booking) -> None:
    page = five["ben"].get("/staff/interviews").text

    assert booking.volunteer.participant.reference in page
    assert ">Dev<" not in page
    assert "dev@home.example" not in page


def test_a_person_who_is_not_to_be_recorded_is_pointed_out(app: Flask) -> None:
    dev = make_interviews.volunteer(decisions={ConsentUse.RECORD: False})
    booking = make_interviews.booking(dev)
    ben = five_people.sign_in_staff(app, booking.slot.interviewer_id)

    page = ben.get(f"/staff/interviews/{booking.id}").text

    assert "has not agreed to be recorded" in page


def test_the_script_uses_the_spoken_prompts(five: dict[str, FlaskClient], booking: Booking) -> None:
    page = five["ben"].get(f"/staff/interviews/{booking.id}/script").text

    assert "Could you start by telling me who you are" in page
    assert "Question 10" in page


def test_staff_cancel_with_a_reason_that_the_volunteer_reads(five: dict[str, FlaskClient], booking: Booking) -> None:
    without = five["ben"].post(f"/staff/interviews/{booking.id}/cancel", data={}).text

    five["ben"].post(f"/staff/interviews/{booking.id}/cancel", data={"reason": "The room is closed."})

    db.session.refresh(booking)
    mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject == "Your interview is cancelled"))
    assert "Enter a reason" in without
    assert booking.status is BookingStatus.CANCELLED
    assert ["The room is closed." in mail.text for mail in mails] == [True]


def test_staff_move_an_interview_to_a_colleague(five: dict[str, FlaskClient], booking: Booking) -> None:
    fred = make_interviews.interviewer("fred")
    slot = make_interviews.slot(booking.slot.call, fred)
    data = {"slot": str(slot.id), "reason": "I am away."}

    answer = five["ben"].post(f"/staff/interviews/{booking.id}/move", data=data, follow_redirects=True)

    assert (answer.status_code, answer.request.path) == (200, "/staff/interviews")
    assert five["ben"].get(f"/staff/interviews/{booking.id}").status_code == 404


def test_the_coordinator_accepts_an_offer(five: dict[str, FlaskClient]) -> None:
    fay = make_interviews.volunteer(make_evidence.call(title="Another"), "Fay", is_accepted=False)

    answer = five["amira"].post(f"/staff/volunteers/{fay.id}/accept", follow_redirects=True)

    assert "accepted. We have emailed them a link to choose a time" in answer.text
    assert list_entries_about(fay.id)[-1].actor_kind == "staff"


def test_hostile_text_is_shown_as_text(five: dict[str, FlaskClient]) -> None:
    call = make_evidence.call(title="Another")
    hostile = "<script>alert(1)</script>\u202egnp"
    gus = make_interviews.volunteer(call, hostile, email="gus@home.example", capacity=hostile, access_needs=hostile)

    pages = [five["amira"].get(path).text for path in ("/staff/volunteers", f"/staff/volunteers/{gus.id}")]

    assert all("<script>alert" not in page for page in pages)
    assert all("<bdi>&lt;script&gt;" in page for page in pages)


def test_an_unknown_state_in_the_filter_shows_all(five: dict[str, FlaskClient]) -> None:
    assert five["amira"].get("/staff/volunteers?state=nonsense&call=elsewhere").status_code == 200


def test_an_interview_that_is_not_there_is_not_found(five: dict[str, FlaskClient]) -> None:
    assert five["amira"].get(f"/staff/interviews/{uuid4()}").status_code == 404


def test_an_interview_that_is_over_is_listed_separately(five: dict[str, FlaskClient], booking: Booking) -> None:
    reference = booking.volunteer.participant.reference
    before = five["ben"].get("/staff/interviews").text

    with clock.freeze_at(booking.slot.ends_at):
        after = five["ben"].get("/staff/interviews").text

    is_upcoming = [page.index(reference) < page.index(">Past</h2>") for page in (before, after)]
    assert is_upcoming == [True, False]


def test_an_interviewer_reads_their_list_on_their_own_clocks(five: dict[str, FlaskClient], booking: Booking) -> None:
    before = five["ben"].get("/staff/interviews").text
    make_availability.interviewer_profile(booking.slot.interviewer, zone="Asia/Tokyo")
    db.session.commit()

    after = five["ben"].get("/staff/interviews").text

    assert ("(London time)" in before, "(Tokyo time)" in before) == (True, False)
    assert ("(London time)" in after, "(Tokyo time)" in after) == (False, True)


def test_staff_pass_an_interview_on_and_see_it_no_more(five: dict[str, FlaskClient], booking: Booking) -> None:
    zoe = db.session.scalars(select(StaffMember).where(StaffMember.name == "Zoe")).one()

    answer = five["ben"].post(
        f"/staff/interviews/{booking.id}/reassign", data={"interviewer": str(zoe.id)}, follow_redirects=True
    )

    assert "Zoe is the interviewer now. Everyone affected has been emailed." in answer.text
    assert [five[name].get(f"/staff/interviews/{booking.id}").status_code for name in ("ben", "zoe")] == [404, 200]


def test_passing_on_to_nobody_keeps_the_reason(five: dict[str, FlaskClient], booking: Booking) -> None:
    page = five["ben"].post(f"/staff/interviews/{booking.id}/reassign", data={"reason": "I am away."}).text

    assert "Choose the new interviewer." in page
    assert "I am away." in page


def test_the_coordinator_swaps_two_interviewers(five: dict[str, FlaskClient], booking: Booking) -> None:
    fred = make_interviews.interviewer("fred")
    fay = make_interviews.volunteer(booking.slot.call, "Fay")
    other = make_interviews.booking(fay, make_interviews.slot(booking.slot.call, fred))
    address = f"/staff/interviews/{booking.id}/swap"
    refused = five["amira"].post(address, data={"reason": "As asked."}).text

    answer = five["amira"].post(address, data={"other": str(other.id)}, follow_redirects=True)

    assert "Choose an interview." in refused
    assert "As asked." in refused
    assert "Interviewers swapped." in answer.text
    assert "Fred" in answer.text


def test_passing_on_says_beside_each_name_which_needs_are_not_met(
    five: dict[str, FlaskClient], booking: Booking
) -> None:
    make_availability.interviewer_profile(make_interviews.interviewer("fred"), languages=["Urdu"])
    booking.volunteer.language, booking.volunteer.companion = "Urdu", "My sister"
    booking.slot.takes_companion = False
    db.session.commit()
    address = f"/staff/interviews/{booking.id}/reassign"

    page = " ".join(five["ben"].get(address).text.split())

    assert "What they need" in page
    assert "My sister" in page
    assert "Fred (not met: room for a companion)" in page
    assert "Zoe (not met: room for a companion; an interviewer who speaks their language)" in page


def test_a_swap_says_which_needs_of_either_person_are_not_met(five: dict[str, FlaskClient], booking: Booking) -> None:
    fay = make_interviews.volunteer(booking.slot.call, "Fay", language="Urdu")
    make_interviews.booking(fay, make_interviews.slot(booking.slot.call, make_interviews.interviewer("fred")))
    booking.volunteer.preferred_gender = Gender.WOMAN
    db.session.commit()

    page = " ".join(five["amira"].get(f"/staff/interviews/{booking.id}/swap").text.split())

    assert "A woman, if possible" in page
    reference = booking.volunteer.participant.reference
    assert f"Not met for {reference}: an interviewer of the gender they prefer." in page
    assert f"Not met for {fay.participant.reference}: an interviewer who speaks their language." in page


def test_staff_change_the_location(five: dict[str, FlaskClient], booking: Booking) -> None:
    address = f"/staff/interviews/{booking.id}/place"
    typed = {"kind": "in person", "location": "", "room": "Room 2", "reason": "The link failed."}
    refused = five["ben"].post(address, data=typed).text

    answer = five["ben"].post(address, data=typed | {"location": "5 Mill Lane"}, follow_redirects=True)

    assert "Enter the video link or the address" in refused
    assert all(words in refused for words in ("Room 2", "The link failed."))
    assert all(words in answer.text for words in ("Location changed.", "5 Mill Lane", "Room 2"))


def test_needs_are_on_the_page_of_the_interview(app: Flask) -> None:
    dev = make_interviews.volunteer(
        needs_step_free=True, needs_interpreter=True, language="Polish", companion="His brother"
    )
    booking = make_interviews.booking(dev, make_interviews.slot(dev.call, make_interviews.interviewer()))
    ben = five_people.sign_in_staff(app, booking.slot.interviewer_id)

    page = ben.get(f"/staff/interviews/{booking.id}").text

    for words in ("Needed, if in person", "Polish", "Needed", "His brother", "Captions"):
        assert words in page


def test_volunteers_are_found_by_the_beginning_of_their_reference(
    five: dict[str, FlaskClient], booking: Booking
) -> None:
    reference = booking.volunteer.participant.reference

    found, other = (
        five["amira"].get("/staff/volunteers", query_string={"reference": typed}).text
        for typed in (reference.lower()[:5], "P-_____")
    )

    assert f">{reference}<" in found
    assert f">{reference}<" not in other
