"""`flask interviews …`: print a calendar reply, process a received email, load the deprivation table."""

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
from core.errors import RuleError
from interviews.equality.deprivation_areas import load_areas
from interviews.ical.reply_parser import ParsedReply, ReplyNotReadableError, parse_reply
from interviews.inbox import received_mail

interviews_commands = AppGroup(
    "interviews", help="Print calendar replies, process received emails, load the deprivation table."
)
MAX_REPLY_FILE_BYTES = 20 * 1024 * 1024
log = logging.getLogger(__name__)


@interviews_commands.command("read-reply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read_reply_command(file: Path) -> None:
    """Print the calendar reply in FILE (an email, .eml) as JSON. Does not use the database."""
    try:
        if file.stat().st_size > MAX_REPLY_FILE_BYTES:
            raise click.ClickException("This file is too large to be an email.")
        reply = parse_reply(file.read_bytes())
    except ReplyNotReadableError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"The file cannot be read: {error.strerror}") from error
    click.echo(json.dumps(build_reply_json(reply), indent=2, ensure_ascii=False))


@interviews_commands.command("take-reply")
def take_reply_command() -> None:
    """Process one email from standard input, piped by a mail server. Exits with 75 (try again later) on failure."""
    content = sys.stdin.buffer.read(received_mail.MAX_MAIL_BYTES + 1)
    try:
        outcome = received_mail.process_mail(content)
        db.session.commit()
    except Exception as error:  # any error: the mail server keeps the email, so nothing is lost
        db.session.rollback()
        log.exception("An email could not be processed")
        raise SystemExit(os.EX_TEMPFAIL) from error
    click.echo(outcome.value)


def build_reply_json(reply: ParsedReply) -> dict[str, Any]:
    values = asdict(reply)
    del values["stamped_at"]
    return {name: _format_utc(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _format_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@interviews_commands.command("load-deprivation")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_deprivation(file: Path) -> None:
    """Load FILE, a CSV of postcode areas or districts with their fifth (1: most deprived). Replaces the old table."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            number = load_areas(lines)
        db.session.commit()
    except (RuleError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded {number} postcode areas.")
