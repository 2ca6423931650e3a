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
from accounts.links import make_link, revoke_links, use_up, valid_link
from accounts.models import Link, LinkPurpose
from core import clock, jobs, outbox
from core.addresses import address_of
from core.database import db
from core.errors import RuleError
from core.mail_pages import compose
from core.models import MailState, OutboxMessage
from evidence import calls, consent
from evidence.models import Call, Site
from evidence.words import normal_address
from interviews import volunteers
from interviews.holding import hold
from interviews.models import PersonalInvitation, Volunteer
from interviews.offering import needs
from interviews.volunteers import Offer

LIFETIME = timedelta(days=30)
MOST_AT_ONCE = 200
KEPT = timedelta(days=60)  # how long the address of somebody is kept who never took an invitation up


class AddressError(RuleError):
    """Something that was typed is no mail address, or there are too many."""


@dataclass(frozen=True, slots=True)
class Written:
    """`left_out`: how many have an offer, or an invitation that still works, already."""

    invited: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Standing:
    """An invitation and what became of it: draft, invited, taken up, withdrawn, run out."""

    invitation: PersonalInvitation
    state: str


def addresses_in(text: str) -> list[str]:
    """Addresses with commas, blanks or line breaks between them, each once. Raises AddressError."""
    typed = [part for part in re.split(r"[,;\s]+", text) if part]
    for address in typed:
        _require_address(address)
    found = list(dict.fromkeys(normal_address(address) for address in typed))
    if not found:
        raise AddressError("Enter at least one email address.")
    if len(found) > MOST_AT_ONCE:
        raise AddressError(f"These are {len(found)} addresses. Please enter at most {MOST_AT_ONCE} at once.")
    return found


def invite(call: Call, addresses: Sequence[str], *, site: Site | None, by: UUID) -> Written:
    """Write a draft for each, unless they have offered or been invited. Raises NotOfferedError, CallNotOpenError."""
    volunteers.require_interviews(call)
    hold(call)  # two lists with the same address, sent at the same moment, see each other
    known = {address for address in addresses if _is_known(call, address)}
    batch = uuid4()
    for address in addresses:
        if address not in known:
            _write(call, address, site=site, by=by, batch=batch)
    return Written(len(addresses) - len(known), len(known))


def release(call: Call) -> int:
    """Let all drafts of a call leave; how many there were. Their links work from now on as long as the mails say.

    Raises NotOfferedError, CallNotOpenError.
    """
    hold(call)
    volunteers.require_interviews(call)
    _discard_dead_drafts(call)
    drafts = _with_mail(call, MailState.DRAFT)
    ids = drafts.with_only_columns(PersonalInvitation.id)
    links = update(Link).where(Link.purpose == LinkPurpose.PERSONAL_INVITATION, Link.subject_id.in_(ids))
    db.session.execute(links.where(Link.revoked_at.is_(None)).values(expires_at=clock.now() + LIFETIME))
    batches = drafts.with_only_columns(OutboxMessage.batch_id).distinct()
    count = sum(outbox.release(batch) for batch in db.session.scalars(batches).all() if batch)
    audit.record("invitations released", call, count=count)
    return count


def withdraw(invitation: PersonalInvitation) -> None:
    """The link opens nothing from now on, and a mail that has not left never does."""
    hold(invitation)
    if invitation.volunteer_id is not None or invitation.withdrawn_at is not None:
        return
    invitation.withdrawn_at = clock.now()
    revoke_links(LinkPurpose.PERSONAL_INVITATION, invitation.id)
    _discard_draft(invitation)
    if invitation.mail_id:
        outbox.void([invitation.mail_id], "The invitation was withdrawn.")
    audit.record("invitation withdrawn", invitation)


def invitations(call: Call) -> list[Standing]:
    """Newest first."""
    wanted = (
        select(PersonalInvitation, Link, OutboxMessage.state)
        .join(Link, (Link.subject_id == PersonalInvitation.id) & (Link.purpose == LinkPurpose.PERSONAL_INVITATION))
        .outerjoin(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
        .where(PersonalInvitation.call_id == call.id)
        .order_by(PersonalInvitation.created_at.desc(), PersonalInvitation.email)
        .options(
            joinedload(PersonalInvitation.site),
            joinedload(PersonalInvitation.volunteer).joinedload(Volunteer.participant),
        )
    )
    return [
        Standing(invitation, _state(invitation, link, mail)) for invitation, link, mail in db.session.execute(wanted)
    ]


@jobs.at_each_sweep
def forget_old_addresses() -> None:
    """Of people who took nothing up, in drafts that lead nowhere too: nobody agreed that we keep them."""
    for call in _calls_with_drafts():
        if _dead_drafts(call):
            hold(call)
            _discard_dead_drafts(call)
            db.session.commit()
    old = PersonalInvitation.created_at < clock.now() - KEPT
    db.session.execute(update(PersonalInvitation).where(old, PersonalInvitation.email != "").values(email=""))
    db.session.commit()


def invitation_behind(token: str) -> PersonalInvitation:
    """Does not use the link up. Raises LinkNotValidError."""
    return db.session.get_one(PersonalInvitation, valid_link(token, LinkPurpose.PERSONAL_INVITATION).subject_id)


def take_up(token: str, offer: Offer) -> Volunteer:
    """Use the link up: whoever has it reads the mail of that address, and may book without waiting for a decision.

    The offer counts for the address that was invited, whatever else it says.
    Raises LinkNotValidError, NotOfferedError, CallNotOpenError.
    """
    invitation = db.session.get_one(PersonalInvitation, use_up(token, LinkPurpose.PERSONAL_INVITATION).subject_id)
    volunteers.require_interviews(invitation.call)
    volunteer = _volunteer(invitation, replace(offer, email=invitation.email))
    volunteers.welcome(volunteer)
    invitation.volunteer_id, invitation.email = volunteer.id, ""
    db.session.flush()
    audit.record("invitation taken up", invitation)
    return volunteer


def _volunteer(invitation: PersonalInvitation, offer: Offer) -> Volunteer:
    """Somebody new, or whoever offered and is reached at this address."""
    if invitation.site_id:
        offer = replace(offer, needs=replace(offer.needs, site_id=invitation.site_id))
    volunteer, is_new = volunteers.found_or_enrolled(invitation.call, offer)
    if is_new:
        audit.record("volunteer signed up", volunteer)
        return volunteer
    needs.change(volunteer, offer.needs)
    consent.record_decisions(volunteer.participant, invitation.call, offer.decisions, noted_by=None)
    return volunteer


def _write(call: Call, address: str, *, site: Site | None, by: UUID, batch: UUID) -> None:
    invitation = PersonalInvitation(
        call_id=call.id, site_id=site.id if site else None, email=address, created_by=by, created_at=clock.now()
    )
    db.session.add(invitation)
    db.session.flush()
    token = make_link(LinkPurpose.PERSONAL_INVITATION, invitation.id, expires_at=clock.now() + LIFETIME)
    mail = compose(
        "interviews/invited",
        recipient=address,
        subject="An invitation to talk with us",
        call=call,
        address=address_of("interviews.open_invitation", token=token),
        days=LIFETIME.days,
    )
    invitation.mail_id = outbox.draft_mail(mail, batch, is_secret=True).id
    audit.record("somebody invited", invitation)


def _is_known(call: Call, address: str) -> bool:
    """Whether somebody has offered from this address, or holds an invitation that still works."""
    if volunteers.volunteer_at(call, address) is not None:
        return True
    standing = (
        select(PersonalInvitation.id)
        .join(Link, (Link.subject_id == PersonalInvitation.id) & (Link.purpose == LinkPurpose.PERSONAL_INVITATION))
        .where(PersonalInvitation.call_id == call.id, PersonalInvitation.email == address)
        .where(Link.used_at.is_(None), Link.revoked_at.is_(None), Link.expires_at > clock.now())
    )
    return db.session.scalars(standing.limit(1)).first() is not None


def _with_mail(call: Call, state: MailState) -> Select[PersonalInvitation]:
    return (
        select(PersonalInvitation)
        .join(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
        .where(PersonalInvitation.call_id == call.id, OutboxMessage.state == state)
    )


def _calls_with_drafts() -> list[Call]:
    wanted = select(PersonalInvitation.call_id).join(OutboxMessage, OutboxMessage.id == PersonalInvitation.mail_id)
    drafts = wanted.where(OutboxMessage.state == MailState.DRAFT)
    return list(db.session.scalars(select(Call).where(Call.id.in_(drafts)).order_by(Call.id)))


def _dead_drafts(call: Call) -> list[PersonalInvitation]:
    """Of a call that has closed, and those that waited until their links ran out."""
    drafts = _with_mail(call, MailState.DRAFT).order_by(PersonalInvitation.id)
    if calls.standing(call) is not calls.Standing.CLOSED:
        run_out = select(Link.subject_id).where(
            Link.purpose == LinkPurpose.PERSONAL_INVITATION, Link.expires_at <= clock.now()
        )
        drafts = drafts.where(PersonalInvitation.id.in_(run_out))
    return list(db.session.scalars(drafts))


def _discard_dead_drafts(call: Call) -> None:
    for invitation in _dead_drafts(call):
        if calls.standing(call) is calls.Standing.CLOSED:
            withdraw(invitation)
        else:
            _discard_draft(invitation)


def _discard_draft(invitation: PersonalInvitation) -> None:
    for mail in db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == invitation.mail_id)):
        if mail.state is MailState.DRAFT and mail.batch_id:
            outbox.discard(mail.batch_id, {mail.recipient_id})


def _state(invitation: PersonalInvitation, link: Link, mail: MailState | None) -> str:
    if link.used_at is not None:
        return "taken up"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    if link.expires_at <= clock.now():
        return "run out"
    return "draft" if mail is MailState.DRAFT else "invited"


def _require_address(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise AddressError(
            f"“{address}” is no email address. Enter them in the usual form, like name@example.org."
        ) from error
