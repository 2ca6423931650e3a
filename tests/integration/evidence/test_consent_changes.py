"""What happens when somebody changes what they allow, or staff note it for them: emails, pages, who handles it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence import consent, consent_changes
from evidence.consent_changes import ConsentChangeHandledError, ConsentChangeSettledError
from evidence.consent_terms import ConsentUse
from evidence.models import ConsentChange, ConsentProposal
from interviews.models import Booking
from tests.support import five_people, make, make_transcripts
from tests.support.five_people import sign_in_five

NOTED, PROPOSED = "We have noted what you allow", "Please confirm what you allow"
CHANGED = "Somebody has changed what they allow"


@pytest.fixture
def amira(app: Flask) -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


@pytest.fixture
def booking(app: Flask, amira: StaffMember) -> Booking:
    """Of dev, who agreed to be recorded and to have it written down, and to sharing; ben interviews."""
    return make_transcripts.booking(share=True)


@pytest.fixture
def ben(app: Flask, booking: Booking) -> FlaskClient:
    return five_people.sign_in_staff(app, booking.slot.interviewer_id)


@pytest.fixture
def dev(app: Flask, booking: Booking) -> FlaskClient:
    return five_people.sign_in_volunteer(app, booking.volunteer)


def say(booking: Booking, **answers: bool) -> None:
    """On the person's own page."""
    decisions = {ConsentUse(use): answer for use, answer in answers.items()}
    consent.record_decisions(booking.volunteer.participant, booking.volunteer.call, decisions, noted_by=None)
    db.session.commit()


def note(ben: FlaskClient, booking: Booking, **answers: str) -> str:
    """As staff do on their page; returns the page after it."""
    data = {f"consent_{use}": answer for use, answer in answers.items()}
    page = ben.post(f"/staff/bookings/{booking.id}/consent", data=data, follow_redirects=True)
    db.session.rollback()
    return page.text


def is_allowed(booking: Booking, use: ConsentUse) -> bool:
    return consent.is_use_allowed(booking.volunteer.participant_id, booking.volunteer.call_id, use)


def list_mails(subject: str, to: str = "") -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.subject == subject).order_by(OutboxMessage.number)
    return [mail for mail in db.session.scalars(query) if not to or mail.recipient == to]


def get_only_change() -> ConsentChange:
    return db.session.scalars(select(ConsentChange)).one()


def find_confirmation_path() -> str:
    (mail,) = list_mails(PROPOSED)
    match = re.search(r"(/consent/\S+)", mail.text)
    assert match is not None
    return match[1]


def test_a_no_that_staff_note_counts_at_once_and_is_emailed_to_the_person(ben: FlaskClient, booking: Booking) -> None:
    page = note(ben, booking, share="no")

    assert not is_allowed(booking, ConsentUse.SHARE)
    assert "We have emailed P-" in page
    (mail,) = list_mails(NOTED)
    assert mail.recipient == "dev@home.example"
    assert "Ben noted what you said you allow" in mail.text
    assert "You may share what I said with partner organisations. No" in mail.text


def test_a_yes_over_the_persons_own_no_waits_for_the_person(ben: FlaskClient, booking: Booking) -> None:
    say(booking, share=False)

    page = note(ben, booking, share="yes")

    assert not is_allowed(booking, ConsentUse.SHARE)
    assert "It stays a no until they confirm it." in page
    assert list_mails(NOTED) == []
    (mail,) = list_mails(PROPOSED)
    assert mail.recipient == "dev@home.example"
    assert "You may share what I said with partner organisations." in mail.text


def test_other_answers_of_the_same_form_count(ben: FlaskClient, booking: Booking) -> None:
    say(booking, share=False)

    note(ben, booking, share="yes", archive="yes")

    assert is_allowed(booking, ConsentUse.ARCHIVE)
    assert not is_allowed(booking, ConsentUse.SHARE)


def test_a_yes_over_a_no_that_staff_noted_counts(ben: FlaskClient, booking: Booking) -> None:
    note(ben, booking, share="no")

    note(ben, booking, share="yes")

    assert is_allowed(booking, ConsentUse.SHARE)
    assert list_mails(PROPOSED) == []


def test_opening_the_link_changes_nothing_and_the_button_confirms(
    app: Flask, ben: FlaskClient, booking: Booking
) -> None:
    say(booking, share=False)
    note(ben, booking, share="yes")
    path, visitor = find_confirmation_path(), app.test_client()

    page = visitor.get(path).text
    before = is_allowed(booking, ConsentUse.SHARE)
    done = visitor.post(path, data={"consent_share": "yes"}, follow_redirects=True).text

    assert "Ben noted" in page
    assert not before
    assert "Your answer is saved" in done
    db.session.rollback()
    assert is_allowed(booking, ConsentUse.SHARE)
    newest = consent.get_current_decisions(booking.volunteer.participant_id, booking.volunteer.call_id)
    assert newest[ConsentUse.SHARE].noted_by is None


def test_the_person_may_say_no_again_and_the_link_works_once(app: Flask, ben: FlaskClient, booking: Booking) -> None:
    say(booking, share=False)
    note(ben, booking, share="yes")
    path, visitor = find_confirmation_path(), app.test_client()

    visitor.post(path, data={"consent_share": "no"})
    second = visitor.post(path, data={"consent_share": "yes"})

    assert second.status_code == 404
    db.session.rollback()
    assert not is_allowed(booking, ConsentUse.SHARE)


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_no_answer_confirms_nothing(app: Flask, ben: FlaskClient, booking: Booking, answer: str) -> None:
    say(booking, share=False)
    note(ben, booking, share="yes")

    page = app.test_client().post(find_confirmation_path(), data={"consent_share": answer})

    assert "<title>Error: " in page.text
    db.session.rollback()
    assert not is_allowed(booking, ConsentUse.SHARE)


def test_a_confirmation_cannot_add_other_permissions(app: Flask, ben: FlaskClient, booking: Booking) -> None:
    say(booking, share=False, archive=False)
    note(ben, booking, share="yes")

    app.test_client().post(find_confirmation_path(), data={"consent_share": "no", "consent_archive": "yes"})

    db.session.rollback()
    assert not is_allowed(booking, ConsentUse.ARCHIVE)


def test_an_unknown_or_old_link_says_so(app: Flask, ben: FlaskClient, booking: Booking) -> None:
    say(booking, share=False)
    note(ben, booking, share="yes")
    path, visitor = find_confirmation_path(), app.test_client()

    unknown = visitor.get("/consent/guessed")
    with clock.freeze_at(clock.now() + timedelta(days=31)):
        old = visitor.get(path)

    assert (unknown.status_code, old.status_code) == (404, 404)
    assert "This link does not work" in unknown.text
    assert "This link has expired" in old.text


def test_a_newer_decision_of_the_person_ends_the_proposal(app: Flask, ben: FlaskClient, booking: Booking) -> None:
    say(booking, share=False)
    note(ben, booking, share="yes")
    path = find_confirmation_path()

    say(booking, share=False)

    assert app.test_client().get(path).status_code == 404


def test_their_page_shows_who_noted_what_and_when(ben: FlaskClient, dev: FlaskClient, booking: Booking) -> None:
    note(ben, booking, share="no", archive="yes")
    say(booking, archive=False)
    note(ben, booking, archive="yes")

    page = " ".join(dev.get("/my").text.split())

    today = clock.format_day(clock.now(), booking.volunteer.call.zone)
    assert f"No, noted by Ben on {today}" in page
    assert "Ben noted that you said yes to this" in page
    assert "Everything that was noted, and by whom" in page
    assert page.count("noted by Ben") == 3  # the answer, and two lines of the history


def test_a_change_is_on_today_and_is_emailed_to_coordinators(app: Flask, amira: StaffMember, booking: Booking) -> None:
    coordinator = five_people.sign_in_staff(app, amira.id)

    say(booking, share=False)

    today = coordinator.get("/staff").text
    listed = coordinator.get("/staff/consent-changes").text
    (mail,) = list_mails(CHANGED)
    reference = booking.volunteer.participant.reference
    assert re.search(r'>1</span>\s*<span class="lp-numbers__label"><a[^>]*>Changes of consent to handle', today)
    assert reference in listed
    assert mail.recipient == amira.email
    assert f"{reference} has changed what they allow" in mail.text
    assert "hidden" not in mail.text


def test_a_first_answer_is_no_change(booking: Booking) -> None:
    say(booking, archive=False, recontact=True)

    assert db.session.scalars(select(ConsentChange)).all() == []
    assert list_mails(CHANGED) == []


def test_further_changes_join_the_first_and_do_not_flood_mailboxes(booking: Booking) -> None:
    for answer in (False, True, False, True, False):
        say(booking, share=answer)

    assert [(one.use, one.is_allowed) for one in consent_changes.read_changes(get_only_change())] == [
        (ConsentUse.SHARE, False)
    ]
    assert len(list_mails(CHANGED)) == 1


def test_hiding_is_emailed_even_right_after_another_change(booking: Booking) -> None:
    say(booking, share=False)

    say(booking, record=False)

    mails = list_mails(CHANGED)
    assert len(mails) == 2
    assert "Sound and text of their interview are hidden from everyone now" in mails[1].text


@pytest.mark.parametrize("use", ["record", "transcribe"])
def test_the_person_sees_what_happens_and_by_when(dev: FlaskClient, booking: Booking, use: str) -> None:
    path = f"/my/{booking.volunteer.call.slug}/consent"
    answers = {f"consent_{one.value}": "yes" for one in ConsentUse} | {f"consent_{use}": "no"}
    with clock.freeze_at(clock.now().replace(month=11, day=30, hour=12)):
        beforehand = dev.get(path).text
        after = dev.post(path, data=answers, follow_redirects=True).text

    year = clock.now().year
    expected = f"They will be erased by 30 December {year}, unless you agree again."
    assert all(expected in " ".join(page.split()) for page in (beforehand, after))
    assert "its text and the answers taken from it are hidden now" in after
    change = get_only_change()
    assert (change.hides_words, str(change.erase_on)) == (True, f"{year}-12-30")


def test_agreeing_again_cancels_the_erasure(booking: Booking) -> None:
    say(booking, record=False)
    day = get_only_change().erase_on
    assert day is not None
    due_before = consent_changes.list_due_for_erasure(day)

    say(booking, record=True)

    assert due_before == [get_only_change()]
    assert consent_changes.list_due_for_erasure(day) == []
    assert not get_only_change().hides_words


def test_saying_no_once_more_does_not_put_off_the_erasure(booking: Booking) -> None:
    say(booking, record=False)
    day = get_only_change().erase_on

    with clock.freeze_at(clock.now() + timedelta(days=10)):
        say(booking, transcribe=False)

    assert get_only_change().erase_on == day


def test_one_coordinator_handles_a_change_until_it_is_settled(amira: StaffMember, booking: Booking) -> None:
    other, participant = make.staff("anna", Role.COORDINATOR), booking.volunteer.participant
    say(booking, record=False)
    change = get_only_change()

    consent_changes.take_on(change, by=amira.id)

    with pytest.raises(ConsentChangeHandledError):
        consent_changes.take_on(change, by=other.id)
    assert consent_changes.is_handled_by(amira.id, participant.id, change.call_id)
    assert not consent_changes.is_handled_by(other.id, participant.id, change.call_id)
    consent_changes.settle(change, by=amira.id)
    assert not consent_changes.is_handled_by(amira.id, participant.id, change.call_id)
    with pytest.raises(ConsentChangeSettledError):
        consent_changes.settle(change, by=amira.id)


def test_five_people_at_the_changes_of_consent(app: Flask) -> None:
    booking = make_transcripts.booking(share=True)
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    say(booking, share=False)
    change_id = get_only_change().id

    seen = five_people.get_statuses(people, "/staff/consent-changes")
    handled = {
        name: client.post(f"/staff/consent-changes/{change_id}/take-on").status_code for name, client in people.items()
    }

    assert seen == {"amira": 200, "ben": 403, "cara": 403, "dev": 302, "eve": 403}
    assert handled == {"amira": 302, "ben": 403, "cara": 403, "dev": 302, "eve": 403}
    db.session.rollback()
    amira_id = db.session.scalars(select(StaffMember.id).where(StaffMember.name == "Amira")).one()
    assert get_only_change().handler_id == amira_id


def test_a_person_without_an_address_is_left_to_staff(app: Flask, ben: FlaskClient, booking: Booking) -> None:
    say(booking, share=False)
    contact = booking.volunteer.participant.contact
    assert contact is not None
    contact.email = ""

    page = note(ben, booking, share="yes")

    assert "has no email address, so phone or write to them" in page
    assert len(db.session.scalars(select(ConsentProposal)).all()) == 1
    assert list_mails(PROPOSED) == []
