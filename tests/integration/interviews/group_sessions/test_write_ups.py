"""The write-up of a group session: begun after it, sent to those who came, and commented on in private."""

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.database import db
from core.models import OutboxMessage
from interviews.group_sessions import attendance, write_ups
from interviews.group_sessions.write_ups import (
    NoAttendeesError,
    WriteUpAlreadySentError,
    WriteUpChangedError,
    WriteUpTooEarlyError,
)
from interviews.models import Booking, Slot, WriteUp
from tests.support import make_group_sessions


def past_session(*, came: bool = True) -> tuple[Slot, Booking, Booking]:
    """A session that the clock has passed: the first came, the second did not."""
    slot, (first, second), _ = make_group_sessions.full_session()
    with clock.freeze_at(slot.ends_at):
        attendance.record_attendance(slot, {first.id: came, second.id: False}, by=slot.interviewer_id)
    return slot, first, second


def save_write_up(slot: Slot, text: str = "We talked.", seen: str = "") -> WriteUp:
    with clock.freeze_at(slot.ends_at):
        return write_ups.save_draft(slot, text, by=slot.interviewer_id, expected_version=seen)


def list_mails() -> list[str]:
    query = select(OutboxMessage.recipient).where(OutboxMessage.subject == "Read the summary of your group session")
    return list(db.session.scalars(query))


def test_a_write_up_waits_for_the_session(app: Flask) -> None:
    slot = make_group_sessions.session()

    with pytest.raises(WriteUpTooEarlyError):
        write_ups.save_draft(slot, "We will talk.", by=slot.interviewer_id)


def test_it_goes_to_those_who_came_and_to_nobody_else(app: Flask) -> None:
    slot, first, second = past_session()

    count = write_ups.send_to_attendees(save_write_up(slot))

    assert (count, list_mails()) == (1, ["first@home.example"])
    assert write_ups.find_sent_write_up(slot, first.volunteer) is not None
    assert write_ups.find_sent_write_up(slot, second.volunteer) is None


def test_a_draft_is_read_by_nobody(app: Flask) -> None:
    slot, first, _ = past_session()

    save_write_up(slot)

    assert write_ups.find_sent_write_up(slot, first.volunteer) is None


def test_with_nobody_noted_as_having_come_nothing_is_sent(app: Flask) -> None:
    slot, _, _ = past_session(came=False)

    with pytest.raises(NoAttendeesError):
        write_ups.send_to_attendees(save_write_up(slot))


def test_a_change_after_sending_is_read_once_it_is_sent_again(app: Flask) -> None:
    slot, _, _ = past_session()
    row = save_write_up(slot)
    write_ups.send_to_attendees(row)

    save_write_up(slot, "We talked at length.", seen=write_ups.get_draft_version(row))
    before = row.sent_text
    write_ups.send_to_attendees(row, expected_version=write_ups.get_sent_version(row))

    assert (before, row.sent_text) == ("We talked.", "We talked at length.")
    assert len(list_mails()) == 2


def test_a_form_that_is_sent_twice_mails_once(app: Flask) -> None:
    slot, _, _ = past_session()
    row = save_write_up(slot)
    write_ups.send_to_attendees(row)

    with pytest.raises(WriteUpAlreadySentError):
        write_ups.send_to_attendees(row)

    assert len(list_mails()) == 1


def test_two_who_write_at_once_do_not_overwrite_each_other(app: Flask) -> None:
    slot, _, _ = past_session()
    save_write_up(slot)

    with pytest.raises(WriteUpChangedError):
        save_write_up(slot, "Quite another text.")


def test_every_comment_is_kept_for_staff_and_its_writer(app: Flask) -> None:
    slot, (first, second), _ = make_group_sessions.full_session()
    with clock.freeze_at(slot.ends_at):
        attendance.record_attendance(slot, {first.id: True, second.id: True}, by=slot.interviewer_id)
    row = save_write_up(slot)
    write_ups.send_to_attendees(row)

    for who, text in [(first, "One"), (second, "Two"), (first, "Three")]:
        write_ups.add_comment(row, who.volunteer, text)

    assert [comment.text for comment in write_ups.list_comments(row)] == ["One", "Two", "Three"]
    assert [comment.text for comment in write_ups.list_comments(row, first.volunteer)] == ["One", "Three"]
