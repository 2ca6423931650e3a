"""Columns and tables named as the code names them; two columns get the type that the code gives them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REWORDED_OUTCOMES = {
    "one of our mails did not arrive": "one of our emails did not arrive",
    "one of our mails is delayed": "one of our emails is delayed",
    "an answer that did not come from whoever was invited": "an answer that did not come from the person invited",
}
RENAMED_JOB_COLUMNS = {"rank": "priority", "wanted_again": "rerun_requested"}


def create_worker_table(name: str, time_column: str) -> None:
    """Not renamed but made again, because its rows are rewritten every 30 seconds."""
    op.create_table(
        name,
        sa.Column("queue", sa.String(length=40), nullable=False),
        sa.Column(time_column, sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("queue", name=op.f(f"pk_{name}")),
    )


def change_types(
    table: str, columns: tuple[str, ...], *, old: sa.types.TypeEngine[Any], new: sa.types.TypeEngine[Any]
) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.alter_column(column, existing_type=old, type_=new, existing_nullable=False)


def reword_outcomes(wordings: dict[str, str]) -> None:
    mails = sa.table("received_mail", sa.column("outcome", sa.Text))
    for old, new in wordings.items():
        op.execute(mails.update().where(mails.c.outcome == old).values(outcome=new))


def upgrade() -> None:
    for old, new in RENAMED_JOB_COLUMNS.items():
        op.execute(f"ALTER TABLE job RENAME COLUMN {old} TO {new}")
    op.drop_table("worker_pulse")
    create_worker_table("worker_heartbeat", "last_seen_at")
    change_types("audit_entry", ("actor_kind",), old=sa.Text(), new=sa.String(length=40))
    change_types("heard_window", ("start_seconds", "end_seconds"), old=sa.Float(), new=sa.Double())
    reword_outcomes(REWORDED_OUTCOMES)


def downgrade() -> None:
    reword_outcomes({new: old for old, new in REWORDED_OUTCOMES.items()})
    change_types("heard_window", ("start_seconds", "end_seconds"), old=sa.Double(), new=sa.Float())
    change_types("audit_entry", ("actor_kind",), old=sa.String(length=40), new=sa.Text())
    op.drop_table("worker_heartbeat")
    create_worker_table("worker_pulse", "beat_at")
    for old, new in RENAMED_JOB_COLUMNS.items():
        op.execute(f"ALTER TABLE job RENAME COLUMN {new} TO {old}")
