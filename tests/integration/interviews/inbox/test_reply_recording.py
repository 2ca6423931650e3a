"""What an answer of a calendar changes, what staff do with a proposal, and who may."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.database import db
from core.models import OutboxMessage
from core.settings import Settings
from interviews.availability.commitments import InterviewerUnavailableError
from interviews.availability.slot_generation import generate_slots
from interviews.bookings import bookings
from interviews.inbox import proposals
from interviews.inbox.needs_attention import list_attention_items
from interviews.inbox.proposals import ProposalClosedError
from interviews.inbox.received_mail import process_mail
from interviews.inbox.record_reply import ReceivedMailOutcome, record_parsed_reply
from interviews.models import Booking, CalendarReply, Invitation, ReplyState, Slot
from tests.support import make_availability, make_interviews
from tests.support.make_replies import (
    STAMP,
    calendar_answer,
    counter_proposal,
    find_interviewer_invitation,
    find_volunteer_invitation,
    store_proposal,
)

pytestmark = pytest.mark.one_database

WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)  # weekly hours on Mondays reach to the same day four weeks on


@pytest.fixture
def booked(app: Flask) -> Booking:
    return make_interviews.booking()


def subjects() -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.subject).order_by(OutboxMessage.number)))


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_an_answer_is_noted_on_the_event_and_changes_no_booking(booked: Booking, partstat: str) -> None:
    outcome = record_parsed_reply(
        calendar_answer(find_volunteer_invitation(booked), partstat=partstat, comment="See you.")
    )

    assert (outcome, find_volunteer_invitation(booked).partstat) == (ReceivedMailOutcome.RECORDED, partstat)
    assert booked.status == "booked"


def test_an_answer_counts_only_from_the_address_invited(booked: Booking) -> None:
    event = find_volunteer_invitation(booked)

    outcomes = [
        record_parsed_reply(calendar_answer(event, attendee=None, partstat=None)),
        record_parsed_reply(calendar_answer(event, attendee="eve@elsewhere.example")),
        record_parsed_reply(calendar_answer(event, attendee=find_interviewer_invitation(booked).attendee)),
        record_parsed_reply(calendar_answer(event, uid="another@listening-post.example")),
    ]

    assert outcomes == [
        ReceivedMailOutcome.WRONG_SENDER,
        ReceivedMailOutcome.WRONG_SENDER,
        ReceivedMailOutcome.WRONG_SENDER,
        ReceivedMailOutcome.UNKNOWN_EVENT,
    ]
    assert event.partstat == "NEEDS-ACTION"
    assert db.session.scalars(select(CalendarReply)).all() == []


def test_somebody_who_changed_their_address_is_not_answered_for_from_the_old_one(booked: Booking) -> None:
    event = find_volunteer_invitation(booked)
    before = calendar_answer(event)
    event.attendee = "dev@new.example"

    assert record_parsed_reply(before) is ReceivedMailOutcome.WRONG_SENDER


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "ADD", "DECLINECOUNTER", "REFRESH", ""])
def test_what_is_no_answer_changes_nothing(booked: Booking, method: str) -> None:
    assert (
        record_parsed_reply(calendar_answer(find_volunteer_invitation(booked), method=method))
        is ReceivedMailOutcome.NOT_A_REPLY
    )


def test_the_same_answer_in_two_mails_is_noted_once(booked: Booking) -> None:
    said = calendar_answer(find_volunteer_invitation(booked))

    assert [record_parsed_reply(said), record_parsed_reply(said)] == [
        ReceivedMailOutcome.RECORDED,
        ReceivedMailOutcome.REPEATED,
    ]


def test_of_two_answers_that_arrive_the_wrong_way_round_the_later_written_counts(booked: Booking) -> None:
    event = find_volunteer_invitation(booked)
    record_parsed_reply(calendar_answer(event, partstat="DECLINED", stamped_at=STAMP + timedelta(hours=1)))

    record_parsed_reply(calendar_answer(event, partstat="ACCEPTED"))

    assert event.partstat == "DECLINED"


def test_an_answer_to_an_earlier_version_keeps_its_word_but_not_its_time(booked: Booking) -> None:
    event = find_volunteer_invitation(booked)
    bookings.move(booked, make_interviews.slot(booked.slot.call, booked.slot.interviewer))
    late = counter_proposal(event, booked.slot.starts_at + timedelta(days=1), sequence=0, partstat="ACCEPTED")

    record_parsed_reply(late)

    assert event.partstat == "ACCEPTED"
    assert db.session.scalars(select(CalendarReply.state)).all() == [ReplyState.RECORDED]


def test_an_answer_after_the_cancellation_is_kept_as_outdated(booked: Booking) -> None:
    event = find_volunteer_invitation(booked)
    bookings.cancel(booked)

    outcome = record_parsed_reply(calendar_answer(event))

    assert (outcome, event.partstat) == (ReceivedMailOutcome.OUTDATED, "NEEDS-ACTION")


def test_a_partstat_that_no_standard_knows_is_no_answer(booked: Booking) -> None:
    record_parsed_reply(calendar_answer(find_volunteer_invitation(booked), partstat="X-PERHAPS<script>"))

    assert find_volunteer_invitation(booked).partstat == "NEEDS-ACTION"


def test_who_declined_is_shown_to_their_interviewer_and_to_coordinators(booked: Booking) -> None:
    zoe = make_interviews.interviewer("zoe")

    record_parsed_reply(calendar_answer(find_interviewer_invitation(booked), partstat="DECLINED"))

    assert list_attention_items(None).declined == [find_interviewer_invitation(booked)]
    assert list_attention_items(booked.slot.interviewer_id).declined == [find_interviewer_invitation(booked)]
    assert list_attention_items(zoe.id).is_empty


def test_another_time_waits_for_staff(booked: Booking) -> None:
    reply = store_proposal(booked)

    assert reply.state is ReplyState.PROPOSED
    assert list_attention_items(None).proposals == [reply]


@pytest.mark.parametrize(
    "start", [None, datetime(2020, 1, 1, tzinfo=UTC)], ids=["in a zone that is unknown", "in the past"]
)
def test_a_time_that_nobody_can_meet_at_is_only_noted(booked: Booking, start: datetime | None) -> None:
    event = find_volunteer_invitation(booked)

    record_parsed_reply(calendar_answer(event, method="COUNTER", partstat="DECLINED", proposed_start=start))

    assert (list_attention_items(None).proposals, event.partstat) == ([], "DECLINED")


def test_the_newest_proposal_of_a_person_replaces_the_one_before(booked: Booking) -> None:
    first = store_proposal(booked)
    later = booked.slot.starts_at + timedelta(days=3)

    record_parsed_reply(
        counter_proposal(find_volunteer_invitation(booked), later, stamped_at=STAMP + timedelta(hours=1))
    )

    assert first.state is ReplyState.OUTDATED
    assert [reply.proposed_start for reply in list_attention_items(None).proposals] == [later]


def test_taking_up_a_proposal_moves_the_interview_to_exactly_that_time(booked: Booking) -> None:
    before, reply = booked.slot, store_proposal(booked)

    proposals.accept_proposal(reply)

    assert booked.slot.starts_at == reply.proposed_start
    assert booked.slot.ends_at - booked.slot.starts_at == before.ends_at - before.starts_at
    assert (booked.slot.interviewer_id, booked.slot.location) == (before.interviewer_id, before.location)
    assert reply.state is ReplyState.ACCEPTED
    assert subjects()[-2:] == [
        "Your interview has a new time",
        f"Interview with {booked.volunteer.participant.reference} has a new time",
    ]
    assert list_attention_items(None).is_empty


@pytest.mark.parametrize("minutes", [15, -15])
def test_a_proposed_time_may_overlap_with_the_one_that_is_given_up(booked: Booking, minutes: int) -> None:
    proposed = booked.slot.starts_at + timedelta(minutes=minutes)
    record_parsed_reply(counter_proposal(find_volunteer_invitation(booked), proposed))

    proposals.accept_proposal(db.session.scalars(select(CalendarReply)).one())

    assert booked.slot.starts_at == proposed


def test_free_times_that_the_new_one_covers_are_offered_no_longer(booked: Booking) -> None:
    reply = store_proposal(booked)
    assert reply.proposed_start is not None
    covered = make_interviews.slot(
        booked.slot.call, booked.slot.interviewer, reply.proposed_start + timedelta(minutes=20)
    )

    proposals.accept_proposal(reply)

    assert covered.withdrawn_at is not None


def test_weekly_hours_give_covered_times_again_once_the_interview_is_elsewhere(booked: Booking) -> None:
    ben = booked.slot.interviewer
    make_availability.interviewer_profile(ben)
    make_availability.weekly_pattern(ben, booked.slot.call)
    covered = make_availability.list_offered_slots(ben)[-1].starts_at
    record_parsed_reply(counter_proposal(find_volunteer_invitation(booked), covered + timedelta(minutes=20)))

    proposals.accept_proposal(db.session.scalars(select(CalendarReply)).one())
    bookings.cancel(booked)
    generate_slots(ben)

    assert covered in {slot.starts_at for slot in make_availability.list_offered_slots(ben)}


def test_the_weekly_time_that_an_interview_leaves_for_an_overlapping_one_is_not_given_again(app: Flask) -> None:
    with clock.freeze_at(WEDNESDAY):
        ben, dev = make_interviews.interviewer(), make_interviews.volunteer()
        make_availability.interviewer_profile(ben)
        make_availability.weekly_pattern(ben, dev.call)
        left = make_availability.list_offered_slots(ben)[-1]
        booked = bookings.book(left, dev)
        record_parsed_reply(counter_proposal(find_volunteer_invitation(booked), left.starts_at + timedelta(minutes=15)))

        proposals.accept_proposal(db.session.scalars(select(CalendarReply)).one())
        generate_slots(ben)

        assert left.withdrawn_at is not None
        assert left.starts_at not in {slot.starts_at for slot in make_availability.list_offered_slots(ben)}


def test_a_time_at_which_the_interviewer_has_another_interview_is_refused(booked: Booking) -> None:
    reply = store_proposal(booked)
    assert reply.proposed_start is not None
    other = make_interviews.slot(booked.slot.call, booked.slot.interviewer, reply.proposed_start)
    bookings.book(other, make_interviews.volunteer(booked.slot.call, "Fay"))

    with pytest.raises(InterviewerUnavailableError, match="Ben is busy"):
        proposals.accept_proposal(reply)


def test_a_proposal_is_over_once_the_interview_has_moved_otherwise(booked: Booking) -> None:
    reply = store_proposal(booked)
    with clock.freeze_at(clock.now() + timedelta(minutes=1)):
        bookings.move(booked, make_interviews.slot(booked.slot.call, booked.slot.interviewer))

    with pytest.raises(ProposalClosedError):
        proposals.accept_proposal(reply)

    assert list_attention_items(None).proposals == []


def test_a_proposal_is_decided_once(booked: Booking) -> None:
    reply = store_proposal(booked)
    proposals.decline_proposal(reply)

    with pytest.raises(ProposalClosedError):
        proposals.accept_proposal(reply)


def test_declining_sends_the_same_event_again_to_the_proposer(booked: Booking) -> None:
    reply = store_proposal(booked)
    before = len(subjects())

    proposals.decline_proposal(reply)

    (mail,) = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number)).all()[before:]
    assert (mail.recipient, mail.subject) == ("dev@home.example", "The time of your interview has not changed")
    assert mail.calendar_method == "REQUEST"
    assert mail.calendar is not None
    assert "SEQUENCE:0" in mail.calendar
    assert reply.state is ReplyState.DECLINED


def test_where_the_operator_demands_it_only_a_sender_that_our_server_vouches_for_counts(
    app: Flask, settings: Settings, booked: Booking
) -> None:
    app.extensions["settings"] = replace(settings, reply_authenticator="mx.charity.example")
    event = find_volunteer_invitation(booked)
    vouched = "mx.charity.example; dmarc=pass (p=NONE) header.from=home.example"
    forged = "mx.elsewhere.example; dmarc=pass header.from=home.example"
    failed = "mx.charity.example; dmarc=fail header.from=home.example; dkim=pass header.d=elsewhere.example"

    outcomes = [process_mail(mail_with(event, verdict)) for verdict in (forged, failed, vouched)]

    assert outcomes == [
        ReceivedMailOutcome.NOT_AUTHENTICATED,
        ReceivedMailOutcome.NOT_AUTHENTICATED,
        ReceivedMailOutcome.RECORDED,
    ]


def mail_with(event: Invitation, verdict: str) -> bytes:
    return (
        f"Authentication-Results: {verdict}\nFrom: Dev <{event.attendee}>\nContent-Type: text/calendar\n\n"
        f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{event.uid}\n"
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{event.attendee}\nEND:VEVENT\nEND:VCALENDAR\n"
    ).encode()


@pytest.mark.parametrize("start", [datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)])
def test_a_time_years_away_is_not_kept_as_a_proposal(booked: Booking, start: datetime) -> None:
    outcome = record_parsed_reply(
        counter_proposal(find_volunteer_invitation(booked), start, proposed_end=start + timedelta(hours=1))
    )

    kept = db.session.scalars(select(CalendarReply)).one()
    assert (outcome, kept.proposed_start, kept.proposed_end) == (ReceivedMailOutcome.RECORDED, None, None)


def test_a_slot_that_was_proposed_can_be_left_again(booked: Booking) -> None:
    back = make_interviews.slot(booked.slot.call, booked.slot.interviewer)
    proposals.accept_proposal(store_proposal(booked))

    bookings.move(booked, back)

    assert isinstance(booked.slot, Slot)
    assert booked.slot_id == back.id
