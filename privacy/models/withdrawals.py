"""Rows of withdrawals. They point to nobody by a foreign key, because they outlive what is erased."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import UuidModel, enum_column
from evidence.consent_rules import Withdrawal


class WithdrawalState(StrEnum):
    PROPOSED = "proposed"  # by a coordinator, until another one has looked at it
    DECLINED = "declined"  # by the other coordinator
    ACTIVE = "active"  # no contact or no use, until it is undone
    PLANNED = "planned"  # hidden now, erased later
    ERASING = "erasing"  # cannot be undone any more
    DONE = "done"
    UNDONE = "undone"


class WithdrawalRequest(UuidModel):
    """`participant_id` and `reason` are emptied once a whole person is erased; `traces` says where that was."""

    __tablename__ = "withdrawal_request"
    __table_args__ = (
        Index("ix_withdrawal_request_participant_id", "participant_id"),
        Index("ix_withdrawal_request_state", "state", "due_at"),
    )

    participant_id: Mapped[UUID | None]
    contribution_id: Mapped[UUID | None]  # None: everything of the person
    question_key: Mapped[str] = mapped_column(Text, default="")  # empty: the whole contribution
    grade: Mapped[Withdrawal] = mapped_column(enum_column(Withdrawal))
    state: Mapped[WithdrawalState] = mapped_column(enum_column(WithdrawalState))
    requested_at: Mapped[datetime]
    requested_by: Mapped[UUID | None]  # the coordinator; None: the person
    reason: Mapped[str] = mapped_column(Text, default="")  # of a coordinator
    confirmed_by: Mapped[UUID | None]
    due_at: Mapped[datetime | None]  # when it is erased
    done_at: Mapped[datetime | None]
    traces: Mapped[list[Any]] = mapped_column(default=list)  # {"key", "title", "found", "left"} for each holder

    @property
    def can_be_undone(self) -> bool:
        return self.state in {WithdrawalState.PROPOSED, WithdrawalState.ACTIVE, WithdrawalState.PLANNED}
