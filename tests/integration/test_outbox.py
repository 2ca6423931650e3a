"""Mails as rows: their order, their states, and what is left when there is no mail server."""

from email import message_from_bytes

from flask import Flask
from sqlalchemy import select

from core.database import db
from core.mail import Mail
from core.models import MailState, OutboxMessage
from core.outbox import queue_mail
from core.settings import Settings
from tests import make


def a_mail(recipient: str = "dev@home.example", subject: str = "Your interview") -> Mail:
    return Mail(recipient=recipient, subject=subject, text="Hello\n", html="<p>Hello</p>")


def test_without_a_mail_server_a_mail_is_kept_as_a_row_and_as_a_file(app: Flask, settings: Settings) -> None:
    queue_mail(a_mail())

    make.run_jobs()

    assert db.session.scalars(select(OutboxMessage.state)).all() == [MailState.KEPT]
    (path,) = (settings.data_folder / "mail").iterdir()
    assert message_from_bytes(path.read_bytes())["To"] == "dev@home.example"
