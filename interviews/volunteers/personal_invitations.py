"""Single-use links for people invited by staff, who sign up and choose a time straight away. Callers commit.

The emails are drafts, which are sent when a coordinator releases them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
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
from evidence.calls import describe_sender
from evidence.email_changes import confirm_email
from evidence.models import Call, Site
from interviews.models import PersonalInvitation, Volunteer
from interviews.volunteers import needs, volunteers
from interviews.volunteers.volunteers import SignUpDetails

INVITATION_LIFETIME = timedelta(days=30)
MAX_ADDRESSES_PER_BATCH = 200
UNUSED_ADDRESS_RETENTION = timedelta(days=60)  # of people who never accepted


class InvalidAddressListError(RuleError): ...


@dataclass(frozen=True, slots=True)
class InviteSummary:
    drafted: int
    skipped: int  # already have an offer, or an invitation that still works


class InvitationState(StrEnum):
    DRAFT = "draft"
    INVITED = "invited"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class InvitationStatus:
    invitation: PersonalInvitation
    state: InvitationState


def parse_addresses(text: str) -> list[str]:
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    for address in parts:
        _require_valid_address(address)
    addresses = list(dict.fromkeys(normalise_email(address) for address in parts))
    if not addresses:
        raise InvalidAddressListError("Enter at least one email address.")
    if len(addresses) > MAX_ADDRESSES_PER_BATCH:
        raise InvalidAddressListError(
            f"You entered {len(addresses)} addresses. Enter {MAX_ADDRESSES_PER_BATCH} or fewer at a time."
        )
    return addresses


def invite(call: Call, addresses: Sequence[str], *, site: Site | None, by: UUID) -> InviteSummary:
    volunteers.require_interviews_open(call)
    lock_row(call)  # so that two lists with the same address, sent at once, see each other
    known = {address for address in addresses if _is_signed_up_or_invited(call, address)}
    batch = uuid4()
    for address in addresses:
        if address not in known:
            _draft_invitation(call, address, site=site, by=by, batch=batch)
    return InviteSummary(len(addresses) - len(known), len(known))


def release_drafts(call: Call) -> int:
    """Returns how many were sent. The lifetime of their links starts now."""
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
    query = (
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
        for invitation, link, mail in db.session.execute(query)
    ]


def erase_old_addresses() -> None:
    old = PersonalInvitation.created_at < clock.now() - UNUSED_ADDRESS_RETENTION
    db.session.execute(update(PersonalInvitation).where(old, PersonalInvitation.email != "").values(email=""))


def get_invitation_by_token(token: str) -> PersonalInvitation:
    """Does not use the link up. Raises LinkNotValidError."""
    return db.session.get_one(PersonalInvitation, get_valid_link(token, LinkPurpose.PERSONAL_INVITATION).subject_id)


def accept_invitation(token: str, details: SignUpDetails) -> Volunteer:
    """Uses the link up. Its holder can read email at the invited address, so the offer is for that address.

    Raises LinkNotValidError, InterviewsNotOfferedError, CallNotOpenError.
    """
    invitation = db.session.get_one(PersonalInvitation, consume_link(token, LinkPurpose.PERSONAL_INVITATION).subject_id)
    volunteers.require_interviews_open(invitation.call)
    volunteer = _get_or_create_volunteer(invitation, replace(details, email=invitation.email))
    confirm_email(volunteer.participant)
    volunteers.accept_invited_person(volunteer)
    invitation.volunteer_id, invitation.email = volunteer.id, ""
    db.session.flush()
    audit.record("invitation taken up", invitation)
    return volunteer


def _get_or_create_volunteer(invitation: PersonalInvitation, details: SignUpDetails) -> Volunteer:
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
        subject="We would like to invite you to an interview",
        sender=describe_sender(call),
        call=call,
        address=build_absolute_url("interviews.open_invitation", token=token),
        days=INVITATION_LIFETIME.days,
    )
    invitation.mail_id = outbox.draft_mail(mail, batch, is_secret=True).id
    audit.record("somebody invited", invitation)


def _is_signed_up_or_invited(call: Call, address: str) -> bool:
    if volunteers.find_volunteer_by_email(call, address) is not None:
        return True
    open_invitations = (
        select(PersonalInvitation.id)
        .join(
            AccessLink,
            (AccessLink.subject_id == PersonalInvitation.id) & (AccessLink.purpose == LinkPurpose.PERSONAL_INVITATION),
        )
        .where(PersonalInvitation.call_id == call.id, PersonalInvitation.email == address)
        .where(AccessLink.used_at.is_(None), AccessLink.revoked_at.is_(None), AccessLink.expires_at > clock.now())
    )
    return db.session.scalars(open_invitations.limit(1)).first() is not None


def _select_with_mail_state(call: Call, state: MailState) -> Select[PersonalInvitation]:
    return (
        select(PersonalInvitation)
        .join(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
        .where(PersonalInvitation.call_id == call.id, OutboxMessage.state == state)
    )


def list_calls_with_drafts() -> list[Call]:
    query = select(PersonalInvitation.call_id).join(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
    drafts = query.where(OutboxMessage.state == MailState.DRAFT)
    return list(db.session.scalars(select(Call).where(Call.id.in_(drafts)).order_by(Call.id)))


def list_expired_drafts(call: Call) -> list[PersonalInvitation]:
    drafts = _select_with_mail_state(call, MailState.DRAFT).order_by(PersonalInvitation.id)
    if calls.get_call_status(call) is not calls.CallStatus.CLOSED:
        expired = select(AccessLink.subject_id).where(
            AccessLink.purpose == LinkPurpose.PERSONAL_INVITATION, AccessLink.expires_at <= clock.now()
        )
        drafts = drafts.where(PersonalInvitation.id.in_(expired))
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


def _determine_state(invitation: PersonalInvitation, link: AccessLink, mail: MailState | None) -> InvitationState:
    if link.used_at is not None:
        return InvitationState.ACCEPTED
    if invitation.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    if link.expires_at <= clock.now():
        return InvitationState.EXPIRED
    return InvitationState.DRAFT if mail is MailState.DRAFT else InvitationState.INVITED


def _require_valid_address(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InvalidAddressListError(
            f"“{address}” is not an email address. Enter addresses in the format name@example.org."
        ) from error
