"""Find the sender and the calendar parts of an email (RFC 6047). Pure, and safe for hostile mail."""

import base64
import binascii
import quopri
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from itertools import islice
from typing import Any

from core.text_cleaning import clean_text
from interviews.ical.component_tree import Component, build_calendars
from interviews.ical.ical_lines import decode_calendar, parse_lines

MAX_PARTS = 100
MAX_BOUNDARIES = 150  # lines that look like one
MAX_COMPARISONS = 2_000_000  # each line is compared with all open boundaries
MAX_BLANK_LINES = 20_000  # a delivery report is parsed after each of them
MAX_CALENDAR_PARTS = 10  # real mails have one or two
MAX_CALENDAR_BYTES = 1024 * 1024  # a reply has one or two thousand
MAX_CALENDAR_LINES = 5_000
MAX_HEADER_CHARACTERS = 600  # recipients are not read
MAX_CONTENT_HEADER_CHARACTERS = 300  # of Content-Type and similar headers, which every part has
MAX_PARSED_CHARACTERS = 20_000  # of all headers of one mail
MAX_DEPTH = 20
CALENDAR_TYPES = frozenset({"text/calendar", "application/ics", "text/x-vcalendar", "application/calendar"})
CALENDAR_START = b"BEGIN:VCALENDAR"
CALENDAR_START_IN_BASE64 = base64.b64encode(CALENDAR_START)[:-1]
IGNORED_LEADING_BYTES = b"\xef\xbb\xbf \t\r\n"  # what editors put before the first header


@dataclass(slots=True)
class _BoundedHeaders:
    """Python's parser takes minutes over hostile headers, so each is parsed once and within limits."""

    registry: HeaderRegistry = field(default_factory=HeaderRegistry)
    parsed: dict[tuple[str, str], Any] = field(default_factory=dict)
    characters_left: int = MAX_PARSED_CHARACTERS

    def __call__(self, name: str, value: str) -> Any:
        key = (name.lower(), _shorten_header(name, value))
        if key not in self.parsed:
            self.characters_left -= len(key[1])
            self.parsed[key] = self.registry(name, key[1] if self.characters_left >= 0 else "")
        return self.parsed[key]


def _shorten_header(name: str, value: str) -> str:
    if not name.lower().startswith("content-"):
        return value if len(value) <= MAX_HEADER_CHARACTERS else ""
    if len(value) <= MAX_CONTENT_HEADER_CHARACTERS:
        return value
    return value[:MAX_CONTENT_HEADER_CHARACTERS].rpartition(";")[0]


@dataclass(frozen=True, slots=True)
class CalendarPart:
    method: str  # of the MIME part, in capitals; the object's own counts more
    calendar: Component


class MailNotReadableError(Exception): ...


def parse_mail_bytes(content: bytes) -> EmailMessage:
    if _has_too_many_parts(content):
        raise MailNotReadableError("This email has far too many parts.")  # Python's parser would take minutes
    policy = EmailPolicy(header_factory=_BoundedHeaders())
    try:
        mail = message_from_bytes(content.lstrip(IGNORED_LEADING_BYTES), policy=policy)
    except Exception as error:  # for example parts nested a thousand deep
        raise MailNotReadableError("This email cannot be read.") from error
    if not isinstance(mail, EmailMessage) or not mail.keys():
        raise MailNotReadableError("This is not an email: it has no headers.")
    return mail


def _has_too_many_parts(content: bytes) -> bool:
    plain = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    nested = content.lower().count(b"boundary")
    return (
        plain.count(b"\n--") > MAX_BOUNDARIES
        or plain.count(b"\n\n") > MAX_BLANK_LINES
        or nested > MAX_PARTS
        or plain.count(b"\n") * (nested + 1) > MAX_COMPARISONS
    )


def get_sender(mail: EmailMessage) -> str | None:
    """In lower case. None if From has several addresses, or characters that no database stores."""
    if [name.lower() for name, _ in mail.raw_items()].count("from") != 1:
        return None
    try:
        addresses = list(mail["From"].addresses)
    except Exception:  # Python's header parser fails on some
        return None
    if len(addresses) != 1 or not addresses[0].username or not addresses[0].domain:
        return None
    address = str(addresses[0].addr_spec).strip().lower()
    return address if clean_text(address) == address else None


def list_calendar_parts(mail: EmailMessage) -> list[CalendarPart]:
    parts = [part for part in iterate_parts(mail) if _may_contain_calendar(part)]
    return [
        CalendarPart(_get_method(part), calendar)
        for part in parts[:MAX_CALENDAR_PARTS]
        for calendar in _parse_calendars(decode_content(part), _get_charset(part))
    ]


def _parse_calendars(content: bytes, charset: str) -> list[Component]:
    """Content beyond the limits is ignored."""
    text = decode_calendar(content[:MAX_CALENDAR_BYTES], charset=charset)
    return build_calendars(islice(parse_lines(text), MAX_CALENDAR_LINES))


def iterate_parts(mail: Any, depth: int = 0) -> Iterator["Message[Any, Any]"]:
    """An embedded mail is a leaf, because someone else wrote it."""
    inside = mail.get_payload() if mail.get_content_maintype() == "multipart" else None
    if not isinstance(inside, list):
        yield mail
    elif depth < MAX_DEPTH:
        for part in inside[:MAX_PARTS]:
            yield from iterate_parts(part, depth + 1)


def decode_content(part: "Message[Any, Any]") -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # an encoding that was made to break its reader
        return b""
    return _undo_encoding(content) if isinstance(content, bytes) else b""


def _undo_encoding(content: bytes) -> bytes:
    start = content.lstrip()[: len(CALENDAR_START_IN_BASE64)]
    if start == CALENDAR_START_IN_BASE64:
        try:
            return binascii.a2b_base64(content)
        except binascii.Error:
            return content
    return quopri.decodestring(content) if b"PARTSTAT=3D" in content else content


def _may_contain_calendar(part: "Message[Any, Any]") -> bool:
    if part.get_content_type() in CALENDAR_TYPES or _get_file_name(part).endswith((".ics", ".vcs")):
        return True
    return part.get_content_type() == "text/plain" and decode_content(part).lstrip().upper().startswith(CALENDAR_START)


def _get_file_name(part: "Message[Any, Any]") -> str:
    try:
        return (part.get_filename() or "").strip().lower()
    except Exception:  # a broken Content-Disposition
        return ""


def _get_method(part: "Message[Any, Any]") -> str:
    try:
        return str(part.get_param("method") or "").strip().upper()
    except Exception:  # a broken Content-Type
        return ""


def _get_charset(part: "Message[Any, Any]") -> str:
    try:
        return part.get_content_charset() or ""
    except Exception:  # a broken Content-Type
        return ""
