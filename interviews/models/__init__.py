"""All rows of this package, one module for each part."""

from interviews.models.availability import BusyFeed, BusyTime, InterviewerProfile, TimeOff, WeeklyPattern
from interviews.models.bookings import (
    OCCUPYING_STATUSES,
    UPCOMING_OR_COMPLETED_STATUSES,
    Booking,
    BookingPolicy,
    BookingStatus,
)
from interviews.models.group_sessions import WaitlistEntry, WaitlistState, WriteUp, WriteUpComment
from interviews.models.invitations import CalendarReply, Invitation, InviteeRole, ReceivedMail, ReplyState
from interviews.models.mailings import (
    MassMail,
    MassMailState,
    NoticeWording,
    Reminder,
    ReminderState,
    ReminderTime,
)
from interviews.models.slots import Slot, SlotKind
from interviews.models.targets import AreaDeprivation, EqualityCount, Target, TargetAspect
from interviews.models.volunteers import (
    Gender,
    MessageToStaff,
    PersonalInvitation,
    RecentNomination,
    Volunteer,
    VolunteerState,
)

__all__ = [
    "OCCUPYING_STATUSES",
    "UPCOMING_OR_COMPLETED_STATUSES",
    "AreaDeprivation",
    "Booking",
    "BookingPolicy",
    "BookingStatus",
    "BusyFeed",
    "BusyTime",
    "CalendarReply",
    "EqualityCount",
    "Gender",
    "InterviewerProfile",
    "Invitation",
    "InviteeRole",
    "MassMail",
    "MassMailState",
    "MessageToStaff",
    "NoticeWording",
    "PersonalInvitation",
    "ReceivedMail",
    "RecentNomination",
    "Reminder",
    "ReminderState",
    "ReminderTime",
    "ReplyState",
    "Slot",
    "SlotKind",
    "Target",
    "TargetAspect",
    "TimeOff",
    "Volunteer",
    "VolunteerState",
    "WaitlistEntry",
    "WaitlistState",
    "WeeklyPattern",
    "WriteUp",
    "WriteUpComment",
]
