"""Quotes: from words to a report, with the participant's answer, and gone when they withdraw."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.roles import Role
from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence import consent, participants
from evidence.case_profile import CaseProfile
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Contribution, Mode, RespondentType
from review.models import Attribution, Quote, QuoteState
from review.quotes import quotes
from review.quotes.quote_bank import load_quote_bank
from review.quotes.quotes import QuoteNotAllowedError, QuoteStateError
from tests.support import five_people, make, make_evidence, make_review, make_themes, make_transcripts

SAID = "We waited a very long time. It was bad."
PROFILE = CaseProfile(RespondentType.INDIVIDUAL, None, ("urban",), ())


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(slug="our-call")


@pytest.fixture
def cara(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


def write(call: Call, *, unnamed: bool = True, named: bool = False) -> Contribution:
    contribution = make_review.written_contribution(call, PROFILE, capacity=SAID)
    decide(contribution, unnamed=unnamed, named=named)
    contact = contribution.participant.contact
    assert contact is not None
    contact.email, contact.confirmed_at = "dev@home.example", clock.now()
    return contribution


def decide(contribution: Contribution, *, unnamed: bool, named: bool) -> None:
    decisions = {ConsentUse.QUOTE_UNNAMED: unnamed, ConsentUse.QUOTE_NAMED: named}
    consent.record_decisions(contribution.participant, contribution.call, decisions, noted_by=None)


def quote(contribution: Contribution) -> Quote:
    anchor = make_themes.answer_anchor(contribution, "We waited a very long time.")
    return quotes.create_quote(anchor, by=make.staff("amira").id)


def send(row: Quote, client: FlaskClient) -> str:
    """Returns the status message."""
    day = clock.now().date() + timedelta(days=7)
    data = {"quote": str(row.id), "answer_by-day": "", "answer_by": [str(day.day), str(day.month), str(day.year)]}
    return client.post("/staff/read/our-call/quotes/send", data=data, follow_redirects=True).text


def test_words_become_a_candidate_described_without_a_name(call: Call) -> None:
    quote(write(call, named=True))

    (shown,) = load_quote_bank(call).quotes

    assert (shown.text, shown.state, shown.after.strip()) == (
        "We waited a very long time.",
        QuoteState.CANDIDATE,
        "It was bad.",
    )
    assert shown.attribution_line == "Somebody who answered as an individual, urban"


def test_who_did_not_agree_is_not_quoted(call: Call) -> None:
    with pytest.raises(QuoteNotAllowedError, match="has not agreed to be quoted without their name"):
        quote(write(call, unnamed=False))


def test_a_name_needs_a_yes_to_it_and_goes_with_a_no(call: Call) -> None:
    contribution = write(call, named=True)
    row = quote(contribution)
    quotes.edit_quote(row, quotes.get_text(row), Attribution.NAMED, "report", by=make.staff("ben").id)
    before = load_quote_bank(call).quotes[0].attribution_line

    decide(contribution, unnamed=True, named=False)

    assert before == "Dev, somebody who answered as an individual, urban"
    assert load_quote_bank(call).quotes[0].attribution_line == "Somebody who answered as an individual, urban"
    with pytest.raises(QuoteNotAllowedError):
        quotes.edit_quote(row, quotes.get_text(row), Attribution.NAMED, "report", by=make.staff("fay").id)


def test_a_name_is_never_added_where_only_that_is_allowed(call: Call) -> None:
    contribution = write(call)
    quote(contribution)

    decide(contribution, unnamed=False, named=True)

    assert load_quote_bank(call).quotes == ()


def test_a_no_closes_a_used_quote_at_once_and_says_where_it_is(call: Call, cara: FlaskClient) -> None:
    contribution = write(call)
    row = quote(contribution)
    quotes.set_state(row, QuoteState.USED, by=make.staff("ben").id, used_in="Report, chapter 2")

    decide(contribution, unnamed=False, named=False)

    (closed,) = load_quote_bank(call).closed
    assert closed.used_in == "Report, chapter 2"
    page = cara.get("/staff/read/our-call/quotes").text
    assert "Report, chapter 2" in page
    assert "very long" not in page
    assert "very long" not in cara.get(f"/staff/quotes/{row.id}").text


def test_spoken_words_are_quoted_with_their_time_and_gone_after_a_no(app: Flask) -> None:
    contribution = make_transcripts.contribution(quote_unnamed=True)
    transcript = make_transcripts.transcript(make_transcripts.recording(contribution), "We waited in pain.")
    quotes.create_quote(make_themes.speech_anchor(transcript, 0, 1, 3), by=make.staff("amira").id)
    (shown,) = load_quote_bank(contribution.call).quotes

    consent.record_decisions(contribution.participant, contribution.call, {ConsentUse.RECORD: False}, noted_by=None)

    assert (shown.text, shown.start_seconds, shown.end_seconds) == ("waited in pain.", 2.5, 10.0)
    assert shown.recording_id == transcript.recording_id
    assert load_quote_bank(contribution.call).quotes == ()


def test_a_page_shortens_it_and_refuses_a_hidden_change(call: Call, cara: FlaskClient) -> None:
    row = quote(write(call))
    data = {"attribution": "without name", "intended_use": "Report, chapter 2"}

    refused = cara.post(f"/staff/quotes/{row.id}", data={**data, "text": "We never waited."}).text
    cara.post(f"/staff/quotes/{row.id}", data={**data, "text": "We waited [...] long time."})

    assert "is not exactly what was said" in refused
    assert "We never waited." in refused
    page = cara.get("/staff/read/our-call/quotes").text
    assert 'We waited <span class="lp-quote__bracket">[…]</span> long time.' in page
    assert "For: Report, chapter 2" in page


def test_the_participant_corrects_a_quote_on_their_own_page(app: Flask, call: Call, cara: FlaskClient) -> None:
    contribution = write(call)
    row = quote(contribution)
    dev = five_people.sign_in_participant(app, contribution.participant_id)
    before = dev.get("/my/our-call/quotes").text

    sent = send(row, cara)

    assert "1 quote is on the participants" in sent
    assert "very long" not in before
    assert "very long" in dev.get("/my/our-call/quotes").text
    answer = {"answer": "changed", "text": "We waited for a year."}
    dev.post(f"/my/quotes/{row.id}", data=answer)
    (shown,) = load_quote_bank(call).quotes
    assert (shown.state, shown.text) == (QuoteState.CHANGED, "We waited for a year.")
    mail = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number.desc())).first()
    assert mail is not None
    assert (mail.subject, "very long" in mail.text) == ("There is something for you to check", False)


def test_a_refused_quote_cannot_be_used(app: Flask, call: Call, cara: FlaskClient) -> None:
    contribution = write(call)
    row = quote(contribution)
    send(row, cara)
    dev = five_people.sign_in_participant(app, contribution.participant_id)

    dev.post(f"/my/quotes/{row.id}", data={"answer": "refused"})

    page = cara.post(
        f"/staff/quotes/{row.id}/state", data={"state": "used", "used_in": "Report"}, follow_redirects=True
    ).text
    assert "refused this quote, so it cannot be used" in page


def test_nobody_answers_after_the_last_day_or_for_somebody_else(app: Flask, call: Call, cara: FlaskClient) -> None:
    contribution = write(call)
    row = quote(contribution)
    send(row, cara)
    eve = five_people.sign_in_participant(app, participants.create_participant(name="Eve").id)

    assert eve.get(f"/my/quotes/{row.id}").status_code == 404
    with clock.freeze_at(clock.now() + timedelta(days=9)), pytest.raises(QuoteStateError):
        quotes.answer_quote(db.session.get_one(Quote, row.id), QuoteState.APPROVED)


def test_somebody_who_is_quoted_often_is_named_in_a_warning(call: Call, cara: FlaskClient) -> None:
    contribution, amira = write(call), make.staff("amira").id
    for word in ("We", "waited", "very", "long"):
        row = quotes.create_quote(make_themes.answer_anchor(contribution, word), by=amira)
        quotes.set_state(row, QuoteState.CHOSEN, by=amira)

    page = cara.get("/staff/read/our-call/quotes").text

    assert f"{contribution.participant.reference} is quoted often:</strong> 4 quotes" in page


def test_erased_words_leave_only_where_they_were_used(app: Flask) -> None:
    contribution = make_transcripts.contribution(quote_unnamed=True)
    transcript = make_transcripts.transcript(make_transcripts.recording(contribution), "We waited in pain.")
    row = quotes.create_quote(make_themes.speech_anchor(transcript), by=make.staff("amira").id)
    quotes.edit_quote(row, "We waited […]", Attribution.UNNAMED, "", by=make.staff("cleo").id)
    quotes.set_state(row, QuoteState.USED, by=make.staff("amal").id, used_in="Report")
    assert contribution.mode is Mode.INTERVIEW

    db.session.delete(transcript)
    db.session.flush()
    db.session.expire_all()

    (closed,) = load_quote_bank(contribution.call).closed
    assert closed.used_in == "Report"
    assert db.session.get_one(Quote, row.id).words is None
