"""Links for invited people: written by coordinators, used once, and followed by choosing a time at once."""

import re
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.roles import Role
from core import clock
from core.database import db
from core.models import MailState, OutboxMessage
from evidence import consent
from evidence.calls import CallNotOpenError
from evidence.consent_terms import ConsentUse
from evidence.models import Call
from interviews.models import PersonalInvitation, Volunteer, VolunteerState
from interviews.volunteers import personal_invitations, tasks
from interviews.volunteers.personal_invitations import (
    INVITATION_LIFETIME,
    UNUSED_ADDRESS_RETENTION,
    InvalidAddressListError,
)
from tests.support import make, make_evidence, make_interviews
from tests.support.five_people import get_statuses, sign_in_five
from tests.support.make_interviews import sign_up_form

pytestmark = pytest.mark.one_database

GWEN = "gwen@home.example"


def mails(state: MailState | None = None) -> list[OutboxMessage]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number))
    return [row for row in rows if state in {None, row.state}]


def invited(call: Call, *addresses: str, site: int | None = None) -> str:
    """Invites these; the path of the last one's link."""
    amira = make.staff(f"amira{len(mails())}", Role.COORDINATOR)
    where = call.sites[site] if site is not None else None
    personal_invitations.invite(call, addresses or (GWEN,), site=where, by=amira.id)
    found = re.search(r"/invited/\S+", mails()[-1].text)
    assert found
    return found[0]


def what_is_sent(**changes: Any) -> dict[str, Any]:
    data = sign_up_form(name="Gwen Rees", **changes)
    del data["email"]
    return data


def only_volunteer() -> Volunteer:
    return db.session.scalars(select(Volunteer)).one()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a@one.example", ["a@one.example"]),
        (
            "A@One.example, b@two.example\nb@two.example; c@three.example",
            ["a@one.example", "b@two.example", "c@three.example"],
        ),
    ],
)
def test_addresses_are_read_however_they_are_parted(typed: str, found: list[str]) -> None:
    assert personal_invitations.parse_addresses(typed) == found


@pytest.mark.parametrize("typed", ["", " ,; ", "nonsense", "a@one.example, b@", "ä@one.example"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidAddressListError):
        personal_invitations.parse_addresses(typed)


def test_invitations_are_drafts_until_they_are_released(app: Flask) -> None:
    call = make_evidence.call()
    invited(call, GWEN, "huw@home.example")
    drafts = len(mails(MailState.DRAFT))

    personal_invitations.release_drafts(call)

    assert (drafts, len(mails(MailState.DRAFT)), len(mails(MailState.QUEUED))) == (2, 0, 2)


def test_a_link_works_as_long_as_its_mail_says_however_late_it_was_released(app: Flask) -> None:
    call = make_evidence.call()
    path = invited(call)

    with clock.freeze_at(clock.now() + INVITATION_LIFETIME - timedelta(hours=1)):
        personal_invitations.release_drafts(call)
    with clock.freeze_at(clock.now() + 2 * INVITATION_LIFETIME - timedelta(hours=2)):
        opened = app.test_client().get(path)

    assert opened.status_code == 200
    assert "We will email you at" in opened.text


def test_a_draft_that_waited_until_its_link_ran_out_never_leaves(app: Flask) -> None:
    call = make_evidence.call()
    invited(call)

    with clock.freeze_at(clock.now() + INVITATION_LIFETIME):
        count = personal_invitations.release_drafts(call)
        (status,) = personal_invitations.list_invitations(call)

    assert (count, mails()) == (0, [])
    assert status.state == "expired"


def test_nobody_is_invited_to_a_call_that_has_closed_since(app: Flask) -> None:
    call = make_evidence.call()
    invited(call)
    call.closed_at = clock.now()

    with pytest.raises(CallNotOpenError):
        personal_invitations.release_drafts(call)

    assert mails(MailState.QUEUED) == []


@pytest.mark.parametrize(("why", "state"), [("expired", "expired"), ("closed", "withdrawn")])
def test_drafts_that_lead_nowhere_are_discarded_with_their_addresses(app: Flask, why: str, state: str) -> None:
    call, other = make_evidence.call(), make_evidence.call(slug="another", title="Another")
    invited(call)
    moment = clock.now() + (INVITATION_LIFETIME if why == "expired" else timedelta())
    with clock.freeze_at(moment):
        invited(other, "huw@home.example")
        call.closed_at = moment if why == "closed" else None
        db.session.commit()
        tasks.erase_unused_addresses()
        (status,) = personal_invitations.list_invitations(call)

    assert [mail.recipient for mail in mails()] == ["huw@home.example"]
    assert status.state == state


def test_opening_the_link_uses_nothing_up(app: Flask) -> None:
    path = invited(make_evidence.call())
    client = app.test_client()

    pages = [client.get(path) for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    assert GWEN in pages[1].text
    assert 'name="email"' not in pages[1].text
    assert pages[1].headers["Referrer-Policy"] == "no-referrer"
    assert db.session.scalars(select(Volunteer)).all() == []


def test_who_is_invited_signs_up_and_chooses_a_time_at_once(app: Flask) -> None:
    call = make_evidence.call()
    path = invited(call, site=0)
    slot = make_interviews.slot(call, make_interviews.interviewer())
    client = app.test_client()

    page = client.post(path, data=what_is_sent(), follow_redirects=True)
    booked = client.post(page.request.path, data={"slot": str(slot.id)}, follow_redirects=True)

    gwen = only_volunteer()
    assert page.request.path == f"/my/offers/{gwen.id}/book"
    assert "Your interview is booked" in booked.text
    assert (gwen.state, gwen.site_id) == (VolunteerState.ACCEPTED, call.sites[0].id)
    assert gwen.participant.contact is not None
    assert gwen.participant.contact.email == GWEN


def test_the_link_works_once(app: Flask) -> None:
    path = invited(make_evidence.call())
    app.test_client().post(path, data=what_is_sent())

    opened = app.test_client().get(path, follow_redirects=True)
    sent = app.test_client().post(path, data=what_is_sent(capacity="Another"), follow_redirects=True)

    assert "has already been used" in opened.text
    assert "has already been used" in sent.text
    assert only_volunteer().participant.contact is not None


def test_two_who_send_the_form_at_once_make_one_offer(app: Flask) -> None:
    path = invited(make_evidence.call())
    db.session.commit()
    answers: Counter[str] = Counter()
    clients = [app.test_client() for _ in range(2)]
    gate = threading.Barrier(2)

    def send(client: FlaskClient) -> None:
        gate.wait()
        answers[client.post(path, data=what_is_sent()).location.rpartition("/")[2]] += 1

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == Counter(book=1, link=1)
    assert only_volunteer().state is VolunteerState.ACCEPTED


def test_a_form_that_lacks_something_keeps_the_link_and_what_was_typed(app: Flask) -> None:
    path = invited(make_evidence.call())
    client = app.test_client()

    answer = client.post(path, data=what_is_sent(capacity=""))

    assert "Enter in what capacity you would speak." in answer.text
    assert 'value="Gwen Rees"' in answer.text
    assert client.post(path, data=what_is_sent()).status_code == 302


def test_an_address_that_is_typed_in_counts_for_nothing(app: Flask) -> None:
    call = make_evidence.call()
    dev = make_interviews.volunteer(call)
    path = invited(call)
    client = app.test_client()

    client.post(path, data=what_is_sent() | {"email": "dev@home.example"})

    others = db.session.scalars(select(Volunteer).where(Volunteer.id != dev.id)).one()
    assert others.participant.contact is not None
    assert others.participant.contact.email == GWEN
    assert client.get(f"/my/offers/{dev.id}/book").status_code == 404


def test_somebody_declined_since_is_welcome(app: Flask) -> None:
    call = make_evidence.call()
    path = invited(call)
    gwen = make_interviews.volunteer(call, "Gwen", is_accepted=False)
    gwen.state = VolunteerState.DECLINED

    app.test_client().post(path, data=what_is_sent(consent_quote_named="yes", language="Welsh"))

    db.session.refresh(gwen)
    assert (gwen.state, gwen.language) == (VolunteerState.ACCEPTED, "Welsh")
    assert consent.is_use_allowed(gwen.participant_id, call.id, ConsentUse.QUOTE_NAMED)


def test_who_reads_the_mail_of_an_address_that_somebody_left_opens_nothing_of_theirs(app: Flask) -> None:
    call = make_evidence.call()
    dev = make_interviews.volunteer(call)
    make_evidence.move_to_address(dev.participant, "dev@new.example")
    path = invited(call, "dev@home.example")
    client = app.test_client()

    client.post(path, data=what_is_sent())

    (status,) = personal_invitations.list_invitations(call)
    assert status.invitation.volunteer_id not in {None, dev.id}
    assert client.get(f"/my/offers/{status.invitation.volunteer_id}/book").status_code == 200
    assert client.get(f"/my/offers/{dev.id}/book").status_code == 404


@pytest.mark.parametrize("why", ["withdrawn", "expired", "closed"])
def test_a_link_that_no_longer_works_says_so(app: Flask, why: str) -> None:
    call = make_evidence.call()
    path = invited(call)
    invitation = db.session.scalars(select(PersonalInvitation)).one()
    moment = clock.now() + (timedelta(days=31) if why == "expired" else timedelta())
    if why == "withdrawn":
        personal_invitations.withdraw(invitation)
    if why == "closed":
        call.closed_at = clock.now()
    db.session.commit()

    with clock.freeze_at(moment):
        opened = app.test_client().get(path, follow_redirects=True)
        sent = app.test_client().post(path, data=what_is_sent(), follow_redirects=True)

    assert "We will email you at" not in opened.text + sent.text
    assert db.session.scalars(select(Volunteer)).all() == []


def test_withdrawing_keeps_a_draft_from_leaving(app: Flask) -> None:
    call = make_evidence.call()
    invited(call)

    personal_invitations.withdraw(db.session.scalars(select(PersonalInvitation)).one())
    personal_invitations.release_drafts(call)

    assert mails(MailState.QUEUED) == []


def test_nobody_is_invited_who_has_offered_or_has_an_invitation(app: Flask) -> None:
    call = make_evidence.call()
    amira = make.staff("amira", Role.COORDINATOR)
    make_interviews.volunteer(call)
    personal_invitations.invite(call, [GWEN], site=None, by=amira.id)

    written = personal_invitations.invite(call, ["dev@home.example", GWEN, "new@home.example"], site=None, by=amira.id)

    assert (written.drafted, written.skipped) == (1, 2)


def test_once_accepted_the_address_is_stored_with_the_person_alone(app: Flask) -> None:
    call = make_evidence.call()
    path = invited(call)

    app.test_client().post(path, data=what_is_sent())

    (status,) = personal_invitations.list_invitations(call)
    assert (status.invitation.email, status.state) == ("", "accepted")


def test_the_address_of_somebody_who_took_nothing_up_is_forgotten(app: Flask) -> None:
    call = make_evidence.call()
    invited(call)
    db.session.commit()

    with clock.freeze_at(clock.now() + UNUSED_ADDRESS_RETENTION + timedelta(minutes=1)):
        tasks.erase_unused_addresses()
        (status,) = personal_invitations.list_invitations(call)

    assert (status.invitation.email, status.state) == ("", "expired")


def test_the_pages_are_for_coordinators(app: Flask) -> None:
    booking = make_interviews.booking()
    call = booking.slot.call
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    path = f"/staff/calls/{call.slug}/invitations"

    people["amira"].post(path, data={"addresses": GWEN, "site": "none"})
    (invitation,) = db.session.scalars(select(PersonalInvitation)).all()
    refused = [people[name].post(f"/staff/invitations/{invitation.id}/withdraw").status_code for name in ("ben", "eve")]
    listed = people["amira"].get(path).text
    released = people["amira"].post(f"{path}/release", follow_redirects=True).text

    assert get_statuses(people, path) == {"amira": 200, "ben": 403, "cara": 403, "dev": 302, "eve": 403}
    assert refused == [403, 403]
    assert GWEN in listed
    assert "Nothing has been sent yet." in listed
    assert "1 invitation will be sent within a minute." in released


def test_the_page_says_why_nothing_leaves(app: Flask) -> None:
    booking = make_interviews.booking()
    call = booking.slot.call
    amira = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["amira"]
    invited(call)
    call.closed_at = clock.now()

    answer = amira.post(f"/staff/calls/{call.slug}/invitations/release", follow_redirects=True)

    assert "This call has closed" in answer.text
    assert mails(MailState.DRAFT) != []


def test_what_was_typed_is_kept_when_an_address_is_wrong(app: Flask) -> None:
    booking = make_interviews.booking()
    amira = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["amira"]

    answer = amira.post(
        f"/staff/calls/{booking.slot.call.slug}/invitations", data={"addresses": "gwen@, huw", "site": "none"}
    )

    assert "“gwen@” is not an email address." in answer.text
    assert "gwen@, huw</textarea>" in answer.text
    assert db.session.scalars(select(PersonalInvitation)).all() == []
