"""When somebody was reminded of what they began to write, and who does not want to be."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("wants_reminder", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.alter_column("wants_reminder", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_column("wants_reminder")
        batch_op.drop_column("reminded_at")
