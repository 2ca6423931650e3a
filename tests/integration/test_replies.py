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
from interviews import bookings
from interviews.availability.unfolding import unfold
from interviews.calendars import proposals
from interviews.calendars.attention import attention
from interviews.calendars.proposals import InterviewerTakenError, ProposalOverError
from interviews.calendars.received_mail import take_mail
from interviews.calendars.taking_replies import Outcome, take_answer
from interviews.models import Booking, CalendarReply, Invitation, ReplyState, Slot
from tests import make_availability, make_interviews
from tests.make_replies import STAMP, answer, counter, interviewers_event, proposed, volunteers_event

WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)  # weekly hours on Mondays reach to the same day four weeks on


@pytest.fixture
def booked(app: Flask) -> Booking:
    return make_interviews.booking()


def subjects() -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.subject).order_by(OutboxMessage.number)))


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_an_answer_is_noted_on_the_event_and_changes_no_booking(booked: Booking, partstat: str) -> None:
    outcome = take_answer(answer(volunteers_event(booked), partstat=partstat, comment="See you."))

    assert (outcome, volunteers_event(booked).partstat) == (Outcome.NOTED, partstat)
    assert booked.status == "booked"


def test_an_answer_counts_only_from_the_address_invited(booked: Booking) -> None:
    event = volunteers_event(booked)

    outcomes = [
        take_answer(answer(event, attendee=None, partstat=None)),
        take_answer(answer(event, attendee="eve@elsewhere.example")),
        take_answer(answer(event, attendee=interviewers_event(booked).attendee)),
        take_answer(answer(event, uid="another@listening-post.example")),
    ]

    assert outcomes == [Outcome.OTHER_SENDER, Outcome.OTHER_SENDER, Outcome.OTHER_SENDER, Outcome.UNKNOWN_EVENT]
    assert event.partstat == "NEEDS-ACTION"
    assert db.session.scalars(select(CalendarReply)).all() == []


def test_somebody_who_changed_their_address_is_not_answered_for_from_the_old_one(booked: Booking) -> None:
    event = volunteers_event(booked)
    before = answer(event)
    event.attendee = "dev@new.example"

    assert take_answer(before) is Outcome.OTHER_SENDER


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "ADD", "DECLINECOUNTER", "REFRESH", ""])
def test_what_is_no_answer_changes_nothing(booked: Booking, method: str) -> None:
    assert take_answer(answer(volunteers_event(booked), method=method)) is Outcome.OTHER_MAIL


def test_the_same_answer_in_two_mails_is_noted_once(booked: Booking) -> None:
    said = answer(volunteers_event(booked))

    assert [take_answer(said), take_answer(said)] == [Outcome.NOTED, Outcome.REPEATED]


def test_of_two_answers_that_arrive_the_wrong_way_round_the_later_written_counts(booked: Booking) -> None:
    event = volunteers_event(booked)
    take_answer(answer(event, partstat="DECLINED", stamped_at=STAMP + timedelta(hours=1)))

    take_answer(answer(event, partstat="ACCEPTED"))

    assert event.partstat == "DECLINED"


def test_an_answer_to_an_earlier_version_keeps_its_word_but_not_its_time(booked: Booking) -> None:
    event = volunteers_event(booked)
    bookings.move(booked, make_interviews.slot(booked.slot.call, booked.slot.interviewer))
    late = counter(event, booked.slot.starts_at + timedelta(days=1), sequence=0, partstat="ACCEPTED")

    take_answer(late)

    assert event.partstat == "ACCEPTED"
    assert db.session.scalars(select(CalendarReply.state)).all() == [ReplyState.NOTED]


def test_an_answer_after_the_cancellation_is_kept_as_outdated(booked: Booking) -> None:
    event = volunteers_event(booked)
    bookings.cancel(booked)

    outcome = take_answer(answer(event))

    assert (outcome, event.partstat) == (Outcome.OUTDATED, "NEEDS-ACTION")


def test_a_partstat_that_no_standard_knows_is_no_answer(booked: Booking) -> None:
    take_answer(answer(volunteers_event(booked), partstat="X-PERHAPS<script>"))

    assert volunteers_event(booked).partstat == "NEEDS-ACTION"


def test_who_declined_is_shown_to_their_interviewer_and_to_coordinators(booked: Booking) -> None:
    zoe = make_interviews.interviewer("zoe")

    take_answer(answer(interviewers_event(booked), partstat="DECLINED"))

    assert attention(None).declined == [interviewers_event(booked)]
    assert attention(booked.slot.interviewer_id).declined == [interviewers_event(booked)]
    assert attention(zoe.id).is_empty


def test_another_time_waits_for_staff(booked: Booking) -> None:
    reply = proposed(booked)

    assert reply.state is ReplyState.PROPOSED
    assert attention(None).proposals == [reply]


@pytest.mark.parametrize(
    "start", [None, datetime(2020, 1, 1, tzinfo=UTC)], ids=["in a zone that is unknown", "in the past"]
)
def test_a_time_that_nobody_can_meet_at_is_only_noted(booked: Booking, start: datetime | None) -> None:
    event = volunteers_event(booked)

    take_answer(answer(event, method="COUNTER", partstat="DECLINED", proposed_start=start))

    assert (attention(None).proposals, event.partstat) == ([], "DECLINED")


def test_the_newest_proposal_of_a_person_replaces_the_one_before(booked: Booking) -> None:
    first = proposed(booked)
    later = booked.slot.starts_at + timedelta(days=3)

    take_answer(counter(volunteers_event(booked), later, stamped_at=STAMP + timedelta(hours=1)))

    assert first.state is ReplyState.OUTDATED
    assert [reply.proposed_start for reply in attention(None).proposals] == [later]


def test_taking_up_a_proposal_moves_the_interview_to_exactly_that_time(booked: Booking) -> None:
    before, reply = booked.slot, proposed(booked)

    proposals.take_up(reply)

    assert booked.slot.starts_at == reply.proposed_start
    assert booked.slot.ends_at - booked.slot.starts_at == before.ends_at - before.starts_at
    assert (booked.slot.interviewer_id, booked.slot.place) == (before.interviewer_id, before.place)
    assert reply.state is ReplyState.TAKEN_UP
    assert subjects()[-2:] == [
        "Your interview has moved",
        f"Interview with {booked.volunteer.participant.reference} moved",
    ]
    assert attention(None).is_empty


@pytest.mark.parametrize("minutes", [15, -15])
def test_a_proposed_time_may_overlap_with_the_one_that_is_given_up(booked: Booking, minutes: int) -> None:
    wanted = booked.slot.starts_at + timedelta(minutes=minutes)
    take_answer(counter(volunteers_event(booked), wanted))

    proposals.take_up(db.session.scalars(select(CalendarReply)).one())

    assert booked.slot.starts_at == wanted


def test_free_times_that_the_new_one_covers_are_offered_no_longer(booked: Booking) -> None:
    reply = proposed(booked)
    assert reply.proposed_start is not None
    covered = make_interviews.slot(
        booked.slot.call, booked.slot.interviewer, reply.proposed_start + timedelta(minutes=20)
    )

    proposals.take_up(reply)

    assert covered.withdrawn_at is not None


def test_weekly_hours_give_covered_times_again_once_the_interview_is_elsewhere(booked: Booking) -> None:
    ben = booked.slot.interviewer
    make_availability.way_of_working(ben)
    make_availability.weekly(ben, booked.slot.call)
    covered = make_availability.offered(ben)[-1].starts_at
    take_answer(counter(volunteers_event(booked), covered + timedelta(minutes=20)))

    proposals.take_up(db.session.scalars(select(CalendarReply)).one())
    bookings.cancel(booked)
    unfold(ben)

    assert covered in {slot.starts_at for slot in make_availability.offered(ben)}


def test_the_weekly_time_that_an_interview_leaves_for_an_overlapping_one_is_not_given_again(app: Flask) -> None:
    with clock.stopped_at(WEDNESDAY):
        ben, dev = make_interviews.interviewer(), make_interviews.volunteer()
        make_availability.way_of_working(ben)
        make_availability.weekly(ben, dev.call)
        left = make_availability.offered(ben)[-1]
        booked = bookings.book(left, dev)
        take_answer(counter(volunteers_event(booked), left.starts_at + timedelta(minutes=15)))

        proposals.take_up(db.session.scalars(select(CalendarReply)).one())
        unfold(ben)

        assert left.withdrawn_at is not None
        assert left.starts_at not in {slot.starts_at for slot in make_availability.offered(ben)}


def test_a_time_at_which_the_interviewer_has_another_interview_is_refused(booked: Booking) -> None:
    reply = proposed(booked)
    assert reply.proposed_start is not None
    other = make_interviews.slot(booked.slot.call, booked.slot.interviewer, reply.proposed_start)
    bookings.book(other, make_interviews.volunteer(booked.slot.call, "Fay"))

    with pytest.raises(InterviewerTakenError, match="Ben has something else"):
        proposals.take_up(reply)


def test_a_proposal_is_over_once_the_interview_has_moved_by_another_way(booked: Booking) -> None:
    reply = proposed(booked)
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        bookings.move(booked, make_interviews.slot(booked.slot.call, booked.slot.interviewer))

    with pytest.raises(ProposalOverError):
        proposals.take_up(reply)

    assert attention(None).proposals == []


def test_a_proposal_is_decided_once(booked: Booking) -> None:
    reply = proposed(booked)
    proposals.decline(reply)

    with pytest.raises(ProposalOverError):
        proposals.take_up(reply)


def test_declining_sends_the_same_event_once_more_to_whoever_proposed(booked: Booking) -> None:
    reply = proposed(booked)
    before = len(subjects())

    proposals.decline(reply)

    (mail,) = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number)).all()[before:]
    assert (mail.recipient, mail.subject) == ("dev@home.example", "Your interview stays at its time")
    assert mail.calendar_method == "REQUEST"
    assert mail.calendar is not None
    assert "SEQUENCE:0" in mail.calendar
    assert reply.state is ReplyState.REFUSED


def test_where_the_operator_demands_it_only_a_sender_that_our_server_vouches_for_counts(
    app: Flask, settings: Settings, booked: Booking
) -> None:
    app.extensions["settings"] = replace(settings, reply_authenticator="mx.charity.example")
    event = volunteers_event(booked)
    vouched = "mx.charity.example; dmarc=pass (p=NONE) header.from=home.example"
    forged = "mx.elsewhere.example; dmarc=pass header.from=home.example"
    failed = "mx.charity.example; dmarc=fail header.from=home.example; dkim=pass header.d=elsewhere.example"

    outcomes = [take_mail(mail_with(event, verdict)) for verdict in (forged, failed, vouched)]

    assert outcomes == [Outcome.NOT_VOUCHED_FOR, Outcome.NOT_VOUCHED_FOR, Outcome.NOTED]


def mail_with(event: Invitation, verdict: str) -> bytes:
    return (
        f"Authentication-Results: {verdict}\nFrom: Dev <{event.attendee}>\nContent-Type: text/calendar\n\n"
        f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{event.uid}\n"
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{event.attendee}\nEND:VEVENT\nEND:VCALENDAR\n"
    ).encode()


@pytest.mark.parametrize("start", [datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)])
def test_a_time_years_away_is_not_kept_as_a_proposal(booked: Booking, start: datetime) -> None:
    outcome = take_answer(counter(volunteers_event(booked), start, proposed_end=start + timedelta(hours=1)))

    kept = db.session.scalars(select(CalendarReply)).one()
    assert (outcome, kept.proposed_start, kept.proposed_end) == (Outcome.NOTED, None, None)


def test_a_slot_that_was_proposed_can_be_left_again(booked: Booking) -> None:
    back = make_interviews.slot(booked.slot.call, booked.slot.interviewer)
    proposals.take_up(proposed(booked))

    bookings.move(booked, back)

    assert isinstance(booked.slot, Slot)
    assert booked.slot_id == back.id
