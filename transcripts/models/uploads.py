"""Rows of unfinished uploads and their parts."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel, enum_column
from evidence.models import Contribution


class UploadState(StrEnum):
    INCOMPLETE = "arriving"
    COMPLETE = "whole"  # every byte has arrived, in parts
    RECORDED = "taken in"  # it has become a recording
    REFUSED = "refused"  # with the reason; nothing of it is kept
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Upload(UuidModel):
    """A file that may take days to arrive. Its file name is not stored: it often contains a name."""

    __tablename__ = "upload"
    __table_args__ = (
        Index("ix_upload_contribution_id", "contribution_id"),
        Index("ix_upload_state", "state", "expires_at"),
    )

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"))
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    position: Mapped[int] = mapped_column("place")  # among the recordings of the interview, when the upload started
    fingerprint: Mapped[str] = mapped_column(Text, default="")  # by which the page recognises the file
    language: Mapped[str | None] = mapped_column(Text)  # copied to the recording, as the track group is
    track_group: Mapped[UUID | None]
    track_count: Mapped[int | None]
    modified_at: Mapped[datetime | None]  # the file's own time, which for a recording is when it ended
    length_bytes: Mapped[int] = mapped_column(BigInteger)
    offset_bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # the bytes of all parts that count
    state: Mapped[UploadState] = mapped_column(enum_column(UploadState), default=UploadState.INCOMPLETE)
    refusal: Mapped[str] = mapped_column(Text, default="")
    joined_path: Mapped[str | None] = mapped_column(Text)  # where the parts are being assembled
    recording_id: Mapped[UUID | None] = mapped_column(ForeignKey("recording.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # extended by each part; once closed: when the row is deleted
    contribution: Mapped[Contribution] = relationship()
    parts: Mapped[list["UploadPart"]] = relationship(order_by="UploadPart.start_byte")


IS_COMPLETE_PART = text("size_bytes IS NOT NULL")


class UploadPart(UuidModel):
    """A stored piece of an upload. The row exists before the first byte, so that no file is forgotten."""

    __tablename__ = "upload_part"
    __table_args__ = (
        Index("ix_upload_part_upload_id", "upload_id"),
        Index(
            "uq_upload_part_start",
            "upload_id",
            "start_byte",
            unique=True,
            sqlite_where=IS_COMPLETE_PART,
            postgresql_where=IS_COMPLETE_PART,
        ),
    )

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("upload.id"))
    start_byte: Mapped[int] = mapped_column(BigInteger)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)  # None: still arriving, or abandoned
    storage_path: Mapped[str] = mapped_column(Text, unique=True)
    begun_at: Mapped[datetime]
