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
from core.errors import RuleError
from interviews.equality.deprivation_areas import load_areas
from interviews.ical.reply_parser import ParsedReply, ReplyNotReadableError, parse_reply
from interviews.inbox import received_mail

interviews_commands = AppGroup("interviews", help="Read calendar replies, and take mails that come in.")
MAX_REPLY_FILE_BYTES = 20 * 1024 * 1024
log = logging.getLogger(__name__)


@interviews_commands.command("read-reply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read_reply_command(file: Path) -> None:
    """Print what the calendar reply in FILE (a mail, .eml) says, as JSON. Touches no database."""
    try:
        if file.stat().st_size > MAX_REPLY_FILE_BYTES:
            raise click.ClickException("This file is far too large for a mail.")
        answer = parse_reply(file.read_bytes())
    except ReplyNotReadableError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"The file cannot be read: {error.strerror}") from error
    click.echo(json.dumps(build_answer_json(answer), indent=2, ensure_ascii=False))


@interviews_commands.command("take-reply")
def take_reply_command() -> None:
    """Take one mail from standard input, as a mail server pipes it. Ends with 75, try again later, when it cannot."""
    content = sys.stdin.buffer.read(received_mail.MAX_MAIL_BYTES + 1)
    try:
        outcome = received_mail.process_mail(content)
        db.session.commit()
    except Exception as error:  # whatever it is: the mail server keeps the mail, and nothing is lost
        db.session.rollback()
        log.exception("A mail could not be taken")
        raise SystemExit(os.EX_TEMPFAIL) from error
    click.echo(outcome.value)


def build_answer_json(answer: ParsedReply) -> dict[str, Any]:
    """As conventions §6 lays it down: times in ISO 8601 with Z, what is not known null."""
    said = asdict(answer)
    del said["stamped_at"]
    return {name: _format_utc(value) if isinstance(value, datetime) else value for name, value in said.items()}


def _format_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@interviews_commands.command("load-deprivation")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_deprivation(file: Path) -> None:
    """Load FILE, a CSV of postcode areas or districts with their fifth (1: most deprived), in place of the last one."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            number = load_areas(lines)
        db.session.commit()
    except (RuleError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded {number} postcode areas.")
