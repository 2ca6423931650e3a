"""Looks at every mail that a test writes or receives; a mail that tells too much fails its test. Hooked in conftest.py.

Rows are looked at as they are written, before they can be wiped; received messages when the test ends.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from flask import has_app_context
from icalendar import Calendar
from sqlalchemy import Connection, event, select

from accounts.models import StaffMember
from core.database import db, only_reading
from core.models import OutboxMessage
from core.outbox import WIPED, WIPED_UNSENT
from evidence.models import Call, Contact, Participant
from interviews.notices.neutral import health_words

REFERENCE = re.compile(r"\bP-[2-9A-HJKMNP-Z]{5}\b", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
WEB_ADDRESS = re.compile(r"https?://\S+")
PHONE = re.compile(r"\+?\d(?:[\s().-]*\d){7,}")
TAG = re.compile(r"<[^>]+>")
WORD = re.compile(r"\w+(?:[-'’]\w+)*")
NEVER_READ = frozenset({"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ATTENDEE", "ORGANIZER", "CREATED", "URL"})
MOST_PEOPLE = 2000
LEAST_LETTERS = 3  # of a name that cannot be taken for another word


@dataclass(frozen=True, slots=True)
class Person:
    """A participant. `addresses`: all that were theirs while the test ran."""

    reference: str
    names: frozenset[str]
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says of people when a mail is looked at."""

    people: tuple[Person, ...] = ()
    staff: dict[str, str] = field(default_factory=dict)  # names by address
    call_titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scanned:
    recipients: tuple[str, ...]
    subject: str
    words: str  # headers, text and HTML
    calendars: tuple[str, ...] = ()


found: list[str] = []  # by the mails of the test that runs
received: list[tuple[EmailMessage, list[str]]] = []  # with the envelope's receivers
_addresses: dict[str, set[str]] = {}  # of each reference, as long as the test runs


def begin() -> None:
    """Forget the mails of the test before."""
    found.clear()
    received.clear()
    _addresses.clear()


def note_received(message: EmailMessage, receivers: Sequence[str]) -> None:
    """A mail that arrived at a server of the test."""
    received.append((message, list(receivers)))


def require_clean() -> None:
    """Fails the test whose mails tell too much."""
    if received:
        known = _known_now()
        for message, receivers in received:
            found.extend(leaks(scanned_message(message, receivers), known))
    assert not found, "A mail of this test tells too much:\n" + "\n".join(dict.fromkeys(found))


def leaks(mail: Scanned, known: Known) -> list[str]:
    """What is wrong with a mail, in words."""
    if len(mail.recipients) != 1:
        return [f"A mail has {len(mail.recipients)} receivers: {', '.join(mail.recipients)}"]
    recipient = mail.recipients[0].strip().lower()
    everything = "\n".join((mail.subject, mail.words, *(_unfolded(calendar) for calendar in mail.calendars)))
    wrong = [*_others_named(everything, recipient, known), *_subject_telling(mail.subject, known)]
    for calendar in mail.calendars:
        wrong += _calendar_telling(calendar, recipient, known)
    return [f"“{mail.subject}” to {recipient}: {one}" for one in wrong]


def scanned_row(row: OutboxMessage) -> Scanned:
    words = "\n".join((row.text, _plain(row.html)))
    return Scanned((row.recipient,), row.subject, words, (row.calendar,) if row.calendar else ())


def scanned_message(message: EmailMessage, receivers: Sequence[str]) -> Scanned:
    named = [
        address.addr_spec
        for header in ("To", "Cc", "Bcc")
        if message[header] is not None
        for address in message[header].addresses
    ]
    parts = [part for part in message.walk() if not part.is_multipart()]
    calendars = tuple(_content(part) for part in parts if part.get_content_type() == "text/calendar")
    words = [_plain(_content(part)) for part in parts if part.get_content_type() != "text/calendar"]
    headers = [f"{name}: {value}" for name, value in message.items() if name.lower() not in {"to", "message-id"}]
    names = [part.get_filename() or "" for part in parts]
    everybody = tuple(dict.fromkeys(address.lower() for address in (*receivers, *named)))
    return Scanned(everybody, str(message["Subject"]), "\n".join((*headers, *words, *names)), calendars)


def known_to(connection: Connection) -> Known:
    rows = connection.execute(
        select(Participant.reference, Contact.name, Contact.email)
        .outerjoin(Contact, Contact.participant_id == Participant.id)
        .order_by(Participant.created_at.desc())
        .limit(MOST_PEOPLE)
    )
    staff = connection.execute(select(StaffMember.email, StaffMember.name))
    titles = connection.execute(select(Call.title)).scalars()
    return Known(
        tuple(_person(reference, name or "", email or "") for reference, name, email in rows),
        {email.lower(): name for email, name in staff},
        tuple(titles),
    )


@event.listens_for(OutboxMessage, "after_insert")
@event.listens_for(OutboxMessage, "after_update")
def _look_at_row(_mapper: Any, connection: Connection, row: OutboxMessage) -> None:
    if row.text not in {WIPED, WIPED_UNSENT} and ADDRESS.fullmatch(row.recipient.strip()):
        found.extend(leaks(scanned_row(row), known_to(connection)))


def _known_now() -> Known:
    if not has_app_context():
        return Known()
    with only_reading(), db.engine.connect() as connection:
        return known_to(connection)


def _person(reference: str, name: str, email: str) -> Person:
    addresses = _addresses.setdefault(reference, set())
    addresses.update({email.lower()} - {""})
    parts = frozenset(word for word in WORD.findall(name) if len(word) >= LEAST_LETTERS)
    return Person(reference, parts, frozenset(addresses))


def _others_named(everything: str, recipient: str, known: Known) -> Iterable[str]:
    own = [person for person in known.people if recipient in person.addresses]
    spoken_of = WEB_ADDRESS.sub(" ", everything)
    words = set(WORD.findall(spoken_of)) - _allowed_names(own, known)
    references = {match.upper() for match in REFERENCE.findall(everything)}
    addresses = {match.lower() for match in ADDRESS.findall(everything)}
    others = [person for person in known.people if person not in own]
    for person in others:
        yield from (f"it names “{name}”, who is somebody else" for name in person.names & words)
        yield from (f"it has the address {one} of somebody else" for one in person.addresses & addresses - {recipient})
    strangers = references & {person.reference for person in others}
    if len(strangers) > (1 if recipient in known.staff else 0):
        yield f"it has references of others: {', '.join(sorted(strangers))}"


def _allowed_names(own: Sequence[Person], known: Known) -> set[str]:
    """The receiver's own name, and names of staff, who sign and hold interviews."""
    of_staff = {word for name in known.staff.values() for word in WORD.findall(name)}
    return of_staff.union(*(person.names for person in own))


def _subject_telling(subject: str, known: Known) -> Iterable[str]:
    if words := health_words(subject):
        yield f"its subject tells of health: {', '.join(words)}"
    yield from (
        f"its subject has the title of the call “{title}”"
        for title in known.call_titles
        if title.casefold() in subject.casefold()
    )


def _calendar_telling(calendar: str, recipient: str, known: Known) -> Iterable[str]:
    lines = [line for line in _unfolded(calendar).splitlines() if _name_of(line) not in NEVER_READ]
    readable = WEB_ADDRESS.sub(" ", "\n".join(lines))
    if words := health_words(readable):
        yield f"its calendar part tells of health: {', '.join(words)}"
    if phone := PHONE.search(readable):
        yield f"its calendar part has a telephone number: {phone[0]}"
    yield from (f"its calendar part has the title “{title}”" for title in known.call_titles if title in readable)
    yield from _attendees_wrong(calendar, recipient)


def _attendees_wrong(calendar: str, recipient: str) -> Iterable[str]:
    for event_ in Calendar.from_ical(calendar).walk("VEVENT"):
        named = event_.get("ATTENDEE", [])
        attendees = [str(one) for one in (named if isinstance(named, list) else [named])]
        if [one.lower() for one in attendees] != [f"mailto:{recipient}"]:
            yield f"its calendar part is not for its receiver alone: {', '.join(attendees) or 'nobody'}"


def _unfolded(calendar: str) -> str:
    """RFC 5545 §3.1: a line that begins with a blank goes on the one before."""
    lines = re.sub(r"\r?\n[ \t]", "", calendar)
    return lines.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")


def _name_of(line: str) -> str:
    return re.split(r"[:;]", line, maxsplit=1)[0].upper()


def _plain(html: str) -> str:
    return TAG.sub(" ", html)


def _content(part: Any) -> str:
    content = part.get_payload(decode=True) or b""
    return bytes(content).decode(part.get_content_charset() or "utf-8", "replace")
