"""Three grades of withdrawing, by the person or by coordinators: what applies at once, what is undone, the receipt."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from core.exits import ExitUse
from core.models import OutboxMessage
from evidence import consent
from evidence.consent_rules import Withdrawal
from evidence.models import Answer, Contribution, ContributionState, Participant
from interviews.models import Booking, BookingStatus
from privacy import tasks
from privacy.models import WithdrawalRequest, WithdrawalState
from privacy.withdrawals import requests
from privacy.withdrawals.requests import OwnProposalError, WithdrawnPart
from tests.support import five_people, make
from tests.support.make_privacy import WORDS, find_traces, person_with_everything


@pytest.fixture
def dev(app: Flask) -> Participant:
    participant = person_with_everything()
    assert participant.contact is not None
    participant.contact.confirmed_at = clock.now()
    db.session.commit()
    return participant


@pytest.fixture
def browser(app: Flask, dev: Participant) -> FlaskClient:
    return five_people.sign_in_participant(app, dev.id)


def read_states() -> set[ContributionState]:
    db.session.rollback()
    return set(db.session.scalars(select(Contribution.state)))


def test_somebody_withdraws_everything_and_changes_their_mind(browser: FlaskClient, dev: Participant) -> None:
    before = read_states()

    receipt = browser.post("/my/withdraw", data={"grade": "no further use"}).location
    assert read_states() == {ContributionState.WITHDRAWN}
    assert "no longer used" in browser.get(receipt).text
    row = db.session.scalars(select(WithdrawalRequest)).one()
    browser.post(f"/my/withdrawals/{row.id}/undo")

    assert read_states() == before


def test_what_is_withdrawn_is_read_by_nobody(browser: FlaskClient, dev: Participant) -> None:
    browser.post("/my/withdraw", data={"grade": "no further use"})

    db.session.rollback()
    for contribution in db.session.scalars(select(Contribution)):
        assert not consent.decide(ExitUse.READING, contribution).is_allowed
        assert not consent.decide(ExitUse.LEARNING, contribution).is_allowed


def test_no_further_contact_cancels_and_keeps_what_was_given(browser: FlaskClient, dev: Participant) -> None:
    browser.post("/my/withdraw", data={"grade": "no further contact"})

    db.session.rollback()
    assert db.session.scalars(select(Booking.status)).one() is BookingStatus.CANCELLED
    for contribution in db.session.scalars(select(Contribution)):
        assert consent.decide(ExitUse.READING, contribution).is_allowed
        assert not consent.decide(ExitUse.MASS_EMAIL, contribution).is_allowed


def test_erasing_waits_a_week_unless_somebody_changes_their_mind(app: Flask, browser: FlaskClient) -> None:
    browser.post("/my/withdraw", data={"grade": "erase", "when": "later"})
    make.run_jobs()

    tasks.erase_what_is_due()
    assert "answer" in find_traces(app, WORDS)
    with clock.freeze_at(clock.now() + timedelta(days=7, minutes=1)):
        tasks.erase_what_is_due()

    assert find_traces(app, WORDS) == {}


def test_the_receipt_is_done_once_every_place_is(app: Flask, browser: FlaskClient) -> None:
    receipt = browser.post("/my/withdraw", data={"grade": "erase", "when": "now"}).location

    tasks.erase_what_is_due()
    waiting = app.test_client().get(receipt).text
    assert "Done" not in waiting
    assert find_traces(app, WORDS) == {}  # what they gave does not wait for emails
    make.run_jobs()
    tasks.erase_what_is_due()

    text = app.test_client().get(receipt).text
    assert "Done: erased in every place" in text
    assert "Recordings of your interviews" in text
    assert db.session.scalars(select(Participant)).all() == []
    assert browser.get("/my/data").status_code == 302


def test_the_interviewer_is_emailed_before_the_emails_are_erased(app: Flask, browser: FlaskClient) -> None:
    browser.post("/my/withdraw", data={"grade": "erase", "when": "now"})
    ben = "ben@charity.example"

    tasks.erase_what_is_due()

    mails = db.session.scalars(select(OutboxMessage.subject).where(OutboxMessage.recipient == ben)).all()
    assert any("cancel" in subject.lower() for subject in mails)


def test_one_answer_is_erased_with_its_versions(app: Flask, browser: FlaskClient) -> None:
    written = db.session.scalars(select(Answer).where(Answer.text.startswith("Written"))).one()
    page = f"/my/withdraw?contribution={written.contribution_id}&question=capacity"

    assert "cannot be undone" in browser.get(page).text
    browser.post(page, data={"grade": "erase"})
    tasks.erase_what_is_due()

    texts = db.session.scalars(select(Answer.text)).all()
    assert texts == [f"Spoken {WORDS}."]
    assert "answer_version" not in find_traces(app, f"Written {WORDS}")


def test_nobody_withdraws_for_somebody_else(app: Flask, dev: Participant, browser: FlaskClient) -> None:
    eve = five_people.sign_in_participant(app, person_with_everything(name="Eve").id)
    of_dev = db.session.scalars(select(Contribution).where(Contribution.participant_id == dev.id)).all()[0]
    browser.post("/my/withdraw", data={"grade": "erase", "when": "later"})
    row = db.session.scalars(select(WithdrawalRequest)).one()

    assert eve.post(f"/my/withdraw?contribution={of_dev.id}", data={"grade": "erase"}).status_code == 404
    assert eve.get(f"/my/data/correction?contribution={of_dev.id}").status_code == 404
    assert eve.post(f"/my/withdrawals/{row.id}/undo").status_code == 404


def test_a_coordinator_needs_a_second_look(app: Flask, dev: Participant) -> None:
    amira, ada = make.staff("amira", Role.COORDINATOR), make.staff("ada", Role.COORDINATOR)
    browser = five_people.sign_in_staff(app, amira.id)
    browser.post(f"/staff/privacy/people/{dev.id}/withdraw", data={"grade": "erase", "reason": "They rang us."})
    row = db.session.scalars(select(WithdrawalRequest)).one()

    with pytest.raises(OwnProposalError):
        requests.confirm(row, by=amira.id)
    assert ContributionState.WITHDRAWN not in read_states()
    five_people.sign_in_staff(app, ada.id).post(f"/staff/privacy/withdrawals/{row.id}/confirm")

    db.session.refresh(row)
    assert row.state is WithdrawalState.PLANNED
    assert read_states() == {ContributionState.WITHDRAWN}


def test_a_proposal_that_is_declined_changes_nothing(app: Flask, dev: Participant) -> None:
    amira = make.staff("amira", Role.COORDINATOR)
    row = requests.propose(WithdrawnPart(dev), Withdrawal.ERASE, reason="They rang us.", by=amira.id)

    five_people.sign_in_staff(app, amira.id).post(f"/staff/privacy/withdrawals/{row.id}/decline")

    db.session.refresh(row)
    assert row.state is WithdrawalState.DECLINED
    assert ContributionState.WITHDRAWN not in read_states()


@pytest.mark.one_database
def test_two_withdrawals_are_undone_one_by_one(dev: Participant) -> None:
    everything, _ = requests.withdraw(WithdrawnPart(dev), Withdrawal.NO_USE)
    interview = db.session.scalars(select(Contribution)).all()[0]
    requests.withdraw(WithdrawnPart(dev, interview), Withdrawal.NO_USE)

    requests.undo(everything)

    assert interview.state is ContributionState.WITHDRAWN
    others = select(Contribution.state).where(Contribution.id != interview.id)
    assert db.session.scalars(others).one() is not ContributionState.WITHDRAWN


def test_only_coordinators_open_the_pages(app: Flask, dev: Participant) -> None:
    ben = db.session.scalars(select(StaffMember)).one()
    for staff in (ben, make.staff("cara", Role.REVIEWER)):
        assert five_people.sign_in_staff(app, staff.id).get("/staff/privacy").status_code == 403
