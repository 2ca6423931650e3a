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

from core import exits
from core.database import db
from core.errors import RuleError
from core.exits import ExitAudience, ExitUse
from interviews.availability.busy_feeds import format_unreadable_parts
from interviews.availability.busy_parser import CalendarNotReadableError, ParsedBusyTimes
from interviews.availability.busy_parser_process import parse_in_child_process
from interviews.availability.feed_fetcher import FetchLimits
from interviews.availability.intervals import Interval
from interviews.equality.deprivation_areas import load_areas
from interviews.ical.mail_parts import MailNotReadableError, parse_mail_bytes
from interviews.ical.reply_parser import ParsedReply, ReplyNotReadableError, parse_reply
from interviews.ical.zone_names import is_known_zone_name
from interviews.inbox import received_mail
from interviews.inbox.bounces import Bounce, parse_bounce

interviews_commands = AppGroup(
    "interviews", help="Read calendars, replies and delivery reports, and take emails that come in."
)
MAX_REPLY_FILE_BYTES = 20 * 1024 * 1024
TOO_LARGE_MAIL_MESSAGE = "This file is far too large for an email."
BUSY_TIME_FORMAT = "%Y%m%dT%H%M"
log = logging.getLogger(__name__)


def _parse_moment(_context: click.Context, option: click.Parameter, text: str) -> datetime:
    """An ISO 8601 date or time, in UTC unless it has an offset."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text} is not a time such as 2026-07-01T00:00.", param=option) from error


@interviews_commands.command("read-reply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@exits.returns("the comment in the reply", ExitUse.OPERATOR_FILE, to=ExitAudience.OPERATOR)
def read_reply_command(file: Path) -> None:
    """Print the calendar reply in FILE (an email, .eml) as JSON. Does not use the database."""
    try:
        answer = parse_reply(_read_file(file, MAX_REPLY_FILE_BYTES, TOO_LARGE_MAIL_MESSAGE))
    except ReplyNotReadableError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(build_reply_json(answer), indent=2, ensure_ascii=False))


@interviews_commands.command("read-feed")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "start", required=True, callback=_parse_moment, help="Start, in UTC unless it has an offset.")
@click.option("--to", "end", required=True, callback=_parse_moment, help="End.")
@click.option("--zone", default="Europe/London", show_default=True, help="Time zone of whole days and floating times.")
def read_feed_command(file: Path, start: datetime, end: datetime, zone: str) -> None:
    """Print the busy times in FILE (a calendar, .ics), as JSON in UTC. Uses no database."""
    if start >= end:
        raise click.ClickException("--from must be before --to.")
    if not is_known_zone_name(zone):
        raise click.ClickException(f"We do not know the time zone {zone}. Use a name such as Europe/London.")
    try:
        content = _read_file(file, FetchLimits().max_bytes, "This file is far too large for a calendar.")
        parsed = parse_in_child_process(content, Interval(start, end), zone=zone)
    except CalendarNotReadableError as error:
        click.echo(json.dumps({"refused": str(error)}, ensure_ascii=False))
        return
    click.echo(json.dumps(build_busy_json(parsed), indent=2))
    if parsed.unreadable_parts:
        click.echo(format_unreadable_parts(parsed.unreadable_parts), err=True)


@interviews_commands.command("read-bounce")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read_bounce_command(file: Path) -> None:
    """Print what the delivery report in FILE (an email, .eml) says, as JSON. Uses no database."""
    try:
        bounce = parse_bounce(parse_mail_bytes(_read_file(file, MAX_REPLY_FILE_BYTES, TOO_LARGE_MAIL_MESSAGE)))
    except MailNotReadableError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(build_bounce_json(bounce), indent=2, ensure_ascii=False))


def build_busy_json(parsed: ParsedBusyTimes) -> dict[str, Any]:
    busy = [f"{one.starts_at:{BUSY_TIME_FORMAT}}/{one.ends_at:{BUSY_TIME_FORMAT}}" for one in parsed.busy]
    return {"busy": busy, "has_unknown_zones": parsed.has_unknown_zones}


def build_bounce_json(bounce: Bounce | None) -> dict[str, Any]:
    """Null where the email is no report, or does not say."""
    if bounce is None:
        return {"is_final": None, "recipient": None, "reason": None}
    return {"is_final": bounce.is_final, "recipient": bounce.recipient or None, "reason": bounce.reason}


def _read_file(file: Path, max_bytes: int, too_large: str) -> bytes:
    try:
        if file.stat().st_size > max_bytes:
            raise click.ClickException(too_large)
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"The file cannot be read: {error.strerror}") from error


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
