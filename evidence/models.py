"""Rows of calls, participants, contributions, answers and consent. Rules about them are in the activity modules."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, ForeignKey, Index, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from core.database import Model, UuidModel, enum_column
from evidence.consent_terms import ConsentUse


class CallState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class Call(UuidModel):
    __tablename__ = "call"

    slug: Mapped[str] = mapped_column(Text, unique=True)  # in addresses
    title: Mapped[str] = mapped_column(Text)
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # the last day on which it is open
    closed_at: Mapped[datetime | None]  # closed early by a coordinator
    zone: Mapped[str] = mapped_column(Text)
    interview_minutes: Mapped[int]
    participation_modes: Mapped[list[Any]] = mapped_column("ways")  # values of Mode
    area_types: Mapped[list[Any]] = mapped_column("places")  # kinds of place to choose from
    glossary: Mapped[list[Any]] = mapped_column(default=list)  # names and terms to expect in recordings
    language: Mapped[str] = mapped_column(Text, default="")  # spoken in interviews, by Whisper's code; empty: detected
    state: Mapped[CallState] = mapped_column(enum_column(CallState), default=CallState.DRAFT)
    page: Mapped[dict[str, Any]] = mapped_column(default=dict)  # as published, see call_page.py
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the whole call as it will be published, as in a file
    archived_at: Mapped[datetime | None]  # no longer in lists
    created_at: Mapped[datetime]
    aims: Mapped[list["Aim"]] = relationship(order_by="Aim.position", cascade="all, delete-orphan")
    sites: Mapped[list["Site"]] = relationship(order_by="Site.position", cascade="all, delete-orphan")
    consent_terms: Mapped[list["ConsentTerm"]] = relationship(
        order_by="ConsentTerm.position", cascade="all, delete-orphan"
    )
    versions: Mapped[list["ScheduleVersion"]] = relationship(
        order_by="ScheduleVersion.number", cascade="all, delete-orphan"
    )


class Aim(UuidModel):
    __tablename__ = "aim"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)


class Site(UuidModel):
    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    target_low: Mapped[int]
    target_high: Mapped[int]
    closed_at: Mapped[datetime | None]  # no more interviews can be booked there


class ConsentTerm(UuidModel):
    __tablename__ = "consent_term"
    __table_args__ = (UniqueConstraint("call_id", "use"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    position: Mapped[int]
    use: Mapped[ConsentUse] = mapped_column(enum_column(ConsentUse))
    wording: Mapped[str] = mapped_column(Text)


class ScheduleVersion(UuidModel):
    """The questions as published. Never changed: changing the schedule makes a new version."""

    __tablename__ = "schedule_version"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]


class InterestedAddress(UuidModel):
    __tablename__ = "interested_address"
    __table_args__ = (UniqueConstraint("call_id", "email"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # by the link that was mailed; gets no updates before


class Participant(UuidModel):
    """Staff see the reference; the name is in a separate table."""

    __tablename__ = "participant"

    reference: Mapped[str] = mapped_column(Text, unique=True)  # for example P-7KQ4M
    created_at: Mapped[datetime]
    no_contact_since: Mapped[datetime | None]  # they asked for no further contact
    contact: Mapped["Contact | None"] = relationship(back_populates="participant", cascade="all, delete-orphan")


class Contact(Model):
    __tablename__ = "contact"

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(Text, default="", index=True)
    confirmed_at: Mapped[datetime | None]  # when the link that was mailed there was used
    new_email: Mapped[str] = mapped_column(Text, default="")  # not confirmed yet, so not used yet
    phone: Mapped[str] = mapped_column(Text, default="")
    postal_address: Mapped[str] = mapped_column(Text, default="")  # lines as on an envelope
    participant: Mapped[Participant] = relationship(back_populates="contact")


class Mode(StrEnum):
    WRITTEN = "written"
    INTERVIEW = "interview"


class RespondentType(StrEnum):
    ORGANISATION = "organisation"
    INDIVIDUAL = "individual"


class Finding(StrEnum):
    WORKS = "works"  # something that works
    DIFFICULTY = "difficulty"  # a difficulty that persists
    BOTH = "both"
    NOT_SURE = "not sure"


class ContributionState(StrEnum):
    DRAFT = "draft"  # only its contributor sees it
    WAITING = "waiting"  # sent, but the address has not been confirmed; only its contributor sees it
    SUBMITTED = "given"
    WITHDRAWN = "withdrawn"


IS_ACTIVE_WRITTEN = text("mode = 'written' AND state <> 'withdrawn'")


class Contribution(UuidModel):
    """Everything one contributor sent to one call, in one mode. At most one written contribution each."""

    __tablename__ = "contribution"
    __table_args__ = (
        Index("ix_contribution_call", "call_id", "state", "mode"),
        Index(
            "uq_contribution_written",
            "participant_id",
            "call_id",
            unique=True,
            sqlite_where=IS_ACTIVE_WRITTEN,
            postgresql_where=IS_ACTIVE_WRITTEN,
        ),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    schedule_version_id: Mapped[UUID] = mapped_column(ForeignKey("schedule_version.id"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id"), index=True)
    mode: Mapped[Mode] = mapped_column(enum_column(Mode))
    state: Mapped[ContributionState] = mapped_column(enum_column(ContributionState), default=ContributionState.DRAFT)
    respondent_type: Mapped[RespondentType | None] = mapped_column("given_as", enum_column(RespondentType))
    finding: Mapped[Finding | None] = mapped_column("shows", enum_column(Finding))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None] = mapped_column("given_at")
    reminded_at: Mapped[datetime | None]  # of a draft, before the call closes
    wants_reminder: Mapped[bool] = mapped_column(default=True)
    call: Mapped[Call] = relationship()
    participant: Mapped[Participant] = relationship()
    schedule_version: Mapped[ScheduleVersion] = relationship()
    area_types: Mapped[list["ContributionAreaType"]] = relationship(cascade="all, delete-orphan")
    aims: Mapped[list["ContributionAim"]] = relationship(cascade="all, delete-orphan")


class ContributionAreaType(Model):
    __tablename__ = "contribution_place"

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    area_type: Mapped[str] = mapped_column("place", Text, primary_key=True)


class ContributionAim(Model):
    __tablename__ = "contribution_aim"

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    aim_key: Mapped[str] = mapped_column(Text, primary_key=True)


class Answer(UuidModel):
    """`text` is the newest version's."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("contribution_id", "question_key"),
        Index("ix_answer_question_key", "question_key"),
    )

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    question_key: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)  # empty: answered, then deleted
    updated_at: Mapped[datetime]
    contribution: Mapped[Contribution] = relationship()
    versions: Mapped[list["AnswerVersion"]] = relationship(
        order_by="AnswerVersion.number", cascade="all, delete-orphan"
    )


class AnswerVersion(UuidModel):
    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("answer_id", "number"),)

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]  # the staff member who accepted it; None: the contributor


class WithdrawnAnswer(Model):
    """That somebody had an answer erased: only they can give it again."""

    __tablename__ = "withdrawn_answer"

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True)
    question_key: Mapped[str] = mapped_column(Text, primary_key=True)


class ConsentDecision(UuidModel):
    """One person's yes or no to one use, with the wording that was shown. Never changed: a new one is added."""

    __tablename__ = "consent_decision"
    __table_args__ = (UniqueConstraint("participant_id", "call_id", "use", "number"),)

    number: Mapped[int]  # 1, 2, 3... for one person, call and use; the highest counts
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    use: Mapped[ConsentUse] = mapped_column(enum_column(ConsentUse))
    is_allowed: Mapped[bool]
    wording: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]
    noted_by: Mapped[UUID | None]  # the staff member who noted it; None: the person decided online


IS_UNSETTLED = text("settled_at IS NULL")


class ConsentChange(UuidModel):
    """That somebody changed what they allow, until a coordinator has settled it. One row collects further changes.

    `changes`: for each use {"use", "is_allowed", "noted_by"}, the newest. `erase_on` stays until it is done or the
    person agrees again.
    """

    __tablename__ = "consent_change"
    __table_args__ = (
        Index(
            "uq_consent_change_unsettled",
            "participant_id",
            "call_id",
            unique=True,
            sqlite_where=IS_UNSETTLED,
            postgresql_where=IS_UNSETTLED,
        ),
        Index("ix_consent_change_erase_on", "erase_on"),
    )

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    changes: Mapped[list[Any]]
    hides_words: Mapped[bool] = mapped_column(default=False)  # sound and text
    erase_on: Mapped[date | None]  # the day by which they are erased, in the call's time zone
    erased_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]  # to coordinators
    handler_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))  # may open what is hidden
    handling_since: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    participant: Mapped[Participant] = relationship()
    call: Mapped[Call] = relationship()


class ConsentProposal(UuidModel):
    """A yes that staff noted over the person's own no. It counts once the person confirms it."""

    __tablename__ = "consent_proposal"
    __table_args__ = (Index("ix_consent_proposal_participant_id", "participant_id", "call_id"),)

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    uses: Mapped[list[Any]]  # values of ConsentUse
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    noted_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    participant: Mapped[Participant] = relationship()
    call: Mapped[Call] = relationship()


class FrozenRowError(RuntimeError): ...


@event.listens_for(ScheduleVersion, "before_update")
@event.listens_for(AnswerVersion, "before_update")
@event.listens_for(ConsentDecision, "before_update")
def _refuse_change(_mapper: Mapper[Any], _connection: Connection, row: UuidModel) -> None:
    raise FrozenRowError(f"A {row.__tablename__} is never changed: add a new one.")
