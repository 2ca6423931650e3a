"""What staff should look at: proposed times, people who declined, emails that did not arrive."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from core import clock
from core.database import db
from interviews.ical.partstat import PartStat
from interviews.inbox.proposals import is_open_proposal
from interviews.models import (
    Booking,
    BookingStatus,
    CalendarReply,
    Invitation,
    InviteeRole,
    ReplyState,
    Slot,
    Volunteer,
)

MAX_ROWS = 200  # in each list of the page


@dataclass(frozen=True, slots=True)
class AttentionItems:
    proposals: list[CalendarReply]
    declined: list[Invitation]
    undelivered: list[Invitation]

    @property
    def is_empty(self) -> bool:
        return not (self.proposals or self.declined or self.undelivered)


@dataclass(frozen=True, slots=True)
class InvitationReplies:
    invitation: Invitation
    replies: list[CalendarReply]

    @property
    def is_for_volunteer(self) -> bool:
        return self.invitation.invitee_role is InviteeRole.VOLUNTEER


def list_attention_items(interviewer_id: UUID | None) -> AttentionItems:
    return AttentionItems(
        proposals=_list_open_proposals(interviewer_id),
        declined=_list_invitations(interviewer_id, Invitation.partstat == PartStat.DECLINED),
        undelivered=_list_invitations(interviewer_id, Invitation.delivery_failure != ""),
    )


def select_attention_count() -> Select[int]:
    has_proposal = select(CalendarReply.invitation_id).where(CalendarReply.state == ReplyState.PROPOSED)
    needs_attention = or_(
        Invitation.partstat == PartStat.DECLINED, Invitation.delivery_failure != "", Invitation.id.in_(has_proposal)
    )
    return (
        select(func.count())
        .select_from(Invitation)
        .outerjoin(Booking, Booking.id == Invitation.booking_id)
        .join(Slot, Slot.id == func.coalesce(Booking.slot_id, Invitation.slot_id))
        .where(needs_attention, *_build_upcoming_conditions(None))
    )


def list_invitation_replies(booking: Booking) -> list[InvitationReplies]:
    query = select(Invitation).where(Invitation.booking_id == booking.id).order_by(Invitation.invitee_role.desc())
    is_over = booking.status is BookingStatus.CANCELLED
    invitations = [one for one in db.session.scalars(query) if is_over or not one.is_cancelled]
    replies = select(CalendarReply).where(CalendarReply.invitation_id.in_([one.id for one in invitations]))
    newest = list(db.session.scalars(replies.order_by(CalendarReply.received_at.desc(), CalendarReply.id)))
    return [InvitationReplies(one, [reply for reply in newest if reply.invitation_id == one.id]) for one in invitations]


def _list_open_proposals(interviewer_id: UUID | None) -> list[CalendarReply]:
    query = (
        select(CalendarReply)
        .join(CalendarReply.invitation)
        .join(Invitation.booking)
        .join(Booking.slot)
        .where(CalendarReply.state == ReplyState.PROPOSED, *_build_upcoming_conditions(interviewer_id))
        .order_by(Slot.starts_at, CalendarReply.received_at)
        .limit(MAX_ROWS)
    )
    booking = contains_eager(CalendarReply.invitation).contains_eager(Invitation.booking)
    slot = booking.contains_eager(Booking.slot)
    people = booking.joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    rows = db.session.scalars(query.options(slot.joinedload(Slot.call), slot.joinedload(Slot.interviewer), people))
    return [reply for reply in rows if is_open_proposal(reply)]


def _list_invitations(interviewer_id: UUID | None, condition: ColumnElement[bool]) -> list[Invitation]:
    slot_id = func.coalesce(Booking.slot_id, Invitation.slot_id)
    query = (
        select(Invitation)
        .outerjoin(Invitation.booking)
        .join(Slot, Slot.id == slot_id)
        .where(condition, *_build_upcoming_conditions(interviewer_id))
        .order_by(Slot.starts_at)
        .limit(MAX_ROWS)
    )
    booking = contains_eager(Invitation.booking)
    people = booking.joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    slots = (booking.joinedload(Booking.slot), joinedload(Invitation.slot))
    loaded = [slot.joinedload(of) for slot in slots for of in (Slot.call, Slot.interviewer)]
    return list(db.session.scalars(query.options(people, *loaded)))


def _build_upcoming_conditions(interviewer_id: UUID | None) -> list[ColumnElement[bool]]:
    is_booked = or_(Booking.status == BookingStatus.BOOKED, Booking.id.is_(None))
    own = [Slot.interviewer_id == interviewer_id] if interviewer_id else []
    return [Invitation.is_cancelled.is_(False), is_booked, Slot.starts_at > clock.now(), *own]
