"""Write to many, each in a mail of their own: drafts, which leave when somebody releases them; callers commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from accounts import audit
from accounts.models import StaffMember
from core import clock, outbox
from core.database import db
from core.errors import RuleError
from core.mail import Mail
from core.mail_pages import lay_out
from core.models import MailState, OutboxMessage
from evidence.models import Call, Site
from evidence.participants import own_page_address
from interviews.holding import hold
from interviews.models import MassMail, MassMailState
from interviews.notices import placeholders
from interviews.notices.audiences import OF_NO_SITE, Group, Recipient, recipients
from interviews.notices.neutral import not_neutral
from interviews.notices.placeholders import WordingError
from interviews.notices.wordings import examples
from interviews.wording import when, zone_of

OF_ADDRESSES = frozenset({Group.INVITED, Group.INTERESTED})  # of whom we know nothing else
TEST = "Test: "


class NobodyError(RuleError):
    """There is nobody to write to."""


class NoSiteError(RuleError):
    """The group belongs to no site."""


class DecidedError(RuleError):
    """The mail was released or discarded already."""


@dataclass(frozen=True, slots=True)
class Words:
    group: Group
    site: Site | None
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Count:
    """Of drafts: how many would leave now, and how many would not, because the person is in the group no longer."""

    leaving: int
    left_out: int


def known_in(group: Group) -> tuple[str, ...]:
    """The placeholders that can be filled for everybody of a group."""
    if group in OF_ADDRESSES:
        return ("call",)
    return ("call", "reference", "own_page", *(("when",) if group is Group.BOOKED else ()))


def check_subject(call: Call, subject: str) -> None:
    """Raises WordingError."""
    placeholders.check(subject, known=())
    if wrong := not_neutral(subject, call_title=call.title):
        raise WordingError(wrong)


def check_text(group: Group, text: str) -> None:
    """Raises WordingError."""
    placeholders.check(text, known=known_in(group))


def write(call: Call, words: Words, *, by: UUID) -> MassMail:
    """A draft to each person of a group. Raises WordingError, NobodyError, NoSiteError."""
    row = MassMail(call_id=call.id, written_by=by, created_at=clock.now(), **_columns(words))
    people = _people(call, words)
    db.session.add(row)
    db.session.flush()
    _write_drafts(row, people)
    audit.record("mail to many written", row, count=len(people), group=words.group.value)
    return row


def rewrite(row: MassMail, words: Words) -> None:
    """Other words or another group, for a draft. Raises DecidedError, WordingError, NobodyError, NoSiteError."""
    _hold_draft(row)
    people = _people(row.call, words)
    for name, value in _columns(words).items():
        setattr(row, name, value)
    outbox.discard(row.id)
    _write_drafts(row, people)
    audit.record("mail to many rewritten", row, count=len(people), group=words.group.value)


def send_test(row: MassMail, to: StaffMember) -> None:
    """The mail with example values, to whoever wrote it."""
    example = preview(row)
    outbox.queue_mail(lay_out(example.text, recipient=to.email, subject=TEST + example.subject))


def preview(row: MassMail) -> Mail:
    text = placeholders.filled(row.text, examples(row.call))
    return lay_out(text, recipient="", subject=row.subject)


def count(row: MassMail) -> Count:
    drafted = _drafted(row)
    leaving = len(drafted & _now_in_group(row).keys())
    return Count(leaving, len(drafted) - leaving)


def release(row: MassMail, *, by: UUID) -> Count:
    """Let the drafts leave, but for people who are in the group no longer. Raises DecidedError."""
    _hold_draft(row)
    now = _now_in_group(row)
    left_out = _drafted(row) - now.keys()
    outbox.discard(row.id, left_out)
    _refresh(row, now)
    counted = Count(outbox.release(row.id), len(left_out))
    row.state, row.released_at, row.released_by = MassMailState.RELEASED, clock.now(), by
    db.session.flush()
    audit.record("mail to many released", row, count=counted.leaving, left_out=counted.left_out)
    return counted


def discard(row: MassMail) -> None:
    """Raises DecidedError."""
    _hold_draft(row)
    removed = outbox.discard(row.id)
    row.state = MassMailState.DISCARDED
    db.session.flush()
    audit.record("mail to many discarded", row, count=removed)


def mass_mails() -> list[MassMail]:
    """Newest first."""
    wanted = select(MassMail).order_by(MassMail.created_at.desc(), MassMail.id)
    return list(db.session.scalars(wanted.options(joinedload(MassMail.call), joinedload(MassMail.site))))


def states_of(row: MassMail) -> dict[MailState, int]:
    """What became of its mails."""
    counted = select(OutboxMessage.state, func.count()).where(OutboxMessage.batch_id == row.id)
    return {state: number for state, number in db.session.execute(counted.group_by(OutboxMessage.state))}  # noqa: C416


def _people(call: Call, words: Words) -> list[Recipient]:
    check_subject(call, words.subject)
    check_text(words.group, words.text)
    if words.site is not None and words.group in OF_NO_SITE:
        raise NoSiteError("These addresses belong to no site. Choose everybody.")
    people = recipients(call, words.group, words.site)
    if not people:
        raise NobodyError("Nobody is in this group now, so there is nobody to write to.")
    return people


def _columns(words: Words) -> dict[str, object]:
    return {
        "site_id": words.site.id if words.site else None,
        "audience": words.group.value,
        "subject": words.subject,
        "text": words.text,
    }


def _write_drafts(row: MassMail, people: Iterable[Recipient]) -> None:
    for person in people:
        outbox.draft_mail(_mail(row, person), row.id, is_secret=person.volunteer is not None)


def _mail(row: MassMail, person: Recipient) -> Mail:
    text = placeholders.filled(row.text, _values(row, person))
    return lay_out(text, recipient=person.email, subject=row.subject)


def _values(row: MassMail, person: Recipient) -> dict[str, str]:
    values = {"call": row.call.title}
    if person.volunteer is not None:
        values["reference"] = person.volunteer.participant.reference
        if "own_page" in placeholders.names_in(row.text):
            values["own_page"] = own_page_address(person.volunteer.participant, row.call)
        if person.slot is not None:
            values["when"] = when(person.slot, zone_of(person.volunteer))
    return values


def _refresh(row: MassMail, now: dict[UUID, Recipient]) -> None:
    """A time may have changed since the draft was written."""
    if "when" not in placeholders.names_in(row.text):
        return
    for draft in db.session.scalars(_drafts(row)):
        mail = _mail(row, now[draft.recipient_id])
        draft.text, draft.html = mail.text, mail.html
    db.session.flush()


def _now_in_group(row: MassMail) -> dict[UUID, Recipient]:
    people = recipients(row.call, Group(row.audience), row.site)
    return {outbox.recipient_id_of(person.email): person for person in people}


def _drafts(row: MassMail) -> Select[OutboxMessage]:
    return select(OutboxMessage).where(OutboxMessage.batch_id == row.id, OutboxMessage.state == MailState.DRAFT)


def _drafted(row: MassMail) -> set[UUID]:
    return set(db.session.scalars(_drafts(row).with_only_columns(OutboxMessage.recipient_id)))


def _hold_draft(row: MassMail) -> None:
    hold(row)
    if row.state is not MassMailState.DRAFT:
        raise DecidedError(f"This mail was {row.state.value} already.")
