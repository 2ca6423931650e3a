"""Read mails that arrived at a mail server of the test: their calendars, and everything that they say."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from tests.support import make
from tests.support.mail_server import SmtpMailbox


@dataclass(frozen=True, slots=True)
class ReceivedInvitation:
    """What one calendar mail says."""

    to: str
    method: str
    uid: str
    sequence: int
    start: datetime
    status: str


def decode_content(part: Any) -> bytes:
    """What a part holds, with its transfer encoding undone."""
    decoded = part.get_payload(decode=True)
    assert isinstance(decoded, bytes)
    return decoded


def parse_event(message: EmailMessage) -> Any:
    (part,) = [part for part in message.walk() if part.get_filename() == "invite.ics"]
    (event,) = Calendar.from_ical(decode_content(part)).walk("VEVENT")
    return event


def read_new_invitations(mailbox: SmtpMailbox) -> list[ReceivedInvitation]:
    """Send what waits, and read every mail with a calendar that has come since the last look."""
    make.run_jobs()
    arrived = [message for message in mailbox.messages if message.get_content_type() == "multipart/mixed"]
    mailbox.messages.clear()
    return [
        _read_invitation(message) for message in sorted(arrived, key=lambda message: str(message["To"]), reverse=True)
    ]


def _read_invitation(message: EmailMessage) -> ReceivedInvitation:
    event = parse_event(message)
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    return ReceivedInvitation(
        to=str(message["To"]),
        method=str(part.get_param("method")),
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        start=event.start,
        status=str(event["STATUS"]),
    )


def flatten_mail(message: EmailMessage) -> str:
    """Every header and every part of a mail, decoded."""
    headers = "\n".join(f"{name}: {value}" for part in message.walk() for name, value in part.items())
    parts = [decode_content(part).decode() for part in message.walk() if not part.is_multipart()]
    return "\n".join([headers, *parts])


def list_calendars(message: EmailMessage) -> list[str]:
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return [decode_content(part).decode().replace("\r\n ", "") for part in parts]
