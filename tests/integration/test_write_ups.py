"""The write-up of a group session: begun after it, sent to those who came, and commented on in private."""

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.database import db
from core.models import OutboxMessage
from interviews.groups import places, write_ups
from interviews.groups.write_ups import ChangedSinceError, NobodyCameError, NotHeldYetError, SentMeanwhileError
from interviews.models import Booking, Slot, WriteUp
from tests import make_sessions


def held_session(*, came: bool = True) -> tuple[Slot, Booking, Booking]:
    """A session that the clock has passed: the first came, the second did not."""
    slot, (first, second), _ = make_sessions.full_session()
    with clock.stopped_at(slot.ends_at):
        places.note_who_came(slot, {first.id: came, second.id: False}, by=slot.interviewer_id)
    return slot, first, second


def written(slot: Slot, text: str = "We talked.", seen: str = "") -> WriteUp:
    with clock.stopped_at(slot.ends_at):
        return write_ups.save(slot, text, by=slot.interviewer_id, seen=seen)


def mailed() -> list[str]:
    wanted = select(OutboxMessage.recipient).where(OutboxMessage.subject == "What a group session came to")
    return list(db.session.scalars(wanted))


def test_a_write_up_waits_for_the_session(app: Flask) -> None:
    slot = make_sessions.session()

    with pytest.raises(NotHeldYetError):
        write_ups.save(slot, "We will talk.", by=slot.interviewer_id)


def test_it_goes_to_those_who_came_and_to_nobody_else(app: Flask) -> None:
    slot, first, second = held_session()

    count = write_ups.send(written(slot))

    assert (count, mailed()) == (1, ["first@home.example"])
    assert write_ups.sent_write_up(slot, first.volunteer) is not None
    assert write_ups.sent_write_up(slot, second.volunteer) is None


def test_a_draft_is_read_by_nobody(app: Flask) -> None:
    slot, first, _ = held_session()

    written(slot)

    assert write_ups.sent_write_up(slot, first.volunteer) is None


def test_with_nobody_noted_as_having_come_nothing_is_sent(app: Flask) -> None:
    slot, _, _ = held_session(came=False)

    with pytest.raises(NobodyCameError):
        write_ups.send(written(slot))


def test_a_change_after_sending_is_read_once_it_is_sent_again(app: Flask) -> None:
    slot, _, _ = held_session()
    row = written(slot)
    write_ups.send(row)

    written(slot, "We talked at length.", seen=write_ups.mark(row))
    before = row.sent_text
    write_ups.send(row, sent_before=write_ups.sent_mark(row))

    assert (before, row.sent_text) == ("We talked.", "We talked at length.")
    assert len(mailed()) == 2


def test_a_form_that_is_sent_twice_mails_once(app: Flask) -> None:
    slot, _, _ = held_session()
    row = written(slot)
    write_ups.send(row)

    with pytest.raises(SentMeanwhileError):
        write_ups.send(row)

    assert len(mailed()) == 1


def test_two_who_write_at_once_do_not_overwrite_each_other(app: Flask) -> None:
    slot, _, _ = held_session()
    written(slot)

    with pytest.raises(ChangedSinceError):
        written(slot, "Quite another text.")


def test_every_comment_is_kept_for_staff_and_its_writer(app: Flask) -> None:
    slot, (first, second), _ = make_sessions.full_session()
    with clock.stopped_at(slot.ends_at):
        places.note_who_came(slot, {first.id: True, second.id: True}, by=slot.interviewer_id)
    row = written(slot)
    write_ups.send(row)

    for who, text in [(first, "One"), (second, "Two"), (first, "Three")]:
        write_ups.comment(row, who.volunteer, text)

    assert [comment.text for comment in write_ups.comments_on(row)] == ["One", "Two", "Three"]
    assert [comment.text for comment in write_ups.comments_on(row, first.volunteer)] == ["One", "Three"]
