"""Recordings say what of them is lost, and whether they are used all the same."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("accepts_loss", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.alter_column("notice", existing_type=sa.Text(), server_default=None)
        batch_op.alter_column("accepts_loss", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_column("accepts_loss")
        batch_op.drop_column("notice")
