"""Offers, bookings, messages and invitations of a participant: how each is found."""

from sqlalchemy import ColumnElement, Table, and_, exists, false, or_, select

from core.personal_data import DataSubject, declare_impersonal, hold, match_by_keys
from interviews.models import (
    AreaDeprivation,
    Booking,
    BookingPolicy,
    BookingStatus,
    BusyFeed,
    BusyTime,
    CalendarReply,
    EqualityCount,
    InterviewerProfile,
    Invitation,
    MassMail,
    MessageToStaff,
    NoticeWording,
    PersonalInvitation,
    ReceivedMail,
    RecentNomination,
    Reminder,
    ReminderTime,
    Slot,
    Target,
    TimeOff,
    Volunteer,
    WaitlistEntry,
    WeeklyPattern,
    WriteUp,
    WriteUpComment,
)


def match_invitations(table: Table, subject: DataSubject) -> ColumnElement[bool]:
    """Those that were used, and those that wait under the person's address."""
    waiting = PersonalInvitation.email.in_(subject.addresses) if subject.is_whole else false()
    return or_(match_by_keys(table, subject), waiting)


def match_write_ups(_table: Table, subject: DataSubject) -> ColumnElement[bool]:
    """Only of sessions without anyone else: other summaries are about everybody who took part."""
    is_own = match_by_keys(Booking.__table__, subject)  # type: ignore[arg-type]
    seats = Booking.__table__.alias()
    is_active = seats.c.status != BookingStatus.CANCELLED
    is_shared = exists().where(
        seats.c.slot_id == WriteUp.slot_id,
        is_active,
        ~match_by_keys(seats, subject),  # type: ignore[arg-type]
    )
    return and_(WriteUp.slot_id.in_(select(Booking.slot_id).where(is_own)), ~is_shared)


hold("offers", "Your offer to be interviewed, and what you need", Volunteer, hides=("address_mark",))
hold(
    "bookings",
    "Your interviews, seats, calendar invitations and reminders",
    Booking,
    WaitlistEntry,
    Invitation,
    Reminder,
    hides=("attendee", "seat", "uid", "mail_id", "booked_by", "settled_by", "number"),
)
hold(
    "messages",
    "Your messages, replies and comments",
    MessageToStaff,
    CalendarReply,
    WriteUpComment,
    hides=("read_by",),
)
hold("summaries", "Summaries of sessions with you alone", WriteUp, matches=match_write_ups)
hold("invitations", "Personal invitations to you", PersonalInvitation, matches=match_invitations, hides=("mail_id",))
declare_impersonal("of staff", InterviewerProfile, WeeklyPattern, TimeOff, BusyFeed, BusyTime, Slot)
declare_impersonal("of a call, written by staff", BookingPolicy, ReminderTime, NoticeWording, MassMail, Target)
declare_impersonal("counts that no person can be found in", EqualityCount)
declare_impersonal("public figures", AreaDeprivation)
declare_impersonal("hashes, deleted after 30 days", RecentNomination, ReceivedMail)
