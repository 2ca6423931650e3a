"""`flask interviews …`: read a calendar reply; take a mail that the mail server passes on."""

import json
import logging
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from core.database import db
from interviews.calendars import received_mail
from interviews.calendars.replies import CalendarAnswer, ReplyNotReadableError, read_reply

interviews_commands = AppGroup("interviews", help="Read calendar replies, and take mails that come in.")
MOST_BYTES = 20 * 1024 * 1024
log = logging.getLogger(__name__)


@interviews_commands.command("read-reply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read_reply_command(file: Path) -> None:
    """Print what the calendar reply in FILE (a mail, .eml) says, as JSON. Touches no database."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise click.ClickException("This file is far too large for a mail.")
        answer = read_reply(file.read_bytes())
    except ReplyNotReadableError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"The file cannot be read: {error.strerror}") from error
    click.echo(json.dumps(as_json(answer), indent=2, ensure_ascii=False))


@interviews_commands.command("take-reply")
def take_reply() -> None:
    """Take one mail from standard input, as a mail server pipes it. Ends with 75, try again later, when it cannot."""
    content = sys.stdin.buffer.read(received_mail.MOST_BYTES + 1)
    try:
        outcome = received_mail.take_mail(content)
        db.session.commit()
    except Exception as error:  # whatever it is: the mail server keeps the mail, and nothing is lost
        db.session.rollback()
        log.exception("A mail could not be taken")
        raise SystemExit(os.EX_TEMPFAIL) from error
    click.echo(outcome.value)


def as_json(answer: CalendarAnswer) -> dict[str, Any]:
    """As conventions §6 lays it down: times in ISO 8601 with Z, what is not known null."""
    said = asdict(answer)
    del said["stamped_at"]
    return {name: _iso(value) if isinstance(value, datetime) else value for name, value in said.items()}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
