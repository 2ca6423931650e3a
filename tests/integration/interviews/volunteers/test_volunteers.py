"""Offering to be interviewed: the public form, what it mails, and what coordinators decide."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.database import db
from core.models import OutboxMessage
from core.public_mail import ADDRESS_LIMITS
from evidence import consent
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Contact, ContributionState, Participant
from interviews.bookings import bookings
from interviews.models import Volunteer, VolunteerState
from interviews.volunteers import volunteers
from interviews.volunteers.volunteer_lists import VolunteerFilter, get_volunteers_page
from interviews.volunteers.volunteers import InterviewsNotOfferedError, InterviewStillBookedError
from tests.support import make_evidence, make_interviews
from tests.support.make_interviews import sign_up_form
from tests.support.races import run_at_once
from tests.support.written_form_steps import confirm_address

HOSTILE = "<script>alert(1)</script>\u202egnp.exe"


def only_volunteer() -> Volunteer:
    return db.session.scalars(select(Volunteer)).one()


def mails() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number)))


def test_somebody_offers_to_be_interviewed(client: FlaskClient) -> None:
    slug = make_evidence.call().slug

    answer = client.post(f"/calls/{slug}/volunteer", data=sign_up_form(), follow_redirects=True)

    offer = only_volunteer()
    assert "What happens next" in answer.text
    assert (offer.state, offer.capacity) == (VolunteerState.SIGNED_UP, "I waited for a year.")
    assert offer.participant.contact is not None
    assert offer.participant.contact.email == "dev@home.example"
    assert offer.contribution.state is ContributionState.DRAFT
    assert [row.area_type for row in offer.contribution.area_types] == ["urban"]


def test_each_use_is_decided_on_its_own_with_its_wording(client: FlaskClient) -> None:
    call = make_evidence.call()
    client.post(f"/calls/{call.slug}/volunteer", data=sign_up_form())

    decisions = consent.get_current_decisions(only_volunteer().participant_id, call.id)

    assert {use for use, made in decisions.items() if not made.is_allowed} == {ConsentUse.QUOTE_NAMED}
    assert decisions[ConsentUse.RECORD].wording == "You may record our conversation."


def test_the_mail_has_the_personal_link(client: FlaskClient) -> None:
    client.post(f"/calls/{make_evidence.call().slug}/volunteer", data=sign_up_form())

    (mail,) = mails()
    path = next(line for line in mail.text.splitlines() if "/link/" in line).removeprefix("http://127.0.0.1:8000")
    confirm_address(client, path)
    page = client.get(path, follow_redirects=True)
    assert mail.is_secret
    assert page.request.path == "/my"
    assert only_volunteer().participant.reference in page.text


def test_signing_up_opens_no_page_before_the_link_is_opened(client: FlaskClient) -> None:
    client.post(f"/calls/{make_evidence.call().slug}/volunteer", data=sign_up_form())

    assert client.get("/my").status_code == 302


def test_errors_keep_all_that_was_typed(client: FlaskClient) -> None:
    slug = make_evidence.call().slug

    answer = client.post(f"/calls/{slug}/volunteer", data=sign_up_form(email="nonsense", name=HOSTILE))

    assert "<title>Error: " in answer.text
    assert "I waited for a year." in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>alert(1)" not in answer.text
    assert 'value="difficulty" checked' in answer.text
    assert db.session.scalar(select(func.count(Participant.id))) == 0


def test_every_use_has_to_be_answered(client: FlaskClient) -> None:
    data = sign_up_form()
    del data["consent_share"]

    answer = client.post(f"/calls/{make_evidence.call().slug}/volunteer", data=data)

    assert "Select yes or no: You may share what I said with partner organisations." in answer.text


def test_the_same_address_twice_gets_the_same_answer_and_one_offer(client: FlaskClient) -> None:
    slug = make_evidence.call().slug
    first = client.post(f"/calls/{slug}/volunteer", data=sign_up_form(), follow_redirects=True)

    second = client.post(
        f"/calls/{slug}/volunteer",
        data=sign_up_form(email="dev@home.EXAMPLE", name="Eve", phone=""),
        follow_redirects=True,
    )

    assert second.text.replace(_nonces(second.text), "") == first.text.replace(_nonces(first.text), "")
    assert db.session.scalars(select(Contact.name)).all() == ["Dev Patel"]
    assert "We already have an offer from this email address" in mails()[1].text


def test_an_address_changed_since_is_known_too(app: Flask) -> None:
    dev = make_interviews.volunteer(is_accepted=False)
    make_evidence.move_to_address(dev.participant, "dev@new.example")

    volunteers.sign_up(dev.call, make_interviews.offer(email="dev@new.example"))

    assert only_volunteer() is dev


def test_an_old_address_leads_to_nobody_who_has_left_it(app: Flask) -> None:
    dev = make_interviews.volunteer(is_accepted=False)
    make_evidence.move_to_address(dev.participant, "dev@new.example")
    before = len(mails())

    volunteers.sign_up(dev.call, make_interviews.offer("Fay", email="Dev@home.example"))

    fay = db.session.scalars(select(Volunteer).where(Volunteer.id != dev.id)).one()
    (mail,) = mails()[before:]
    assert fay.participant.contact is not None
    assert (fay.participant.contact.name, fay.participant.contact.email) == ("Fay", "dev@home.example")
    assert mail.recipient == "dev@home.example"
    assert dev.participant.reference not in mail.text


def test_two_who_sign_up_at_once_from_an_address_that_somebody_left_make_one_offer(app: Flask) -> None:
    dev = make_interviews.volunteer(is_accepted=False)
    make_evidence.move_to_address(dev.participant, "dev@new.example")
    call_id = dev.call_id

    def sign_up() -> None:
        volunteers.sign_up(db.session.get_one(Call, call_id), make_interviews.offer())

    assert run_at_once(app, [sign_up] * 4) == {"done": 4}
    reached = sorted(contact.email for contact in db.session.scalars(select(Contact)))
    assert reached == ["dev@home.example", "dev@new.example"]


def test_two_forms_sent_at_the_same_moment_make_one_offer(app: Flask) -> None:
    call_id = make_evidence.call().id
    db.session.commit()
    gate = threading.Barrier(2)

    def sign_up() -> None:
        with app.app_context():
            call = db.session.get_one(Call, call_id)
            db.session.commit()
            gate.wait()
            volunteers.sign_up(call, make_interviews.offer())
            db.session.commit()

    threads = [threading.Thread(target=sign_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(mails()) == 2
    assert only_volunteer().participant.contact is not None
    assert db.session.scalar(select(func.count(Participant.id))) == 1


def _nonces(page: str) -> str:
    return page.partition('nonce="')[2].partition('"')[0]


def test_a_mailbox_is_not_flooded_by_repeated_offers(client: FlaskClient) -> None:
    slug = make_evidence.call().slug

    for _ in range(ADDRESS_LIMITS[0].count + 4):
        client.post(f"/calls/{slug}/volunteer", data=sign_up_form())

    assert len(mails()) == ADDRESS_LIMITS[0].count


def test_a_stranger_with_a_known_address_changes_no_consent(client: FlaskClient) -> None:
    call = make_evidence.call()
    client.post(f"/calls/{call.slug}/volunteer", data=sign_up_form())

    client.post(f"/calls/{call.slug}/volunteer", data=sign_up_form(consent_quote_named="yes"))

    assert not consent.is_use_allowed(only_volunteer().participant_id, call.id, ConsentUse.QUOTE_NAMED)


def test_a_very_long_text_is_refused_and_kept(client: FlaskClient) -> None:
    answer = client.post(f"/calls/{make_evidence.call().slug}/volunteer", data=sign_up_form(capacity="x" * 100_000))

    assert "Enter 2000 characters or fewer." in answer.text
    assert "x" * 100_000 in answer.text


def test_a_line_break_in_a_name_starts_no_header(client: FlaskClient) -> None:
    client.post(
        f"/calls/{make_evidence.call().slug}/volunteer", data=sign_up_form(name="Dev\r\nBcc: eve@elsewhere.example")
    )

    assert db.session.scalars(select(Contact.name)).all() == ["Dev Bcc: eve@elsewhere.example"]
    assert "eve@" not in mails()[0].text + mails()[0].subject


def test_a_closed_call_takes_no_offers(client: FlaskClient) -> None:
    slug = make_evidence.closed_call().slug

    answer = client.post(f"/calls/{slug}/volunteer", data=sign_up_form())

    assert "You cannot offer to be interviewed now" in answer.text
    assert db.session.scalar(select(func.count(Volunteer.id))) == 0


def test_a_call_without_interviews_takes_no_offers(app: Flask) -> None:
    with pytest.raises(InterviewsNotOfferedError):
        volunteers.sign_up(make_evidence.call(ways=["written"]), make_interviews.offer())


def test_accepting_mails_a_link_to_choose_a_time_once(app: Flask) -> None:
    dev = make_interviews.volunteer(is_accepted=False)

    volunteers.accept(dev)
    volunteers.accept(dev)

    assert [mail.subject for mail in mails()] == [
        "We have received your offer to be interviewed",
        "Choose a time for your interview",
    ]


def test_somebody_with_an_interview_is_not_declined(app: Flask) -> None:
    booking = make_interviews.booking()

    with pytest.raises(InterviewStillBookedError):
        volunteers.decline(booking.volunteer)

    bookings.cancel(booking)
    volunteers.decline(booking.volunteer)
    assert booking.volunteer.state is VolunteerState.DECLINED


def test_a_withdrawn_offer_is_not_accepted_until_it_is_made_again(app: Flask) -> None:
    dev = make_interviews.volunteer(is_accepted=False)
    volunteers.withdraw(dev)

    with pytest.raises(volunteers.SignUpWithdrawnError):
        volunteers.accept(dev)

    volunteers.renew_sign_up(dev)
    volunteers.accept(dev)
    assert dev.state is VolunteerState.ACCEPTED


def test_the_list_is_narrowed_by_state(app: Flask) -> None:
    call = make_evidence.call()
    make_interviews.volunteer(call, "Dev")
    fay = make_interviews.volunteer(call, "Fay", is_accepted=False)

    rows, _ = get_volunteers_page(VolunteerFilter(state=VolunteerState.SIGNED_UP), page=1)

    assert rows == [fay]
