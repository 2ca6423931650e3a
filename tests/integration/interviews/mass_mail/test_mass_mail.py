"""Mails to many: to whom, as drafts first, released once, and never to somebody who has withdrawn."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.models import MailState, OutboxMessage
from evidence import consent
from evidence.consent_terms import ConsentUse
from evidence.models import Call
from interviews.bookings import bookings
from interviews.mass_mail import mass_mails
from interviews.mass_mail.audiences import MailAudience, list_recipients
from interviews.mass_mail.mass_mails import (
    AudienceWithoutSiteError,
    DraftCount,
    MassMailContent,
    MassMailDecidedError,
    NoRecipientsError,
)
from interviews.models import BookingStatus, MassMail, MassMailState, WaitlistEntry
from interviews.volunteers import volunteers
from tests.support import five_people, make, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

TEXT = "Hello {reference},\n\nthank you.\n\n{own_page}\n"


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(slug="our-call", title="The long wait")


@pytest.fixture
def amira(call: Call) -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


@pytest.fixture
def page(client: FlaskClient, amira: StaffMember) -> FlaskClient:
    five_people.switch_to_staff(client, amira.id)
    return client


def words(group: MailAudience = MailAudience.UNBOOKED, text: str = TEXT) -> MassMailContent:
    return MassMailContent(group, None, "A word from us", text)


def addresses(call: Call, group: MailAudience) -> list[str]:
    db.session.flush()
    return sorted(person.email for person in list_recipients(call, group))


def mails_of(mail_id: UUID) -> list[OutboxMessage]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.batch_id == mail_id)))


def test_each_group_has_its_own_people(call: Call) -> None:
    make_interviews.volunteer(call, "Dev", is_accepted=False)
    make_interviews.volunteer(call, "Fay")
    booking = make_interviews.booking(make_interviews.volunteer(call, "Gus"))
    make_evidence.interested_address(call, "ivy@home.example")
    waiting = make_interviews.volunteer(call, "Hal")
    entry = WaitlistEntry(slot_id=booking.slot_id, volunteer_id=waiting.id, number=1, joined_at=clock.now())
    db.session.add(entry)

    found = {group: addresses(call, group) for group in MailAudience}

    assert found == {
        MailAudience.SIGNED_UP: ["dev@home.example"],
        MailAudience.UNBOOKED: ["fay@home.example", "hal@home.example"],
        MailAudience.BOOKED: ["gus@home.example"],
        MailAudience.WAITING: ["hal@home.example"],
        MailAudience.INTERVIEWED: [],
        MailAudience.INVITED: [],
        MailAudience.INTERESTED: ["ivy@home.example"],
    }


def test_after_the_interview_only_those_who_allow_it_are_written_to(call: Call) -> None:
    for name, decisions in (("Dev", [True]), ("Fay", [False]), ("Gus", [True, False]), ("Hal", [False, True])):
        slot = make_interviews.slot(call, make_interviews.interviewer(f"of-{name}"))
        booking = make_interviews.booking(make_interviews.volunteer(call, name), slot)
        booking.status = BookingStatus.COMPLETED
        for is_allowed in decisions:
            consent.record_decisions(
                booking.volunteer.participant, call, {ConsentUse.RECONTACT: is_allowed}, noted_by=None
            )

    assert addresses(call, MailAudience.INTERVIEWED) == ["dev@home.example", "hal@home.example"]


def test_people_of_one_site_can_be_chosen(call: Call) -> None:
    one, _ = (make_interviews.volunteer(call, name) for name in ("Dev", "Fay"))
    one.site_id = call.sites[0].id
    db.session.flush()

    found = list_recipients(call, MailAudience.UNBOOKED, call.sites[0])

    assert [person.email for person in found] == ["dev@home.example"]


def test_a_mail_to_many_is_a_draft_for_each_and_nothing_leaves(call: Call, amira: StaffMember) -> None:
    people = [make_interviews.volunteer(call, name) for name in ("Dev", "Fay")]

    mail = mass_mails.write_mass_mail(call, words(), by=amira.id)
    jobs.sweep()
    make.run_jobs()

    drafts = mails_of(mail.id)
    assert [draft.state for draft in drafts] == [MailState.DRAFT] * 2
    assert [person.participant.reference in draft.text for person, draft in zip(people, drafts, strict=True)] == [
        True
    ] * 2
    assert all("/link/" in draft.text for draft in drafts)


def test_what_is_released_leaves_with_the_next_sweep(call: Call, amira: StaffMember) -> None:
    make_interviews.volunteer(call)
    mail = mass_mails.write_mass_mail(call, words(), by=amira.id)

    counted = mass_mails.release_mass_mail(mail, by=amira.id)
    db.session.commit()
    jobs.sweep()
    make.run_jobs()

    assert counted == DraftCount(to_send=1, excluded=0)
    assert [row.state for row in mails_of(mail.id)] == [MailState.SAVED_AS_FILE]
    assert (mail.state, mail.released_by) == (MassMailState.RELEASED, amira.id)


def test_anyone_who_has_withdrawn_since_is_left_out(call: Call, amira: StaffMember) -> None:
    dev, _ = (make_interviews.volunteer(call, name) for name in ("Dev", "Fay"))
    mail = mass_mails.write_mass_mail(call, words(), by=amira.id)
    volunteers.withdraw(dev)

    counted = mass_mails.release_mass_mail(mail, by=amira.id)

    assert counted == DraftCount(to_send=1, excluded=1)
    assert [row.recipient for row in mails_of(mail.id)] == ["fay@home.example"]


def test_a_time_that_changed_since_is_given_as_it_is_now(call: Call, amira: StaffMember) -> None:
    booking = make_interviews.booking(make_interviews.volunteer(call))
    mail = mass_mails.write_mass_mail(call, words(MailAudience.BOOKED, "We meet {when}"), by=amira.id)
    later = make_interviews.slot(call, booking.slot.interviewer, booking.slot.starts_at + timedelta(days=2, hours=3))
    bookings.move(booking, later)

    mass_mails.release_mass_mail(mail, by=amira.id)

    (row,) = mails_of(mail.id)
    assert clock.format_clock_time(clock.convert_to_zone(later.starts_at, call.zone)) in row.text


def test_what_is_discarded_is_gone(call: Call, amira: StaffMember) -> None:
    make_interviews.volunteer(call)
    mail = mass_mails.write_mass_mail(call, words(), by=amira.id)

    mass_mails.discard_mass_mail(mail)

    assert mails_of(mail.id) == []
    assert mail.state is MassMailState.DISCARDED


def test_nothing_is_released_twice(call: Call, amira: StaffMember) -> None:
    make_interviews.volunteer(call)
    mail = mass_mails.write_mass_mail(call, words(), by=amira.id)
    mass_mails.release_mass_mail(mail, by=amira.id)

    with pytest.raises(MassMailDecidedError):
        mass_mails.release_mass_mail(mail, by=amira.id)


def test_a_group_of_nobody_is_refused(call: Call, amira: StaffMember) -> None:
    with pytest.raises(NoRecipientsError):
        mass_mails.write_mass_mail(call, words(), by=amira.id)


def test_addresses_without_a_site_are_not_asked_for_by_site(call: Call, amira: StaffMember) -> None:
    with pytest.raises(AudienceWithoutSiteError):
        mass_mails.write_mass_mail(
            call, MassMailContent(MailAudience.INTERESTED, call.sites[0], "A word", "Hello"), by=amira.id
        )


def form(**changes: str) -> dict[str, str]:
    typed = {"audience": MailAudience.UNBOOKED.value, "site": "whole call", "subject": "A word from us", "text": TEXT}
    return {**typed, **changes}


def the_mail() -> MassMail:
    db.session.expire_all()
    return db.session.scalars(select(MassMail)).one()


def test_a_coordinator_drafts_looks_tests_and_releases(page: FlaskClient, call: Call) -> None:
    make_interviews.volunteer(call)

    shown = page.post("/staff/calls/our-call/mail/new", data=form(), follow_redirects=True).text
    address = f"/staff/mail/many/{the_mail().id}"
    tested = page.post(f"{address}/test", follow_redirects=True).text
    asked = page.get(f"{address}/release").text
    released = page.post(f"{address}/release", follow_redirects=True).text

    assert "1 email is ready to release" in shown
    assert "P-23456" in shown
    assert "We have sent you a test email" in tested
    assert "Release 1 email?" in " ".join(asked.split())
    assert "Emails released: 1." in released
    test = db.session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "amira@charity.example")).one()
    assert test.subject == "Test: A word from us"


def test_drafts_are_changed_before_they_are_released(page: FlaskClient, call: Call) -> None:
    make_interviews.volunteer(call)
    page.post("/staff/calls/our-call/mail/new", data=form())
    mail = the_mail()

    shown = page.get(f"/staff/mail/many/{mail.id}/change").text
    page.post(f"/staff/mail/many/{mail.id}/change", data=form(text="Quite another text"))

    assert "thank you." in shown
    assert [row.text.startswith("Quite another text\n") for row in mails_of(mail.id)] == [True]


def test_drafts_are_discarded_and_then_stay_so(page: FlaskClient, call: Call) -> None:
    make_interviews.volunteer(call)
    page.post("/staff/calls/our-call/mail/new", data=form())
    address = f"/staff/mail/many/{the_mail().id}"

    page.post(f"{address}/discard")
    again = page.post(f"{address}/discard", follow_redirects=True).text

    assert "This email was already discarded." in again
    assert page.get(f"{address}/release", follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"subject": "About your treatment"}, "“treatment”"),
        ({"subject": "The long wait"}, "Leave out the title of the call"),
        ({"text": "We meet {when}"}, "“{when}” is not a placeholder."),
        ({"text": "See {own_page}."}, "on a line of its own"),
        ({"audience": MailAudience.INVITED.value, "text": "Hello"}, "There is no one in this group."),
        ({"audience": ""}, "Select who should get it."),
    ],
)
def test_what_cannot_be_sent_is_refused_and_stays_in_the_form(
    page: FlaskClient, call: Call, changes: dict[str, str], words: str
) -> None:
    make_interviews.volunteer(call)
    typed = form(**changes)

    answer = page.post("/staff/calls/our-call/mail/new", data=typed).text

    assert words in answer
    assert typed["text"].splitlines()[0] in answer
    assert db.session.scalars(select(MassMail)).all() == []


def test_drafts_are_on_the_page_of_what_goes_out(page: FlaskClient, call: Call, amira: StaffMember) -> None:
    make_interviews.volunteer(call)
    mail = mass_mails.write_mass_mail(call, words(), by=amira.id)

    assert f"/staff/mail/many/{mail.id}" in page.get("/staff/mail/coming").text
    assert "A word from us" in page.get("/staff/mail/many").text


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.REVIEWER])
def test_others_may_not_write_to_many(client: FlaskClient, call: Call, amira: StaffMember, role: Role) -> None:
    make_interviews.volunteer(call)
    mail = mass_mails.write_mass_mail(call, words(), by=amira.id)
    ben = make.staff("ben", role)
    five_people.switch_to_staff(client, ben.id)

    answers = [client.get(f"/staff/mail/many{part}").status_code for part in ("", f"/{mail.id}", f"/{mail.id}/release")]
    posted = client.post(f"/staff/mail/many/{mail.id}/release").status_code

    assert [*answers, posted] == [403] * 4
