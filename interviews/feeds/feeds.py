"""Private calendar feeds: your own interviews, or all of them for coordinators.

Anyone who has the address can read the feed, so only its hash is stored, it can be revoked, and it names nobody who
takes part. A feed also ends when its owner leaves or loses the role. Callers commit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from accounts import audit
from accounts.links import (
    LinkNotValidError,
    create_link,
    find_longest_valid_link,
    get_valid_link,
    revoke_links,
)
from accounts.models import LinkPurpose, StaffMember
from accounts.roles import Permission, get_permissions
from core import clock
from core.database import db
from core.settings import current_settings
from core.urls import build_absolute_url
from interviews.feeds.feed_writer import PublishedEvent, write_feed
from interviews.models import Booking, BookingStatus, Invitation, Slot, Volunteer
from interviews.wordings.slot_descriptions import format_location

FEED_LIFETIME = timedelta(days=3650)  # until it is revoked: a calendar that silently stops misleads
SHOWN_PAST = timedelta(days=90)
SHOWN_STATUSES = (BookingStatus.BOOKED, BookingStatus.COMPLETED, BookingStatus.NO_SHOW)
REQUIRED_PERMISSIONS = {
    LinkPurpose.OWN_FEED: Permission.SEE_OWN_INTERVIEWS,
    LinkPurpose.WHOLE_FEED: Permission.MANAGE_VOLUNTEERS,
}
FEED_NAMES = {
    LinkPurpose.OWN_FEED: "My interviews (Listening Post)",
    LinkPurpose.WHOLE_FEED: "All interviews (Listening Post)",
}


@dataclass(frozen=True, slots=True)
class PrivateFeed:
    purpose: LinkPurpose
    created_at: datetime | None  # None: there is none at the moment


def list_feeds(person_id: UUID, permissions: frozenset[Permission]) -> list[PrivateFeed]:
    purposes = [purpose for purpose, permission in REQUIRED_PERMISSIONS.items() if permission in permissions]
    links = {purpose: find_longest_valid_link(purpose, person_id) for purpose in purposes}
    return [PrivateFeed(purpose, link.created_at if link else None) for purpose, link in links.items()]


def create_feed(member: StaffMember, purpose: LinkPurpose) -> str:
    """The new address, which is not stored: show it now. The previous one no longer works."""
    revoke_links(purpose, member.id)
    token = create_link(purpose, member.id, expires_at=clock.now() + FEED_LIFETIME)
    audit.record("feed made", member, purpose=purpose.value)
    return build_absolute_url("interviews.download_feed", token=token)


def revoke_feed(member: StaffMember, purpose: LinkPurpose) -> None:
    revoke_links(purpose, member.id)
    audit.record("feed taken back", member, purpose=purpose.value)


def build_feed(token: str) -> bytes:
    """Raises LinkNotValidError."""
    member, purpose = _find_owner(token)
    is_whole = purpose is LinkPurpose.WHOLE_FEED
    interviewer_id = None if is_whole else member.id
    events = [*_iterate_interview_events(interviewer_id), *_iterate_session_events(interviewer_id)]
    in_order = sorted(events, key=lambda event: (event.starts_at, event.uid))
    return write_feed(FEED_NAMES[purpose], in_order, organizer=current_settings().mail_from)


def _find_owner(token: str) -> tuple[StaffMember, LinkPurpose]:
    for purpose, permission in REQUIRED_PERMISSIONS.items():
        try:
            link = get_valid_link(token, purpose)
        except LinkNotValidError:
            continue
        member = db.session.get(StaffMember, link.subject_id)
        roles = frozenset(row.role for row in member.roles) if member else frozenset()
        if member is not None and member.is_active and permission in get_permissions(roles):
            return member, purpose
    raise LinkNotValidError("This calendar does not exist.")


def _iterate_interview_events(interviewer_id: UUID | None) -> Iterator[PublishedEvent]:
    query = (
        select(Booking)
        .join(Booking.slot)
        .where(Booking.status.in_(SHOWN_STATUSES), ~Slot.is_group, Slot.ends_at > clock.now() - SHOWN_PAST)
        .options(
            joinedload(Booking.slot).joinedload(Slot.interviewer),
            joinedload(Booking.volunteer).joinedload(Volunteer.participant),
            joinedload(Booking.invitations),
        )
    )
    if interviewer_id is not None:
        query = query.where(Slot.interviewer_id == interviewer_id)
    for booking in db.session.scalars(query).unique():
        summary = f"Interview with {booking.volunteer.participant.reference}"
        yield PublishedEvent(
            uid=_build_uid(booking.id),
            sequence=max((one.sequence for one in booking.invitations), default=0),
            changed_at=booking.slot_chosen_at,
            starts_at=booking.slot.starts_at,
            ends_at=booking.slot.ends_at,
            summary=summary if interviewer_id else f"{summary} ({booking.slot.interviewer.name})",
            location=format_location(booking.slot),
            address=build_absolute_url("interviews.show_interview", booking_id=booking.id),
        )


def _iterate_session_events(interviewer_id: UUID | None) -> Iterator[PublishedEvent]:
    query = (
        select(Slot)
        .where(Slot.is_group, Slot.withdrawn_at.is_(None), Slot.ends_at > clock.now() - SHOWN_PAST)
        .options(joinedload(Slot.interviewer))
    )
    if interviewer_id is not None:
        query = query.where(Slot.interviewer_id == interviewer_id)
    slots = db.session.scalars(query).all()
    changes = _count_changes([slot.id for slot in slots])
    for slot in slots:
        summary = slot.title or "Group session"
        yield PublishedEvent(
            uid=_build_uid(slot.id),
            sequence=changes.get(slot.id, 0),
            changed_at=slot.created_at,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            summary=summary if interviewer_id else f"{summary} ({slot.interviewer.name})",
            location=format_location(slot),
            address=build_absolute_url("interviews.show_session", slot_id=slot.id),
        )


def _count_changes(slot_ids: Sequence[UUID]) -> dict[UUID, int]:
    query = select(Invitation.slot_id, func.max(Invitation.sequence)).where(Invitation.slot_id.in_(slot_ids))
    rows = db.session.execute(query.group_by(Invitation.slot_id))
    return {slot_id: number for slot_id, number in rows if slot_id is not None}


def _build_uid(row_id: UUID) -> str:
    """Not the UID of the invitation: someone who also accepts that has two calendars, not one event twice."""
    return f"{row_id}.feed@{current_settings().mail_host}"
