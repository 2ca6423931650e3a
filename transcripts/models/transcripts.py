"""Rows of transcripts with their immutable segments."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Text, UniqueConstraint, and_, exists, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from core.database import UuidModel, db, enum_column
from evidence.models import Contribution, ContributionState
from transcripts.kinds.closed_sets import SpeakerSource, TimePrecision
from transcripts.models.passages import Coverage, Passage, PassageState
from transcripts.models.recordings import Recording

SPEECH_SECONDS_OPTION = "speech_seconds"


class TranscriptOrigin(StrEnum):
    RECOGNISED = "recognised"  # by a model on the operator's machine
    IMPORTED = "imported"  # made elsewhere and imported as a file


class Transcript(UuidModel):
    """One version of the text of a part of an interview. The machine's first version is never overwritten."""

    __tablename__ = "transcript"
    __table_args__ = (
        UniqueConstraint("recording_id", "number"),
        UniqueConstraint("contribution_id", "position", "number"),
    )

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"))
    position: Mapped[int]  # among the parts of the interview; that of its recording where there is one
    recording_id: Mapped[UUID | None] = mapped_column(ForeignKey("recording.id"))  # None: imported without a recording
    number: Mapped[int]  # 1, 2... the newest version counts
    origin: Mapped[TranscriptOrigin] = mapped_column(enum_column(TranscriptOrigin), default=TranscriptOrigin.RECOGNISED)
    source_path: Mapped[str | None] = mapped_column(Text, unique=True)  # the imported file as it came
    source_format: Mapped[str | None] = mapped_column(Text)  # such as "vtt"
    source_sha256: Mapped[str | None] = mapped_column(Text)
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    speaker_source: Mapped[SpeakerSource] = mapped_column(
        "speakers_known", enum_column(SpeakerSource), default=SpeakerSource.UNKNOWN
    )
    roles: Mapped[dict[str, Any]] = mapped_column(default=dict)  # letter -> SpeakerRole; speakers/roles.py
    language: Mapped[str] = mapped_column(Text)
    duration_seconds: Mapped[float]
    model: Mapped[str] = mapped_column(Text)
    model_sha256: Mapped[str] = mapped_column(Text, default="")
    options: Mapped[dict[str, Any]]
    is_demonstration: Mapped[bool] = mapped_column(default=False)  # its model does not understand real voices
    seconds_taken: Mapped[float]
    created_at: Mapped[datetime]
    mapping_note: Mapped[str] = mapped_column(Text, default="")  # what the mapping could not use
    mapped_at: Mapped[datetime | None]
    contribution: Mapped[Contribution] = relationship()
    recording: Mapped[Recording | None] = relationship(back_populates="transcripts")
    segments: Mapped[list["Segment"]] = relationship(order_by="Segment.position", cascade="all, delete-orphan")
    passages: Mapped[list[Passage]] = relationship(
        back_populates="transcript", order_by="Passage.start_seconds", cascade="all, delete-orphan"
    )
    coverage: Mapped[list[Coverage]] = relationship(cascade="all, delete-orphan")

    @hybrid_property
    def is_newest(self) -> bool:
        return (
            db.session.scalar(select(Transcript.id).where(Transcript.id == self.id, Transcript.is_newest)) is not None
        )

    @is_newest.inplace.expression
    @classmethod
    def _is_newest_expression(cls) -> ColumnElement[bool]:
        later = aliased(Transcript)
        return ~exists().where(
            later.contribution_id == cls.contribution_id,
            later.position == cls.position,
            later.number > cls.number,
        )

    @property
    def times(self) -> TimePrecision:
        return TimePrecision(self.options.get("times", TimePrecision.EXACT))

    @property
    def speech_seconds(self) -> float | None:
        """For how long the machine heard somebody speak; None: not known."""
        seconds = self.options.get(SPEECH_SECONDS_OPTION)
        return float(seconds) if isinstance(seconds, int | float) else None

    @property
    def sound_seconds(self) -> float | None:
        """How long its sound is; None: there is none that its times belong to."""
        if not self.has_times:
            return None
        return self.recording.duration_seconds if self.recording else None

    @property
    def has_times(self) -> bool:
        return self.times is not TimePrecision.ESTIMATED

    @property
    def is_playable(self) -> bool:
        return self.recording_id is not None and self.has_times


class Segment(UuidModel):
    """A sentence or two as the machine recognised it. Never changed: corrections are separate rows."""

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
    is_loop: Mapped[bool] = mapped_column(default=False)  # repeats the same words
    is_silence: Mapped[bool] = mapped_column(default=False)  # words where no speech was found
    is_unclear: Mapped[bool] = mapped_column(default=False)  # speech that was not understood; the text only says so
    language: Mapped[str | None] = mapped_column(Text)  # None: that of the transcript, or not known
    language_share: Mapped[float | None]  # how sure the model was of it, 0..1; None: a person chose it


IS_REVIEWED = and_(  # on a Transcript joined with its Contribution
    Contribution.state == ContributionState.SUBMITTED,
    Transcript.passages.any(Passage.state == PassageState.ACCEPTED),
    ~Transcript.passages.any(Passage.is_open),
)
