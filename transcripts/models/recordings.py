"""Rows of recordings, of recognised windows before a transcript is complete, and of measured speeds."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Contribution

if TYPE_CHECKING:
    from transcripts.models.transcripts import Transcript


class RecordingState(StrEnum):
    RECEIVED = "received"  # stored and hashed, not checked yet
    PLAYABLE = "sound"  # decodes from start to end
    REFUSED = "refused"  # kept, with the reason


class StartSource(StrEnum):
    """How we know when a recording started, which positions the interviewer's markers in it."""

    FIRST_MARKER = "first marker"
    UPLOAD = "upload"  # from the file's own time or that of its arrival
    MANUAL = "hand"


class Recording(UuidModel):
    """One audio file of one interview. The original file name is not kept: it often contains a name.

    Files recorded at the same time, one for each speaker, share a track group; the one with the lowest position has
    the group's transcript.
    """

    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("contribution_id", "position"),
        UniqueConstraint("contribution_id", "sha256"),
    )

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"))
    position: Mapped[int]  # 1, 2... in the order of the conversation
    storage_path: Mapped[str] = mapped_column(Text, unique=True)
    media_type: Mapped[str] = mapped_column(Text)  # by its content, not by its name
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    duration_seconds: Mapped[float | None]
    channels: Mapped[int | None]
    state: Mapped[RecordingState] = mapped_column(enum_column(RecordingState), default=RecordingState.RECEIVED)
    refusal: Mapped[str] = mapped_column(Text, default="")
    notice: Mapped[str] = mapped_column(Text, default="")  # what of a playable recording is lost
    accepts_loss: Mapped[bool] = mapped_column(default=False)  # somebody decided to use what can be played
    model: Mapped[str | None] = mapped_column(Text)  # None: the one in the settings
    language: Mapped[str | None] = mapped_column(Text)  # such as "en"; None: detected
    is_urgent: Mapped[bool] = mapped_column(default=False)  # somebody moved it to the front of the queue
    track_group: Mapped[UUID | None] = mapped_column(index=True)
    track_count: Mapped[int | None]  # how many files the group has once all have arrived
    listening_path: Mapped[str | None] = mapped_column(Text, unique=True)  # a small copy for playing
    listening_media_type: Mapped[str | None] = mapped_column(Text)
    listening_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    peaks: Mapped[list[Any] | None]  # 0..100, evenly over the whole, for the drawn wave
    began_at: Mapped[datetime | None]  # the moment of second 0
    start_source: Mapped[StartSource | None] = mapped_column("begin_known", enum_column(StartSource))
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    uploaded_at: Mapped[datetime]
    contribution: Mapped[Contribution] = relationship()
    transcripts: Mapped[list["Transcript"]] = relationship(back_populates="recording", order_by="Transcript.number")


class RecognitionCheckpoint(UuidModel):
    """A recognised window of a recording, kept until its transcript is complete."""

    __tablename__ = "heard_window"
    __table_args__ = (UniqueConstraint("recording_id", "way", "number"),)

    recording_id: Mapped[UUID] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"))
    cache_key: Mapped[str] = mapped_column("way", Text)  # a hash of model, options, language and sound
    number: Mapped[int]
    count: Mapped[int]
    start_seconds: Mapped[float]
    end_seconds: Mapped[float]
    language: Mapped[str] = mapped_column(Text)
    segments: Mapped[list[Any]]  # as in the transcript's JSON
    seconds_taken: Mapped[float] = mapped_column(default=0.0)  # its share of the time of its batch


class MeasuredSpeed(UuidModel):
    __tablename__ = "measured_speed"
    __table_args__ = (UniqueConstraint("model_sha256", "engine", "device"),)

    model_sha256: Mapped[str] = mapped_column(Text)
    engine: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)  # with its threads, such as "cpu, 2 threads"
    real_time_factor: Mapped[float]  # seconds of work for a second of sound
    measured_at: Mapped[datetime]
