"""Rows of uploads, recordings, transcripts with their immutable segments, passages and coverage."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Identified, choice
from evidence.models import Answer, Contribution


class UploadState(StrEnum):
    ARRIVING = "arriving"
    WHOLE = "whole"  # every byte is here, in parts
    TAKEN_IN = "taken in"  # it is a recording now
    REFUSED = "refused"  # with the reason; nothing of it is kept
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Upload(Identified):
    """A file on its way, which may take days. The uploader's file name is not asked for: it often holds a name."""

    __tablename__ = "upload"
    __table_args__ = (
        Index("ix_upload_contribution_id", "contribution_id"),
        Index("ix_upload_state", "state", "expires_at"),
    )

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"))
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    place: Mapped[int]  # among the recordings of the interview, as it was when this began
    fingerprint: Mapped[str] = mapped_column(Text, default="")  # by which the page knows the file again
    length_bytes: Mapped[int] = mapped_column(BigInteger)
    offset_bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # the bytes of all parts that count
    state: Mapped[UploadState] = mapped_column(choice(UploadState), default=UploadState.ARRIVING)
    refusal: Mapped[str] = mapped_column(Text, default="")
    joined_path: Mapped[str | None] = mapped_column(Text)  # where the parts are being put together
    recording_id: Mapped[UUID | None] = mapped_column(ForeignKey("recording.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # moves on with each part; after the end: when the row goes
    contribution: Mapped[Contribution] = relationship()
    parts: Mapped[list["UploadPart"]] = relationship(order_by="UploadPart.start_byte")


PART_COUNTS = text("size_bytes IS NOT NULL")


class UploadPart(Identified):
    """A piece of an upload in the storage. The row is there before the first byte, so that no file is forgotten."""

    __tablename__ = "upload_part"
    __table_args__ = (
        Index("ix_upload_part_upload_id", "upload_id"),
        Index(
            "uq_upload_part_start",
            "upload_id",
            "start_byte",
            unique=True,
            sqlite_where=PART_COUNTS,
            postgresql_where=PART_COUNTS,
        ),
    )

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("upload.id"))
    start_byte: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)  # None: still arriving, or never counted
    storage_path: Mapped[str] = mapped_column(Text, unique=True)
    begun_at: Mapped[datetime]


class RecordingState(StrEnum):
    RECEIVED = "received"  # stored and hashed; nobody has listened yet
    SOUND = "sound"  # decodes from beginning to end
    REFUSED = "refused"  # kept, with the reason


class Recording(Identified):
    """One file of sound of one interview. The uploader's file name is not kept: it often holds a name."""

    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("contribution_id", "position"),
        UniqueConstraint("contribution_id", "sha256"),
    )

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"))
    position: Mapped[int]  # 1, 2... in the order of the conversation
    storage_path: Mapped[str] = mapped_column(Text, unique=True)
    media_type: Mapped[str] = mapped_column(Text)  # by what it holds, not by what it is called
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    duration_seconds: Mapped[float | None]
    channels: Mapped[int | None]
    state: Mapped[RecordingState] = mapped_column(choice(RecordingState), default=RecordingState.RECEIVED)
    refusal: Mapped[str] = mapped_column(Text, default="")
    model: Mapped[str | None] = mapped_column(Text)  # None: the one in the settings
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    uploaded_at: Mapped[datetime]
    contribution: Mapped[Contribution] = relationship()
    transcripts: Mapped[list["Transcript"]] = relationship(back_populates="recording", order_by="Transcript.number")


class Transcript(Identified):
    """A version of a recording's text. The machine's first one is never overwritten."""

    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("recording_id", "number"),)

    recording_id: Mapped[UUID] = mapped_column(ForeignKey("recording.id"))
    number: Mapped[int]
    language: Mapped[str] = mapped_column(Text)
    duration_seconds: Mapped[float]
    model: Mapped[str] = mapped_column(Text)
    model_sha256: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[dict[str, Any]]
    is_demonstration: Mapped[bool] = mapped_column(default=False)  # its model does not understand real voices
    seconds_taken: Mapped[float]
    created_at: Mapped[datetime]
    mapping_note: Mapped[str] = mapped_column(Text, default="")  # what the mapping could not use, in words
    mapped_at: Mapped[datetime | None]
    recording: Mapped[Recording] = relationship(back_populates="transcripts")
    segments: Mapped[list["Segment"]] = relationship(order_by="Segment.position", cascade="all, delete-orphan")
    passages: Mapped[list["Passage"]] = relationship(
        back_populates="transcript", order_by="Passage.start_seconds", cascade="all, delete-orphan"
    )
    coverage: Mapped[list["Coverage"]] = relationship(cascade="all, delete-orphan")


class Segment(Identified):
    """A sentence or two as the machine heard it. Never changed: corrections stand beside it."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("transcript_id", "position"),)

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    position: Mapped[int]  # from 0; the `id` of the transcript's JSON
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    speaker: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[list[Any]]  # as in the transcript's JSON
    avg_logprob: Mapped[float | None]
    no_speech_prob: Mapped[float | None]
    compression_ratio: Mapped[float | None]
    temperature: Mapped[float | None]


class PassageState(StrEnum):
    SUGGESTED = "suggested"  # by the machine; not an answer
    ACCEPTED = "accepted"  # by a person


class Passage(Identified):
    """A run of words that belongs to one question, or to none. Points to the answer it became part of."""

    __tablename__ = "passage"
    __table_args__ = (Index("ix_passage_answer_id", "answer_id"), Index("ix_passage_transcript_id", "transcript_id"))

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    question_key: Mapped[str | None] = mapped_column(Text)  # None: said outside the schedule
    suggested_key: Mapped[str | None] = mapped_column(Text)  # what the machine said, kept when a person differs
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    first_segment: Mapped[int]  # positions, both included
    last_segment: Mapped[int]
    first_word: Mapped[int | None]  # in the first and last segment; None: from its start, to its end
    last_word: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]  # 0..1, calibrated
    state: Mapped[PassageState] = mapped_column(choice(PassageState), default=PassageState.SUGGESTED)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id", ondelete="SET NULL"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    decided_at: Mapped[datetime | None]
    transcript: Mapped[Transcript] = relationship(back_populates="passages")
    answer: Mapped[Answer | None] = relationship()


class CoverageStatus(StrEnum):
    ANSWERED = "answered"
    ASKED = "asked"
    DECLINED = "declined"
    UNPROMPTED = "unprompted"
    NOT_ASKED = "not asked"


class Coverage(Identified):
    """What became of one question in one interview."""

    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("transcript_id", "question_key"),)

    transcript_id: Mapped[UUID] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    question_key: Mapped[str] = mapped_column(Text)
    status: Mapped[CoverageStatus] = mapped_column(choice(CoverageStatus))


class HeardWindow(Identified):
    """A window of a recording that was recognised before its transcript was whole; it goes when that is there."""

    __tablename__ = "heard_window"
    __table_args__ = (UniqueConstraint("recording_id", "way", "number"),)

    recording_id: Mapped[UUID] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"))
    way: Mapped[str] = mapped_column(Text)  # a hash of model, options and language: another way hears other words
    number: Mapped[int]
    count: Mapped[int]
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    language: Mapped[str] = mapped_column(Text)
    segments: Mapped[list[Any]]  # as in the transcript's JSON
