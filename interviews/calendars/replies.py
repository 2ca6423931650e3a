"""Read what somebody's calendar answers to an invitation (RFC 5546 §3.2.3, §3.2.7). Pure: bytes of a mail to a value.

Whether the answer counts is decided in taking_replies.py. What was met in real mail: conventions §1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote

from evidence.words import cleaned, normal_address
from interviews.calendars.calendar_parts import (
    CalendarPart,
    MailNotReadableError,
    calendar_parts,
    mail_from_bytes,
    sender_of,
)
from interviews.calendars.content_lines import Component, Line
from interviews.calendars.reply_times import is_of_our_days, length_of, moment_of

MOST_CHARACTERS = 4000  # of a comment
HIGHEST_SEQUENCE = 2**31 - 1  # RFC 5545 §3.3.8
BY_WEIGHT = ("COUNTER", "REPLY", "REFRESH")  # of several objects in one mail, the one that says most


class ReplyNotReadableError(Exception):
    """The mail holds no answer of a calendar that can be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What one calendar object says, about the attendee who sent it. Times are in UTC."""

    uid: str
    attendee: str | None  # the one that is also the sender, in small letters; None: somebody else sent the mail
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
    attendee: Line | None


def read_reply(content: bytes) -> CalendarAnswer:
    """The answer that the bytes of a mail hold. Raises ReplyNotReadableError."""
    try:
        mail = mail_from_bytes(content)
    except MailNotReadableError as error:
        raise ReplyNotReadableError(str(error)) from error
    return answer_in(mail)


def answer_in(mail: EmailMessage) -> CalendarAnswer:
    """The answer that a mail holds. Raises ReplyNotReadableError."""
    parts = calendar_parts(mail)
    if not parts:
        raise ReplyNotReadableError("This mail holds no calendar object.")
    sender = sender_of(mail)
    candidates = list(_candidates(parts, sender))
    if not candidates:
        raise ReplyNotReadableError("The calendar object in this mail names no event.")
    return _answer(min(candidates, key=_weight), sender)


def _candidates(parts: list[CalendarPart], sender: str | None) -> Iterator[_Candidate]:
    for part in parts:
        method = part.calendar.first("METHOD")
        words = method.value.strip().upper() if method else part.method
        for event in part.calendar.parts_named("VEVENT"):
            if _uid(event):
                yield _Candidate(words, part.calendar, event, _own_attendee(event, sender))


def _weight(candidate: _Candidate) -> tuple[bool, int, bool]:
    """Smallest first: what the sender says of themselves, by how much it says, the series before one of its days."""
    known = candidate.method in BY_WEIGHT
    return (
        candidate.attendee is None,
        BY_WEIGHT.index(candidate.method) if known else len(BY_WEIGHT),
        candidate.event.first("RECURRENCE-ID") is not None,
    )


def _answer(said: _Candidate, sender: str | None) -> CalendarAnswer:
    start, end = _proposed(said) if said.method == "COUNTER" else (None, None)
    return CalendarAnswer(
        uid=_uid(said.event),
        attendee=sender if said.attendee else None,
        method=said.method,
        partstat=_partstat(said.attendee),
        sequence=_sequence(said.event),
        proposed_start=start,
        proposed_end=end,
        comment=_comment(said),
        stamped_at=moment_of(said.event.first("DTSTAMP"), said.calendar),
    )


def _uid(event: Component) -> str:
    uid = event.first("UID")
    return cleaned(uid.text).strip() if uid else ""


def _own_attendee(event: Component, sender: str | None) -> Line | None:
    """The attendee whose address the mail came from. Others who are named say nothing by it."""
    if sender is None:
        return None
    wanted = normal_address(sender)
    return next((line for line in event.all("ATTENDEE") if wanted in _addresses(line)), None)


def _addresses(attendee: Line) -> set[str]:
    """An attendee's address as it stands there; some calendars name the account and keep the address beside it."""
    written = {attendee.value, attendee.parameters.get("EMAIL", "")}
    bare = {re.sub(r"^\s*mailto:\s*", "", text.strip().strip("<>"), flags=re.IGNORECASE) for text in written}
    return {normal_address(address) for text in bare for address in (text, unquote(text)) if "@" in address}


def _partstat(attendee: Line | None) -> str | None:
    if attendee is None:
        return None
    return attendee.parameters.get("PARTSTAT", "").strip().upper() or "NEEDS-ACTION"


def _sequence(event: Component) -> int:
    """0 when it is left out (RFC 5545 §3.8.7.4), or no number."""
    line = event.first("SEQUENCE")
    found = re.fullmatch(r"\+?(\d{1,19})", line.value) if line else None
    return min(int(found[1]), HIGHEST_SEQUENCE) if found else 0


def _proposed(said: _Candidate) -> tuple[datetime | None, datetime | None]:
    start = moment_of(said.event.first("DTSTART"), said.calendar)
    end = moment_of(said.event.first("DTEND"), said.calendar)
    length = length_of(said.event.first("DURATION"))
    if end is None and start is not None and length is not None:
        try:
            end = start + length
        except OverflowError:
            end = None
    return start, end if is_of_our_days(end) else None


def _comment(said: _Candidate) -> str | None:
    """What the person wrote: as COMMENT, or where Google and Apple put it."""
    own = [line.text for line in said.event.all("COMMENT")]
    beside = [text for name, text in (said.attendee.parameters if said.attendee else {}).items() if _is_comment(name)]
    other = [line.text for line in said.event.lines if _is_comment(line.name)]
    found = [text.strip() for text in own or beside or other]
    words = cleaned("\n".join(dict.fromkeys(text for text in found if text))).strip()
    return words[:MOST_CHARACTERS] or None


def _is_comment(name: str) -> bool:
    return name.startswith("X-") and name.endswith("COMMENT")
