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
from core.database import db, read_only_transactions
from core.models import OutboxMessage
from core.outbox import WIPED_TEXT, WIPED_UNSENT_TEXT
from evidence.models import Call, Contact, Participant
from interviews.wordings.health_terms import find_health_terms

REFERENCE = re.compile(r"\bP-[2-9A-HJKMNP-Z]{5}\b", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
WEB_ADDRESS = re.compile(r"https?://\S+")
PHONE = re.compile(r"\+?\d(?:[\s().-]*\d){7,}")
TAG = re.compile(r"<[^>]+>")
WORD = re.compile(r"\w+(?:[-'’]\w+)*")
UNREAD_PROPERTIES = frozenset(
    {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ATTENDEE", "ORGANIZER", "CREATED", "URL"}
)
MAX_PEOPLE = 2000
MIN_NAME_LETTERS = 3  # of a name that cannot be taken for another word


@dataclass(frozen=True, slots=True)
class ScannedPerson:
    """A participant. `addresses`: all that were theirs while the test ran."""

    reference: str
    names: frozenset[str]
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """What the database says of people when a mail is looked at."""

    people: tuple[ScannedPerson, ...] = ()
    staff: dict[str, str] = field(default_factory=dict)  # names by address
    call_titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScannedMail:
    recipients: tuple[str, ...]
    subject: str
    text: str  # headers, text and HTML
    calendars: tuple[str, ...] = ()


leaks_found: list[str] = []  # by the mails of the test that runs
received_mails: list[tuple[EmailMessage, list[str]]] = []  # with the envelope's receivers
_past_addresses: dict[str, set[str]] = {}  # of each reference, as long as the test runs


def reset() -> None:
    """Forget the mails of the test before."""
    leaks_found.clear()
    received_mails.clear()
    _past_addresses.clear()


def record_received(message: EmailMessage, receivers: Sequence[str]) -> None:
    """A mail that arrived at a server of the test."""
    received_mails.append((message, list(receivers)))


def assert_no_leaks() -> None:
    """Fails the test whose mails tell too much."""
    if received_mails:
        known = _load_known_people()
        for message, receivers in received_mails:
            leaks_found.extend(find_leaks(scan_message(message, receivers), known))
    assert not leaks_found, "A mail of this test tells too much:\n" + "\n".join(dict.fromkeys(leaks_found))


def find_leaks(mail: ScannedMail, known: KnownPeople) -> list[str]:
    """What is wrong with a mail, a sentence for each leak."""
    if len(mail.recipients) != 1:
        return [f"A mail has {len(mail.recipients)} receivers: {', '.join(mail.recipients)}"]
    recipient = mail.recipients[0].strip().lower()
    everything = "\n".join((mail.subject, mail.text, *(_unfold_lines(calendar) for calendar in mail.calendars)))
    wrong = [*_find_other_people(everything, recipient, known), *_find_subject_leaks(mail.subject, known)]
    for calendar in mail.calendars:
        wrong += _find_calendar_leaks(calendar, recipient, known)
    return [f"“{mail.subject}” to {recipient}: {one}" for one in wrong]


def scan_row(row: OutboxMessage) -> ScannedMail:
    words = "\n".join((row.text, _strip_tags(row.html)))
    return ScannedMail((row.recipient,), row.subject, words, (row.calendar,) if row.calendar else ())


def scan_message(message: EmailMessage, receivers: Sequence[str]) -> ScannedMail:
    named = [
        address.addr_spec
        for header in ("To", "Cc", "Bcc")
        if message[header] is not None
        for address in message[header].addresses
    ]
    parts = [part for part in message.walk() if not part.is_multipart()]
    calendars = tuple(_decode_content(part) for part in parts if part.get_content_type() == "text/calendar")
    words = [_strip_tags(_decode_content(part)) for part in parts if part.get_content_type() != "text/calendar"]
    headers = [f"{name}: {value}" for name, value in message.items() if name.lower() not in {"to", "message-id"}]
    names = [part.get_filename() or "" for part in parts]
    everybody = tuple(dict.fromkeys(address.lower() for address in (*receivers, *named)))
    return ScannedMail(everybody, str(message["Subject"]), "\n".join((*headers, *words, *names)), calendars)


def load_known_people(connection: Connection) -> KnownPeople:
    rows = connection.execute(
        select(Participant.reference, Contact.name, Contact.email)
        .outerjoin(Contact, Contact.participant_id == Participant.id)
        .order_by(Participant.created_at.desc())
        .limit(MAX_PEOPLE)
    )
    staff = connection.execute(select(StaffMember.email, StaffMember.name))
    titles = connection.execute(select(Call.title)).scalars()
    return KnownPeople(
        tuple(_make_person(reference, name or "", email or "") for reference, name, email in rows),
        {email.lower(): name for email, name in staff},
        tuple(titles),
    )


@event.listens_for(OutboxMessage, "after_insert")
@event.listens_for(OutboxMessage, "after_update")
def _scan_written_row(_mapper: Any, connection: Connection, row: OutboxMessage) -> None:
    if row.text not in {WIPED_TEXT, WIPED_UNSENT_TEXT} and ADDRESS.fullmatch(row.recipient.strip()):
        leaks_found.extend(find_leaks(scan_row(row), load_known_people(connection)))


def _load_known_people() -> KnownPeople:
    if not has_app_context():
        return KnownPeople()
    with read_only_transactions(), db.engine.connect() as connection:
        return load_known_people(connection)


def _make_person(reference: str, name: str, email: str) -> ScannedPerson:
    addresses = _past_addresses.setdefault(reference, set())
    addresses.update({email.lower()} - {""})
    parts = frozenset(word for word in WORD.findall(name) if len(word) >= MIN_NAME_LETTERS)
    return ScannedPerson(reference, parts, frozenset(addresses))


def _find_other_people(everything: str, recipient: str, known: KnownPeople) -> Iterable[str]:
    own = [person for person in known.people if recipient in person.addresses]
    spoken_of = WEB_ADDRESS.sub(" ", everything)
    words = set(WORD.findall(spoken_of)) - _list_allowed_names(own, known)
    references = {match.upper() for match in REFERENCE.findall(everything)}
    addresses = {match.lower() for match in ADDRESS.findall(everything)}
    others = [person for person in known.people if person not in own]
    for person in others:
        yield from (f"it names “{name}”, who is somebody else" for name in person.names & words)
        yield from (f"it has the address {one} of somebody else" for one in person.addresses & addresses - {recipient})
    strangers = references & {person.reference for person in others}
    if len(strangers) > (1 if recipient in known.staff else 0):
        yield f"it has references of others: {', '.join(sorted(strangers))}"


def _list_allowed_names(own: Sequence[ScannedPerson], known: KnownPeople) -> set[str]:
    """The receiver's own name, and names of staff, who sign and hold interviews."""
    of_staff = {word for name in known.staff.values() for word in WORD.findall(name)}
    return of_staff.union(*(person.names for person in own))


def _find_subject_leaks(subject: str, known: KnownPeople) -> Iterable[str]:
    if words := find_health_terms(subject):
        yield f"its subject tells of health: {', '.join(words)}"
    yield from (
        f"its subject has the title of the call “{title}”"
        for title in known.call_titles
        if title.casefold() in subject.casefold()
    )


def _find_calendar_leaks(calendar: str, recipient: str, known: KnownPeople) -> Iterable[str]:
    lines = [
        line for line in _unfold_lines(calendar).splitlines() if _parse_property_name(line) not in UNREAD_PROPERTIES
    ]
    readable = WEB_ADDRESS.sub(" ", "\n".join(lines))
    if words := find_health_terms(readable):
        yield f"its calendar part tells of health: {', '.join(words)}"
    if phone := PHONE.search(readable):
        yield f"its calendar part has a telephone number: {phone[0]}"
    yield from (f"its calendar part has the title “{title}”" for title in known.call_titles if title in readable)
    yield from _find_wrong_attendees(calendar, recipient)


def _find_wrong_attendees(calendar: str, recipient: str) -> Iterable[str]:
    for event_ in Calendar.from_ical(calendar).walk("VEVENT"):
        named = event_.get("ATTENDEE", [])
        attendees = [str(one) for one in (named if isinstance(named, list) else [named])]
        if [one.lower() for one in attendees] != [f"mailto:{recipient}"]:
            yield f"its calendar part is not for its receiver alone: {', '.join(attendees) or 'nobody'}"


def _unfold_lines(calendar: str) -> str:
    """RFC 5545 §3.1: a line that begins with a blank goes on the one before."""
    lines = re.sub(r"\r?\n[ \t]", "", calendar)
    return lines.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")


def _parse_property_name(line: str) -> str:
    return re.split(r"[:;]", line, maxsplit=1)[0].upper()


def _strip_tags(html: str) -> str:
    return TAG.sub(" ", html)


def _decode_content(part: Any) -> str:
    content = part.get_payload(decode=True) or b""
    return bytes(content).decode(part.get_content_charset() or "utf-8", "replace")
