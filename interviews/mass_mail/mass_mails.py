"""Group email, one to each person: drafts, which are sent when somebody releases them. Callers commit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from accounts import audit
from accounts.models import StaffMember
from core import clock, outbox
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.mail import Mail
from core.mail_rendering import build_mail_from_text
from core.models import MailState, OutboxMessage
from evidence.calls import describe_sender
from evidence.models import Call, Site
from evidence.participants import create_own_page_url
from interviews.mass_mail.audiences import AUDIENCES_WITHOUT_SITE, MailAudience, Recipient, list_recipients
from interviews.models import MassMail, MassMailState
from interviews.wordings import placeholders
from interviews.wordings.health_terms import explain_not_neutral
from interviews.wordings.placeholders import WordingError
from interviews.wordings.slot_descriptions import format_slot_time, get_volunteer_zone
from interviews.wordings.wordings import build_example_values

ADDRESS_ONLY_AUDIENCES = frozenset({MailAudience.INVITED, MailAudience.INTERESTED})  # of whom we know nothing else
TEST_PREFIX = "Test: "
UNSUBSCRIBE_TEXT = "You asked us to tell you what happens next. To stop these emails:"


class NoRecipientsError(RuleError): ...


class AudienceWithoutSiteError(RuleError): ...


class MassMailDecidedError(RuleError): ...


@dataclass(frozen=True, slots=True)
class MassMailContent:
    audience: MailAudience
    site: Site | None
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class DraftCount:
    to_send: int
    excluded: int  # the person is no longer in the audience


def list_known_placeholders(audience: MailAudience) -> tuple[str, ...]:
    if audience in ADDRESS_ONLY_AUDIENCES:
        return ("call",)
    return ("call", "reference", "own_page", *(("when",) if audience is MailAudience.BOOKED else ()))


def check_subject(call: Call, subject: str) -> None:
    placeholders.check_placeholders(subject, known=())
    if message := explain_not_neutral(subject, call_title=call.title):
        raise WordingError(message)


def check_text(audience: MailAudience, text: str) -> None:
    placeholders.check_placeholders(text, known=list_known_placeholders(audience))


def write_mass_mail(call: Call, content: MassMailContent, *, by: UUID) -> MassMail:
    """Drafts an email to each person. Raises WordingError, NoRecipientsError, AudienceWithoutSiteError."""
    row = MassMail(call_id=call.id, written_by=by, created_at=clock.now(), **_build_columns(content))
    people = _require_recipients(call, content)
    db.session.add(row)
    db.session.flush()
    _write_drafts(row, people)
    audit.record("mail to many written", row, count=len(people), group=content.audience.value)
    return row


def change_mass_mail(row: MassMail, content: MassMailContent) -> None:
    _lock_draft(row)
    people = _require_recipients(row.call, content)
    for name, value in _build_columns(content).items():
        setattr(row, name, value)
    outbox.discard_drafts(row.id)
    _write_drafts(row, people)
    audit.record("mail to many rewritten", row, count=len(people), group=content.audience.value)


def send_test(row: MassMail, to: StaffMember) -> None:
    outbox.queue_mail(replace(preview_mail(row), recipient=to.email, subject=TEST_PREFIX + row.subject))


def preview_mail(row: MassMail) -> Mail:
    text = placeholders.fill_placeholders(row.text, build_example_values(row.call))
    return build_mail_from_text(text, recipient="", subject=row.subject, sender=describe_sender(row.call))


def count_drafts(row: MassMail) -> DraftCount:
    drafted = _list_drafted_recipients(row)
    to_send = len(drafted & _find_current_recipients(row).keys())
    return DraftCount(to_send, len(drafted) - to_send)


def release_mass_mail(row: MassMail, *, by: UUID) -> DraftCount:
    """Leaves out people who are no longer in the audience. Raises MassMailDecidedError."""
    _lock_draft(row)
    recipients = _find_current_recipients(row)
    excluded = _list_drafted_recipients(row) - recipients.keys()
    outbox.discard_drafts(row.id, excluded)
    _refresh_drafts(row, recipients)
    counts = DraftCount(outbox.release_drafts(row.id), len(excluded))
    row.state, row.released_at, row.released_by = MassMailState.RELEASED, clock.now(), by
    db.session.flush()
    audit.record("mail to many released", row, count=counts.to_send, left_out=counts.excluded)
    return counts


def discard_mass_mail(row: MassMail) -> None:
    _lock_draft(row)
    removed = outbox.discard_drafts(row.id)
    row.state = MassMailState.DISCARDED
    db.session.flush()
    audit.record("mail to many discarded", row, count=removed)


def list_mass_mails() -> list[MassMail]:
    query = select(MassMail).order_by(MassMail.created_at.desc(), MassMail.id)
    return list(db.session.scalars(query.options(joinedload(MassMail.call), joinedload(MassMail.site))))


def count_by_state(row: MassMail) -> dict[MailState, int]:
    counts = select(OutboxMessage.state, func.count()).where(OutboxMessage.batch_id == row.id)
    return {state: number for state, number in db.session.execute(counts.group_by(OutboxMessage.state))}  # noqa: C416


def _require_recipients(call: Call, content: MassMailContent) -> list[Recipient]:
    check_subject(call, content.subject)
    check_text(content.audience, content.text)
    if content.site is not None and content.audience in AUDIENCES_WITHOUT_SITE:
        raise AudienceWithoutSiteError("You cannot choose a site for these people. Select everyone.")
    people = list_recipients(call, content.audience, content.site)
    if not people:
        raise NoRecipientsError("There is no one in this group.")
    return people


def _build_columns(content: MassMailContent) -> dict[str, object]:
    return {
        "site_id": content.site.id if content.site else None,
        "audience": content.audience.value,
        "subject": content.subject,
        "text": content.text,
    }


def _write_drafts(row: MassMail, people: Iterable[Recipient]) -> None:
    for person in people:
        outbox.draft_mail(_build_mail(row, person), row.id, is_secret=person.volunteer is not None)


def _build_mail(row: MassMail, person: Recipient) -> Mail:
    text = placeholders.fill_placeholders(row.text, _build_values(row, person))
    sender = describe_sender(row.call)
    if person.unsubscribe_url is None:
        return build_mail_from_text(text, recipient=person.email, subject=row.subject, sender=sender)
    text = f"{text}\n\n{UNSUBSCRIBE_TEXT}\n\n{person.unsubscribe_url}"
    mail = build_mail_from_text(text, recipient=person.email, subject=row.subject, sender=sender)
    return replace(mail, unsubscribe_url=person.unsubscribe_url)


def _build_values(row: MassMail, person: Recipient) -> dict[str, str]:
    values = {"call": row.call.title}
    if person.volunteer is not None:
        values["reference"] = person.volunteer.participant.reference
        if "own_page" in placeholders.find_placeholders(row.text):
            values["own_page"] = create_own_page_url(person.volunteer.participant, row.call)
        if person.slot is not None:
            values["when"] = format_slot_time(person.slot, get_volunteer_zone(person.volunteer))
    return values


def _refresh_drafts(row: MassMail, current: dict[UUID, Recipient]) -> None:
    if "when" not in placeholders.find_placeholders(row.text):
        return
    for draft in db.session.scalars(_select_drafts(row)):
        mail = _build_mail(row, current[draft.recipient_id])
        draft.text, draft.html = mail.text, mail.html
    db.session.flush()


def _find_current_recipients(row: MassMail) -> dict[UUID, Recipient]:
    people = list_recipients(row.call, MailAudience(row.audience), row.site)
    return {outbox.derive_recipient_id(person.email): person for person in people}


def _select_drafts(row: MassMail) -> Select[OutboxMessage]:
    return select(OutboxMessage).where(OutboxMessage.batch_id == row.id, OutboxMessage.state == MailState.DRAFT)


def _list_drafted_recipients(row: MassMail) -> set[UUID]:
    return set(db.session.scalars(_select_drafts(row).with_only_columns(OutboxMessage.recipient_id)))


def _lock_draft(row: MassMail) -> None:
    lock_row(row)
    if row.state is not MassMailState.DRAFT:
        raise MassMailDecidedError(f"This email was already {row.state.value}.")
