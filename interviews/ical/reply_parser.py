"""Parse a calendar's reply to an invitation (RFC 5546 §3.2.3, §3.2.7). Pure: from the bytes of a mail to a value.

Whether the reply counts is decided in inbox/record_reply.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from html import unescape
from urllib.parse import unquote

from core.text_cleaning import clean_text, normalise_email
from interviews.ical.component_tree import Component
from interviews.ical.ical_lines import ContentLine
from interviews.ical.mail_parts import (
    CalendarPart,
    MailNotReadableError,
    get_sender,
    list_calendar_parts,
    parse_mail_bytes,
)
from interviews.ical.reply_times import is_in_plausible_year, parse_duration, parse_moment
from interviews.ical.zone_clocks import ClockFinder

MAX_COMMENT_CHARACTERS = 4000
MAX_SEQUENCE = 2**31 - 1  # RFC 5545 §3.3.8
METHODS_BY_PRIORITY = ("COUNTER", "REPLY", "REFRESH")  # of several objects in a mail, the first of these counts


class ReplyNotReadableError(Exception): ...


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """About the attendee who sent it. Times are in UTC."""

    uid: str
    attendee: str | None  # who is also the sender, in lower case; None: somebody else sent the mail
    method: str  # of the object, not of the mail's headers
    partstat: str | None  # RFC 5545 §3.2.12, of that attendee
    sequence: int
    proposed_start: datetime | None  # of a COUNTER; None also when its zone is unknown
    proposed_end: datetime | None
    comment: str | None
    stamped_at: datetime | None = None  # when the calendar wrote it


@dataclass(frozen=True, slots=True)
class _Candidate:
    method: str
    calendar: Component
    event: Component
    attendee: ContentLine | None


def parse_reply(content: bytes) -> ParsedReply:
    try:
        mail = parse_mail_bytes(content)
    except MailNotReadableError as error:
        raise ReplyNotReadableError(str(error)) from error
    return parse_reply_mail(mail)


def parse_reply_mail(mail: EmailMessage) -> ParsedReply:
    parts = list_calendar_parts(mail)
    if not parts:
        raise ReplyNotReadableError("This email has no calendar object.")
    sender = get_sender(mail)
    candidates = list(_iterate_candidates(parts, sender))
    if not candidates:
        raise ReplyNotReadableError("The calendar object in this email has no event.")
    return _build_reply(min(candidates, key=_rank_candidate), sender)


def _iterate_candidates(parts: list[CalendarPart], sender: str | None) -> Iterator[_Candidate]:
    for part in parts:
        method = part.calendar.find_line("METHOD")
        method_name = method.value.strip().upper() if method else part.method
        for event in part.calendar.list_components("VEVENT"):
            if _get_uid(event):
                yield _Candidate(method_name, part.calendar, event, _find_sender_attendee(event, sender))


def _rank_candidate(candidate: _Candidate) -> tuple[bool, int, bool]:
    known = candidate.method in METHODS_BY_PRIORITY
    return (
        candidate.attendee is None,
        METHODS_BY_PRIORITY.index(candidate.method) if known else len(METHODS_BY_PRIORITY),
        candidate.event.find_line("RECURRENCE-ID") is not None,
    )


def _build_reply(candidate: _Candidate, sender: str | None) -> ParsedReply:
    start, end = _get_proposed_times(candidate) if candidate.method == "COUNTER" else (None, None)
    return ParsedReply(
        uid=_get_uid(candidate.event),
        attendee=sender if candidate.attendee else None,
        method=candidate.method,
        partstat=_get_partstat(candidate.attendee),
        sequence=_get_sequence(candidate.event),
        proposed_start=start,
        proposed_end=end,
        comment=_get_comment(candidate),
        stamped_at=parse_moment(candidate.event.find_line("DTSTAMP"), ClockFinder(candidate.calendar)),
    )


def _get_uid(event: Component) -> str:
    uid = event.find_line("UID")
    return clean_text(uid.text).strip() if uid else ""


def _find_sender_attendee(event: Component, sender: str | None) -> ContentLine | None:
    if sender is None:
        return None
    sender_address = normalise_email(sender)
    return next((line for line in event.list_lines("ATTENDEE") if sender_address in _list_addresses(line)), None)


def _list_addresses(attendee: ContentLine) -> set[str]:
    """Some calendars put the account in the value, and the address in an EMAIL parameter."""
    written = {attendee.value, attendee.parameters.get("EMAIL", "")}
    bare = {re.sub(r"^\s*mailto:\s*", "", text.strip().strip("<>"), flags=re.IGNORECASE) for text in written}
    return {normalise_email(address) for text in bare for address in (text, unquote(text)) if "@" in address}


def _get_partstat(attendee: ContentLine | None) -> str | None:
    if attendee is None:
        return None
    return attendee.parameters.get("PARTSTAT", "").strip().upper() or "NEEDS-ACTION"


def _get_sequence(event: Component) -> int:
    line = event.find_line("SEQUENCE")
    match = re.fullmatch(r"\+?(\d{1,19})", line.value) if line else None
    return min(int(match[1]), MAX_SEQUENCE) if match else 0


def _get_proposed_times(candidate: _Candidate) -> tuple[datetime | None, datetime | None]:
    clocks = ClockFinder(candidate.calendar)
    start = parse_moment(candidate.event.find_line("DTSTART"), clocks)
    end = parse_moment(candidate.event.find_line("DTEND"), clocks)
    length = parse_duration(candidate.event.find_line("DURATION"))
    if end is None and start is not None and length is not None:
        try:
            end = start + length
        except OverflowError:
            end = None
    return start, end if is_in_plausible_year(end) else None


def _get_comment(candidate: _Candidate) -> str | None:
    own = [line.text for line in candidate.event.list_lines("COMMENT")]
    in_parameters = [
        text
        for name, text in (candidate.attendee.parameters if candidate.attendee else {}).items()
        if _is_comment(name)
    ]
    other = [line.text for line in candidate.event.lines if _is_comment(line.name)]
    texts = [unescape(text).strip() for text in own or in_parameters or other]  # Google escapes notes as HTML
    comment = clean_text("\n".join(dict.fromkeys(text for text in texts if text))).strip()
    return comment[:MAX_COMMENT_CHARACTERS] or None


def _is_comment(name: str) -> bool:
    return name.startswith("X-") and name.endswith("COMMENT")
