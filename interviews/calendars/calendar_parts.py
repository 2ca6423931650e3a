"""Find in a mail who sent it and which of its parts hold calendars (RFC 6047). Pure, and made for hostile mail."""

import base64
import binascii
import quopri
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from typing import Any

from interviews.calendars.content_lines import Component, calendars_in

MOST_PARTS = 100
MOST_BOUNDARIES = 2000  # lines that may be one
MOST_HEADER_CHARACTERS = 2000
DEEPEST = 20
CALENDAR_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})
BEGIN = b"BEGIN:VCALENDAR"
BEGIN_IN_BASE64 = base64.b64encode(BEGIN)[:-1]
STARTS_LIKE_A_MAIL_FILE = b"\xef\xbb\xbf \t\r\n"  # what editors put before the first header


class _Bounded(EmailPolicy):
    """Python's reader of headers takes minutes over one that was made long for that; nobody needs such a header."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return super().header_fetch_parse(name, value if len(value) <= MOST_HEADER_CHARACTERS else "")


@dataclass(frozen=True, slots=True)
class CalendarPart:
    method: str  # of the MIME part, in capitals; the object's own counts more
    calendar: Component


class MailNotReadableError(Exception):
    """Not a mail at all, or one that was made to break its reader."""


def mail_from_bytes(content: bytes) -> EmailMessage:
    """Raises MailNotReadableError."""
    if content.count(b"\n--") > MOST_BOUNDARIES or content.count(b"boundary=") > MOST_PARTS:
        raise MailNotReadableError("This mail has far too many parts.")  # Python's reader would take minutes
    try:
        mail = message_from_bytes(content.lstrip(STARTS_LIKE_A_MAIL_FILE), policy=_Bounded())
    except Exception as error:  # parts nested a thousand deep, and what Python's reader does not expect
        raise MailNotReadableError("This mail cannot be read.") from error
    if not isinstance(mail, EmailMessage) or not mail.keys():
        raise MailNotReadableError("This is no mail: it has no headers.")
    return mail


def sender_of(mail: EmailMessage) -> str | None:
    """The one address in From, in small letters. None when there is none, or more than one: nobody is believed then."""
    try:
        senders = mail.get_all("From", [])
        addresses = [address for header in senders for address in header.addresses]
    except Exception:  # Python's reader of headers breaks on some that were made to break it
        return None
    if len(senders) != 1 or len(addresses) != 1 or not addresses[0].username or not addresses[0].domain:
        return None
    return str(addresses[0].addr_spec).strip().lower()


def calendar_parts(mail: EmailMessage) -> list[CalendarPart]:
    """All calendars of a mail in order, whether shown, attached or both; not those of mails inside it."""
    parts = [part for part in parts_of(mail) if _may_hold_calendar(part)]
    return [
        CalendarPart(_method(part), calendar)
        for part in parts
        for calendar in calendars_in(content_of(part), charset=_charset(part))
    ]


def parts_of(mail: Any, depth: int = 0) -> Iterator["Message[Any, Any]"]:
    """The leaves of a MIME tree. A mail inside a mail is a leaf: what it says, somebody else said."""
    inside = mail.get_payload() if mail.get_content_maintype() == "multipart" else None
    if not isinstance(inside, list):
        yield mail
    elif depth < DEEPEST:
        for part in inside[:MOST_PARTS]:
            yield from parts_of(part, depth + 1)


def content_of(part: "Message[Any, Any]") -> bytes:
    """The bytes of a leaf with its transfer encoding undone, also one that its headers do not name."""
    try:
        content = part.get_payload(decode=True)
    except Exception:  # an encoding that was made to break its reader
        return b""
    return _undone(content) if isinstance(content, bytes) else b""


def _undone(content: bytes) -> bytes:
    start = content.lstrip()[: len(BEGIN_IN_BASE64)]
    if start == BEGIN_IN_BASE64:
        try:
            return binascii.a2b_base64(content)
        except binascii.Error:
            return content
    return quopri.decodestring(content) if b"PARTSTAT=3D" in content else content


def _may_hold_calendar(part: "Message[Any, Any]") -> bool:
    if part.get_content_type() in CALENDAR_TYPES or _file_name(part).endswith((".ics", ".vcs")):
        return True
    return part.get_content_type() == "text/plain" and content_of(part).lstrip().upper().startswith(BEGIN)


def _file_name(part: "Message[Any, Any]") -> str:
    try:
        return (part.get_filename() or "").strip().lower()
    except Exception:  # a broken Content-Disposition
        return ""


def _method(part: "Message[Any, Any]") -> str:
    try:
        return str(part.get_param("method") or "").strip().upper()
    except Exception:  # a broken Content-Type
        return ""


def _charset(part: "Message[Any, Any]") -> str:
    try:
        return part.get_content_charset() or ""
    except Exception:  # a broken Content-Type
        return ""
