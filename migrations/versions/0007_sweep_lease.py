"""One quick worker at a time runs the periodic tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweep_lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sweep_lease")),
    )


def downgrade() -> None:
    op.drop_table("sweep_lease")
