"""Consent: one row a decision, with the wording that was read; the newest counts; it can be changed at any time."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.database import db
from evidence import consent
from evidence.consent import UseNotAskedError
from evidence.consent_terms import ConsentUse
from evidence.models import ConsentDecision, Contribution, FrozenRowError, Mode
from tests.support import five_people, make_evidence, make_transcripts

WORDINGS = [{"use": "share", "wording": "You may share it."}, {"use": "record", "wording": "You may record it."}]


def open_pages(client: FlaskClient, contribution: Contribution) -> str:
    """Open the person's session, and return the address where consent is changed."""
    five_people.switch_to_participant(client, contribution.participant_id)
    return f"/my/{contribution.call.slug}/consent"


def test_nothing_said_means_no(app: Flask) -> None:
    contribution = make_evidence.contribution()

    assert not any(consent.is_use_allowed(contribution.participant_id, contribution.call_id, use) for use in ConsentUse)


def test_the_newest_decision_counts_and_earlier_ones_are_kept(app: Flask) -> None:
    call, dev = make_evidence.call(), make_evidence.participant()

    for answer in (True, False, True):
        consent.record_decisions(dev, call, {ConsentUse.SHARE: answer}, noted_by=None)

    assert consent.is_use_allowed(dev.id, call.id, ConsentUse.SHARE)
    assert [made.is_allowed for made in consent.list_decisions(dev.id, call.id)] == [True, False, True]


def test_the_same_decision_again_adds_no_row(app: Flask) -> None:
    call, dev = make_evidence.call(), make_evidence.participant()

    consent.record_decisions(dev, call, {ConsentUse.SHARE: True}, noted_by=None)
    consent.record_decisions(dev, call, {ConsentUse.SHARE: True}, noted_by=None)

    assert len(consent.list_decisions(dev.id, call.id)) == 1


def test_a_decision_keeps_the_wording_that_was_read(app: Flask) -> None:
    dev = make_evidence.participant()
    call = make_evidence.call(consent=WORDINGS)
    consent.record_decisions(dev, call, {ConsentUse.SHARE: True}, noted_by=None)

    make_evidence.call(consent=[{"use": "share", "wording": "You may share it with anyone."}])

    assert consent.get_current_decisions(dev.id, call.id)[ConsentUse.SHARE].wording == "You may share it."
    assert consent.get_decisions_on_current_wording(dev.id, call.id) == {}


def test_consent_of_one_call_says_nothing_about_another(app: Flask) -> None:
    dev, call = make_evidence.participant(), make_evidence.call()
    other = make_evidence.call(title="Another call")

    consent.record_decisions(dev, call, {ConsentUse.SHARE: True}, noted_by=None)

    assert not consent.is_use_allowed(dev.id, other.id, ConsentUse.SHARE)


def test_a_use_that_the_call_does_not_ask_for_is_refused(app: Flask) -> None:
    call = make_evidence.call(consent=WORDINGS)

    with pytest.raises(UseNotAskedError):
        consent.record_decisions(make_evidence.participant(), call, {ConsentUse.ARCHIVE: True}, noted_by=None)


def test_a_decision_cannot_be_changed(app: Flask) -> None:
    call, dev = make_evidence.call(), make_evidence.participant()
    consent.record_decisions(dev, call, {ConsentUse.SHARE: True}, noted_by=None)
    decision = db.session.scalars(select(ConsentDecision)).one()

    decision.is_allowed = False

    with pytest.raises(FrozenRowError):
        db.session.flush()


def test_people_who_write_are_asked_only_what_applies_to_them(app: Flask, client: FlaskClient) -> None:
    path = open_pages(client, make_evidence.contribution(make_evidence.call(consent=WORDINGS)))

    page = client.get(path).text

    assert "You may share it." in page
    assert "You may record it." not in page


def test_people_who_talk_are_asked_about_recording_too(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution(make_evidence.call(consent=WORDINGS), mode=Mode.INTERVIEW)

    page = client.get(open_pages(client, contribution)).text

    assert "You may record it." in page


def test_nothing_is_chosen_beforehand(app: Flask, client: FlaskClient) -> None:
    path = open_pages(client, make_evidence.contribution())

    assert not re.search(r"<input[^>]* checked", client.get(path).text)


def test_consent_can_be_changed_after_the_call_has_closed(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution(make_evidence.call(consent=WORDINGS))
    path = open_pages(client, contribution)
    client.post(path, data={"consent_share": "yes"})

    with clock.freeze_at(clock.now() + timedelta(days=300)):
        open_pages(client, contribution)
        client.post(path, data={"consent_share": "no"})

    db.session.rollback()
    assert not consent.is_use_allowed(contribution.participant_id, contribution.call_id, ConsentUse.SHARE)
    assert len(consent.list_decisions(contribution.participant_id, contribution.call_id)) == 2


def test_staff_record_no_consent_given_to_another_wording(app: Flask, client: FlaskClient) -> None:
    booking = make_transcripts.booking(name="Dev", share=True)
    volunteer = booking.volunteer
    call_data = make_evidence.call_data()
    for term in call_data["consent"]:
        term["wording"] += " For ever."
    make_evidence.call(consent=call_data["consent"])
    ben = five_people.sign_in_staff(app, booking.slot.interviewer_id)

    page = ben.get(f"/staff/bookings/{booking.id}/consent").text

    assert "For ever." in page
    assert not re.search(r"<input[^>]* checked", page)
    assert consent.get_decisions_on_current_wording(volunteer.participant_id, volunteer.call_id) == {}


def test_staff_read_each_sentence_where_they_note_the_answer(app: Flask) -> None:
    booking = make_transcripts.booking()
    ben = five_people.sign_in_staff(app, booking.slot.interviewer_id)

    page = unescape(ben.get(f"/staff/bookings/{booking.id}/consent").text)

    assert [term.wording for term in booking.volunteer.call.consent_terms if term.wording not in page] == []


def test_an_older_page_of_staff_does_not_undo_what_the_person_has_decided_since(app: Flask) -> None:
    booking = make_transcripts.booking(name="Dev", share=True)
    volunteer = booking.volunteer
    ben = five_people.sign_in_staff(app, booking.slot.interviewer_id)
    address = f"/staff/bookings/{booking.id}/consent"
    shown = ben.get(address).text
    hidden = dict(re.findall(r'name="(consent_\w+)" type="hidden" value="([^"]*)"', shown))
    consent.record_decisions(volunteer.participant, volunteer.call, {ConsentUse.SHARE: False}, noted_by=None)

    answer = ben.post(address, data={**hidden, "consent_share": "yes", "consent_archive": "yes"})

    assert "have changed since you opened this page" in answer.text
    db.session.rollback()
    assert not consent.is_use_allowed(volunteer.participant_id, volunteer.call_id, ConsentUse.SHARE)


def test_nobody_agrees_to_a_wording_that_changed_meanwhile(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution(make_evidence.call(consent=WORDINGS))
    path = open_pages(client, contribution)
    read = client.get(path).text.split('name="consent_read"')[1].split('value="')[1].split('"')[0]
    make_evidence.call(consent=[{"use": "share", "wording": "You may share it with anyone."}])

    page = client.post(path, data={"consent_share": "yes", "consent_read": read})

    assert "The wording has changed" in page.text
    db.session.rollback()
    assert db.session.scalars(select(ConsentDecision)).all() == []


@pytest.mark.parametrize("answer", ["", "maybe", "<script>", "YES"])
def test_only_yes_or_no_is_an_answer(app: Flask, client: FlaskClient, answer: str) -> None:
    path = open_pages(client, make_evidence.contribution(make_evidence.call(consent=WORDINGS)))

    page = client.post(path, data={"consent_share": answer})

    assert "<title>Error: " in page.text
    db.session.rollback()
    assert db.session.scalars(select(ConsentDecision)).all() == []


def test_somebody_who_takes_no_part_in_a_call_has_nothing_to_allow(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    other = make_evidence.call(title="Another call")
    open_pages(client, contribution)

    assert client.get(f"/my/{other.slug}/consent").status_code == 404
