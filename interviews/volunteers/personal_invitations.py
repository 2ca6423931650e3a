"""Single-use links for people whom staff invite: they sign up and choose a time at once. Callers commit.

The mails are drafts, which leave when a coordinator releases them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from accounts import audit
from accounts.links import consume_link, create_link, get_valid_link, revoke_links
from accounts.models import AccessLink, LinkPurpose
from core import clock, outbox
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.mail_rendering import render_mail
from core.models import MailState, OutboxMessage
from core.text_cleaning import normalise_email
from core.urls import build_absolute_url
from evidence import calls, consent
from evidence.models import Call, Site
from interviews.models import PersonalInvitation, Volunteer
from interviews.volunteers import needs, volunteers
from interviews.volunteers.volunteers import SignUpDetails

INVITATION_LIFETIME = timedelta(days=30)
MAX_ADDRESSES_PER_BATCH = 200
UNUSED_ADDRESS_RETENTION = timedelta(
    days=60
)  # how long the address of somebody is kept who never took an invitation up


class InvalidAddressListError(RuleError):
    """Something that was typed is no mail address, or there are too many."""


@dataclass(frozen=True, slots=True)
class InviteSummary:
    """`left_out`: how many have an offer, or an invitation that still works, already."""

    drafted: int
    skipped: int


@dataclass(frozen=True, slots=True)
class InvitationStatus:
    """An invitation and what became of it: draft, invited, taken up, withdrawn, run out."""

    invitation: PersonalInvitation
    state: str


def parse_addresses(text: str) -> list[str]:
    """Addresses with commas, blanks or line breaks between them, each once. Raises AddressError."""
    typed = [part for part in re.split(r"[,;\s]+", text) if part]
    for address in typed:
        _require_valid_address(address)
    found = list(dict.fromkeys(normalise_email(address) for address in typed))
    if not found:
        raise InvalidAddressListError("Enter at least one email address.")
    if len(found) > MAX_ADDRESSES_PER_BATCH:
        raise InvalidAddressListError(
            f"These are {len(found)} addresses. Please enter at most {MAX_ADDRESSES_PER_BATCH} at once."
        )
    return found


def invite(call: Call, addresses: Sequence[str], *, site: Site | None, by: UUID) -> InviteSummary:
    """Write a draft for each, unless they have offered or been invited. Raises NotOfferedError, CallNotOpenError."""
    volunteers.require_interviews_open(call)
    lock_row(call)  # two lists with the same address, sent at the same moment, see each other
    known = {address for address in addresses if _is_signed_up_or_invited(call, address)}
    batch = uuid4()
    for address in addresses:
        if address not in known:
            _draft_invitation(call, address, site=site, by=by, batch=batch)
    return InviteSummary(len(addresses) - len(known), len(known))


def release_drafts(call: Call) -> int:
    """Let all drafts of a call leave; how many there were. Their links work from now on as long as the mails say.

    Raises NotOfferedError, CallNotOpenError.
    """
    lock_row(call)
    volunteers.require_interviews_open(call)
    discard_expired_drafts(call)
    drafts = _select_with_mail_state(call, MailState.DRAFT)
    ids = drafts.with_only_columns(PersonalInvitation.id)
    links = update(AccessLink).where(
        AccessLink.purpose == LinkPurpose.PERSONAL_INVITATION, AccessLink.subject_id.in_(ids)
    )
    db.session.execute(
        links.where(AccessLink.revoked_at.is_(None)).values(expires_at=clock.now() + INVITATION_LIFETIME)
    )
    batches = drafts.with_only_columns(OutboxMessage.batch_id).distinct()
    count = sum(outbox.release_drafts(batch) for batch in db.session.scalars(batches).all() if batch)
    audit.record("invitations released", call, count=count)
    return count


def withdraw(invitation: PersonalInvitation) -> None:
    """The link opens nothing from now on, and a mail that has not left never does."""
    lock_row(invitation)
    if invitation.volunteer_id is not None or invitation.withdrawn_at is not None:
        return
    invitation.withdrawn_at = clock.now()
    revoke_links(LinkPurpose.PERSONAL_INVITATION, invitation.id)
    _discard_draft(invitation)
    if invitation.mail_id:
        outbox.cancel([invitation.mail_id], "The invitation was withdrawn.")
    audit.record("invitation withdrawn", invitation)


def list_invitations(call: Call) -> list[InvitationStatus]:
    """Newest first."""
    wanted = (
        select(PersonalInvitation, AccessLink, OutboxMessage.state)
        .join(
            AccessLink,
            (AccessLink.subject_id == PersonalInvitation.id) & (AccessLink.purpose == LinkPurpose.PERSONAL_INVITATION),
        )
        .outerjoin(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
        .where(PersonalInvitation.call_id == call.id)
        .order_by(PersonalInvitation.created_at.desc(), PersonalInvitation.email)
        .options(
            joinedload(PersonalInvitation.site),
            joinedload(PersonalInvitation.volunteer).joinedload(Volunteer.participant),
        )
    )
    return [
        InvitationStatus(invitation, _determine_state(invitation, link, mail))
        for invitation, link, mail in db.session.execute(wanted)
    ]


def erase_old_addresses() -> None:
    """Of people who did not take up their invitation."""
    old = PersonalInvitation.created_at < clock.now() - UNUSED_ADDRESS_RETENTION
    db.session.execute(update(PersonalInvitation).where(old, PersonalInvitation.email != "").values(email=""))


def get_invitation_by_token(token: str) -> PersonalInvitation:
    """Does not use the link up. Raises LinkNotValidError."""
    return db.session.get_one(PersonalInvitation, get_valid_link(token, LinkPurpose.PERSONAL_INVITATION).subject_id)


def accept_invitation(token: str, details: SignUpDetails) -> Volunteer:
    """Use the link up: whoever has it reads the mail of that address, and may book without waiting for a decision.

    The offer counts for the address that was invited, whatever else it says.
    Raises LinkNotValidError, NotOfferedError, CallNotOpenError.
    """
    invitation = db.session.get_one(PersonalInvitation, consume_link(token, LinkPurpose.PERSONAL_INVITATION).subject_id)
    volunteers.require_interviews_open(invitation.call)
    volunteer = _get_or_create_volunteer(invitation, replace(details, email=invitation.email))
    volunteers.accept_invited_person(volunteer)
    invitation.volunteer_id, invitation.email = volunteer.id, ""
    db.session.flush()
    audit.record("invitation taken up", invitation)
    return volunteer


def _get_or_create_volunteer(invitation: PersonalInvitation, details: SignUpDetails) -> Volunteer:
    """Somebody new, or whoever offered and is reached at this address."""
    if invitation.site_id:
        details = replace(details, needs=replace(details.needs, site_id=invitation.site_id))
    volunteer, is_new = volunteers.get_or_create_volunteer(invitation.call, details)
    if is_new:
        audit.record("volunteer signed up", volunteer)
        return volunteer
    needs.change_needs(volunteer, details.needs)
    consent.record_decisions(volunteer.participant, invitation.call, details.decisions, noted_by=None)
    return volunteer


def _draft_invitation(call: Call, address: str, *, site: Site | None, by: UUID, batch: UUID) -> None:
    invitation = PersonalInvitation(
        call_id=call.id, site_id=site.id if site else None, email=address, created_by=by, created_at=clock.now()
    )
    db.session.add(invitation)
    db.session.flush()
    token = create_link(LinkPurpose.PERSONAL_INVITATION, invitation.id, expires_at=clock.now() + INVITATION_LIFETIME)
    mail = render_mail(
        "interviews/volunteers/invited",
        recipient=address,
        subject="An invitation to talk with us",
        call=call,
        address=build_absolute_url("interviews.open_invitation", token=token),
        days=INVITATION_LIFETIME.days,
    )
    invitation.mail_id = outbox.draft_mail(mail, batch, is_secret=True).id
    audit.record("somebody invited", invitation)


def _is_signed_up_or_invited(call: Call, address: str) -> bool:
    """Whether somebody has offered from this address, or holds an invitation that still works."""
    if volunteers.find_volunteer_by_email(call, address) is not None:
        return True
    standing = (
        select(PersonalInvitation.id)
        .join(
            AccessLink,
            (AccessLink.subject_id == PersonalInvitation.id) & (AccessLink.purpose == LinkPurpose.PERSONAL_INVITATION),
        )
        .where(PersonalInvitation.call_id == call.id, PersonalInvitation.email == address)
        .where(AccessLink.used_at.is_(None), AccessLink.revoked_at.is_(None), AccessLink.expires_at > clock.now())
    )
    return db.session.scalars(standing.limit(1)).first() is not None


def _select_with_mail_state(call: Call, state: MailState) -> Select[PersonalInvitation]:
    return (
        select(PersonalInvitation)
        .join(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
        .where(PersonalInvitation.call_id == call.id, OutboxMessage.state == state)
    )


def list_calls_with_drafts() -> list[Call]:
    wanted = select(PersonalInvitation.call_id).join(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
    drafts = wanted.where(OutboxMessage.state == MailState.DRAFT)
    return list(db.session.scalars(select(Call).where(Call.id.in_(drafts)).order_by(Call.id)))


def list_expired_drafts(call: Call) -> list[PersonalInvitation]:
    """Of a call that has closed, and those that waited until their links ran out."""
    drafts = _select_with_mail_state(call, MailState.DRAFT).order_by(PersonalInvitation.id)
    if calls.get_call_status(call) is not calls.CallStatus.CLOSED:
        run_out = select(AccessLink.subject_id).where(
            AccessLink.purpose == LinkPurpose.PERSONAL_INVITATION, AccessLink.expires_at <= clock.now()
        )
        drafts = drafts.where(PersonalInvitation.id.in_(run_out))
    return list(db.session.scalars(drafts))


def discard_expired_drafts(call: Call) -> None:
    for invitation in list_expired_drafts(call):
        if calls.get_call_status(call) is calls.CallStatus.CLOSED:
            withdraw(invitation)
        else:
            _discard_draft(invitation)


def _discard_draft(invitation: PersonalInvitation) -> None:
    for mail in db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == invitation.mail_id)):
        if mail.state is MailState.DRAFT and mail.batch_id:
            outbox.discard_drafts(mail.batch_id, {mail.recipient_id})


def _determine_state(invitation: PersonalInvitation, link: AccessLink, mail: MailState | None) -> str:
    if link.used_at is not None:
        return "taken up"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    if link.expires_at <= clock.now():
        return "run out"
    return "draft" if mail is MailState.DRAFT else "invited"


def _require_valid_address(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InvalidAddressListError(
            f"“{address}” is no email address. Enter them in the usual form, like name@example.org."
        ) from error
