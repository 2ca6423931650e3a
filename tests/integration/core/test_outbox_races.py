"""Mails that are written, made void and overtaken while others act on the same people."""

import threading
import time
from collections import Counter
from contextlib import suppress

from flask import Flask

from core import outbox
from core.database import db
from core.mail import Mail
from core.models import MailState, OutboxMessage
from core.outbox import queue_mail
from tests.support import make
from tests.support.races import run_at_once


def a_mail(subject: str = "Your interview", recipient: str = "dev@home.example") -> Mail:
    return Mail(recipient=recipient, subject=subject, text="Hello\n", html="<p>Hello</p>")


def count() -> int:
    db.session.rollback()
    return db.session.query(OutboxMessage).count()


def test_two_who_write_to_the_same_people_in_different_order_do_not_wait_in_a_circle(app: Flask) -> None:
    met = threading.Barrier(2)

    def write(*recipients: str) -> None:
        for number, recipient in enumerate(recipients):
            queue_mail(a_mail(recipient=recipient))
            if number == 0:
                with suppress(threading.BrokenBarrierError):
                    met.wait(1)  # on SQLite the other cannot come before this is over

    addresses = ["ada@home.example", "flo@home.example"]
    outcomes = run_at_once(app, [lambda: write(*addresses), lambda: write(*reversed(addresses))])

    assert outcomes == Counter(done=2)
    assert count() == 4


def test_a_mail_cancelled_while_it_leaves_delays_nobody(app: Flask) -> None:
    row = queue_mail(a_mail())
    db.session.commit()
    row_id, number = row.id, row.number
    is_voided = threading.Event()

    def change() -> None:
        outbox.cancel([row_id], "It has moved.")
        is_voided.set()
        time.sleep(0.3)  # the worker asks for the row meanwhile
        queue_mail(a_mail("Your interview has moved"))

    def send() -> None:
        is_voided.wait()
        db.session.rollback()
        make.run_jobs()

    outcomes = run_at_once(app, [change, send])

    assert outcomes == Counter(done=2)
    assert db.session.get_one(OutboxMessage, number).state is MailState.EXPIRED


def test_a_mail_that_failed_is_not_sent_again_once_a_newer_one_was_written(app: Flask) -> None:
    failed, waiting = queue_mail(a_mail()), queue_mail(a_mail())
    failed.state = MailState.FAILED

    outbox.supersede(failed.id)
    outbox.supersede(waiting.id)

    assert (failed.state, waiting.state) == (MailState.EXPIRED, MailState.QUEUED)
