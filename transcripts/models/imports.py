"""Rows of transcripts made elsewhere, between choosing a file and confirming its import."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import UuidModel
from evidence.models import Contribution


class ImportDraft(UuidModel):
    """An uploaded file that awaits confirmation. The row exists before the first byte, and expires."""

    __tablename__ = "import_draft"
    __table_args__ = (Index("ix_import_draft_contribution_id", "contribution_id"),)

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id"))
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    storage_path: Mapped[str] = mapped_column(Text, unique=True)
    sha256: Mapped[str | None] = mapped_column(Text)  # None: still uploading, or refused
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    contribution: Mapped[Contribution] = relationship()
