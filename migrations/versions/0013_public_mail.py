"""Counts of emails that visitors cause, confirmed addresses, and a way off the updates."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_mail",
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "number", name=op.f("pk_counted_mail")),
    )
    op.create_index(op.f("ix_counted_mail_counted_at"), "counted_mail", ["counted_at"])
    op.create_table(
        "requested_mail",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_mail")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unsubscribe_url", sa.Text(), nullable=True))
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("new_email", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.alter_column("new_email", server_default=None)
    with op.batch_alter_table("interested_address", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    _keep_earlier_addresses()


def downgrade() -> None:
    op.execute("UPDATE contribution SET state = 'draft', given_at = NULL WHERE state = 'waiting'")
    op.execute("DELETE FROM link WHERE purpose IN ('new address', 'updates')")
    op.execute("DELETE FROM interested_address WHERE confirmed_at IS NULL")
    with op.batch_alter_table("interested_address", schema=None) as batch_op:
        batch_op.drop_column("confirmed_at")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_column("new_email")
        batch_op.drop_column("confirmed_at")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("unsubscribe_url")
    op.drop_table("requested_mail")
    op.drop_index(op.f("ix_counted_mail_counted_at"), table_name="counted_mail")
    op.drop_table("counted_mail")


def _keep_earlier_addresses() -> None:
    """Nothing that already counts as given may disappear, so addresses from before count as confirmed."""
    op.execute(
        "UPDATE contact SET confirmed_at = (SELECT created_at FROM participant WHERE participant.id ="
        " contact.participant_id) WHERE email <> ''"
    )
    op.execute("UPDATE interested_address SET confirmed_at = created_at")
