"""Where this package's tables have something of a participant's."""

from sqlalchemy import ColumnElement, Table, false

from core.personal_data import DataSubject, declare_impersonal, hold
from evidence.models import (
    Aim,
    Answer,
    AnswerVersion,
    Call,
    ConsentChange,
    ConsentDecision,
    ConsentProposal,
    ConsentTerm,
    Contact,
    Contribution,
    ContributionAim,
    ContributionAreaType,
    InterestedAddress,
    Participant,
    ScheduleVersion,
    Site,
    WithdrawnAnswer,
)


def match_interested(_table: Table, subject: DataSubject) -> ColumnElement[bool]:
    return InterestedAddress.email.in_(subject.addresses) if subject.is_whole else false()


hold("person", "Your reference", Participant)
hold("contact", "Your name, address and phone number", Contact)
hold(
    "answers", "Your answers and their earlier versions", Answer, AnswerVersion, WithdrawnAnswer, hides=("recorded_by",)
)
hold(
    "contributions",
    "What you gave, and what it is about",
    Contribution,
    ContributionAreaType,
    ContributionAim,
)
hold(
    "permissions",
    "Your permissions and their changes",
    ConsentDecision,
    ConsentChange,
    ConsentProposal,
    hides=("noted_by", "handler_id", "settled_by"),
)
hold("updates", "Your address for updates", InterestedAddress, matches=match_interested)
declare_impersonal("of a call for evidence, written by staff", Call, Aim, Site, ConsentTerm, ScheduleVersion)
