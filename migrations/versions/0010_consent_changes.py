"""Changes of consent that coordinators settle, and proposals that the person confirms."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DAYS_UNTIL_ERASURE = 30
HIDING_USES = ("record", "transcribe")
DECISIONS = sa.table(
    "consent_decision",
    sa.column("participant_id", sa.Uuid()),
    sa.column("call_id", sa.Uuid()),
    sa.column("use", sa.Text()),
    sa.column("number", sa.Integer()),
    sa.column("is_allowed", sa.Boolean()),
    sa.column("decided_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    changes = op.create_table(
        "consent_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("hides_words", sa.Boolean(), nullable=False),
        sa.Column("erase_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("handling_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_consent_change_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_consent_change_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["handler_id"], ["staff_member.id"], name=op.f("fk_consent_change_handler_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["staff_member.id"], name=op.f("fk_consent_change_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_change")),
    )
    op.create_index(
        "uq_consent_change_unsettled",
        "consent_change",
        ["participant_id", "call_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index("ix_consent_change_erase_on", "consent_change", ["erase_on"])
    op.create_table(
        "consent_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_consent_proposal_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_consent_proposal_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["noted_by"], ["staff_member.id"], name=op.f("fk_consent_proposal_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_proposal")),
    )
    op.create_index("ix_consent_proposal_participant_id", "consent_proposal", ["participant_id", "call_id"])
    if changes is not None:
        _add_earlier_changes(changes)


def _add_earlier_changes(changes: sa.Table) -> None:
    """People who had withdrawn before: their words are hidden from now on, so somebody has to see to it."""
    connection = op.get_bind()
    newest: dict[tuple[Any, Any, str], Any] = {}
    has_agreed = set()
    for row in connection.execute(sa.select(DECISIONS).where(DECISIONS.c.use.in_(HIDING_USES)).order_by("number")):
        key = (row.participant_id, row.call_id, row.use)
        newest[key] = row
        if row.is_allowed:
            has_agreed.add(key)
    withdrawn = defaultdict(list)
    for key, row in newest.items():
        if not row.is_allowed and key in has_agreed:
            withdrawn[key[:2]].append(row)
    now = connection.scalar(sa.select(sa.func.current_date()))
    for (participant_id, call_id), rows in withdrawn.items():
        connection.execute(
            changes.insert().values(
                id=uuid4(),
                participant_id=participant_id,
                call_id=call_id,
                changes=[{"use": row.use, "is_allowed": False, "noted_by": None} for row in rows],
                hides_words=True,
                erase_on=_read_date(now) + timedelta(days=DAYS_UNTIL_ERASURE),
                changed_at=max(row.decided_at for row in rows),
            )
        )


def _read_date(value: Any) -> Any:
    """SQLite gives text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def downgrade() -> None:
    op.drop_table("consent_proposal")
    op.drop_table("consent_change")
