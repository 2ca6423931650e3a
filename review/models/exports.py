"""Rows of exports that somebody asked for, and of whose words their files have."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model, UuidModel
from evidence.models import Call


class ExportRequest(UuidModel):
    """What somebody asked for, and its file once it is made. The row stays when the file is erased."""

    __tablename__ = "export_request"
    __table_args__ = (Index("ix_export_request_call_id", "call_id", "requested_at"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    options: Mapped[dict[str, Any]]  # review/exports/export_options.py
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"))
    requested_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    file_name: Mapped[str] = mapped_column(Text, default="")
    storage_path: Mapped[str | None] = mapped_column(Text, unique=True)  # None: not made yet, or erased
    size_bytes: Mapped[int | None]
    contribution_count: Mapped[int | None]
    erased_at: Mapped[datetime | None]
    erased_because: Mapped[str] = mapped_column(Text, default="")
    call: Mapped[Call] = relationship()


class ExportedContributionLink(Model):
    """That the file of an export has words of a contribution. No foreign key: the row outlives an erased one."""

    __tablename__ = "exported_contribution"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("export_request.id", ondelete="CASCADE"), primary_key=True)
    contribution_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
