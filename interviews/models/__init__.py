"""All rows of this package, one module for each part of it."""

from interviews.models.availability import BusyFeed, BusyTime, InterviewerProfile, TimeOff, WeeklyPattern
from interviews.models.bookings import HOLDING, STANDING, Booking, BookingRules, BookingStatus
from interviews.models.calendars import Audience, CalendarReply, Invitation, ReceivedMail, ReplyState
from interviews.models.groups import WaitingPlace, WaitingState, WriteUp, WriteUpComment
from interviews.models.notices import MassMail, MassMailState, NoticeWording, Reminder, ReminderState, ReminderTime
from interviews.models.slots import Slot, SlotKind
from interviews.models.targets import AreaFifth, Aspect, EqualityCount, Target
from interviews.models.volunteers import (
    Gender,
    MessageToStaff,
    PersonalInvitation,
    RecentNomination,
    Volunteer,
    VolunteerState,
)

__all__ = [
    "HOLDING",
    "STANDING",
    "AreaFifth",
    "Aspect",
    "Audience",
    "Booking",
    "BookingRules",
    "BookingStatus",
    "BusyFeed",
    "BusyTime",
    "CalendarReply",
    "EqualityCount",
    "Gender",
    "InterviewerProfile",
    "Invitation",
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
    "TimeOff",
    "Volunteer",
    "VolunteerState",
    "WaitingPlace",
    "WaitingState",
    "WeeklyPattern",
    "WriteUp",
    "WriteUpComment",
]
