"""Read the calendar part of a mail as a calendar program would."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar


@dataclass(frozen=True, slots=True)
class InvitationEvent:
    method: str
    uid: str
    sequence: int
    starts_at: datetime
    status: str


def parse_invitation(mail: EmailMessage) -> InvitationEvent:
    """The one event of an invitation, from its text/calendar alternative."""
    (part, *_) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar: Any = Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[arg-type]  # bytes, when decoded
    (event,) = calendar.walk("VEVENT")
    assert part.get_param("method") == calendar["METHOD"]
    return InvitationEvent(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        starts_at=event["DTSTART"].dt,
        status=str(event["STATUS"]),
    )
