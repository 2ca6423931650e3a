"""Segments say that speech was not understood, and in which language they are."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_unclear", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("language", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("language_share", sa.Double(), nullable=True))
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.alter_column("is_unclear", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.drop_column("language_share")
        batch_op.drop_column("language")
        batch_op.drop_column("is_unclear")
