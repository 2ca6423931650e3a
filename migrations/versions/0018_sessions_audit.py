"""Withdrawals, copies, corrections; sessions and second factors; who opened what, and seals over the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
        sa.UniqueConstraint(
            "actor_id", "action", "subject_id", "hour", name=op.f("uq_access_record_actor_id_action_subject_id_hour")
        ),
    )
    with op.batch_alter_table("access_record", schema=None) as batch_op:
        batch_op.create_index("ix_access_record_hour", ["hour"], unique=False)
        batch_op.create_index("ix_access_record_subject_id", ["subject_id"], unique=False)

    op.create_table(
        "audit_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "withdrawal_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("contribution_id", sa.Uuid(), nullable=True),
        sa.Column("question_key", sa.Text(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "none", "no further contact", "no further use", "erase", name="withdrawal", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "declined",
                "active",
                "planned",
                "erasing",
                "done",
                "undone",
                name="withdrawalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("traces", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_request")),
    )
    with op.batch_alter_table("withdrawal_request", schema=None) as batch_op:
        batch_op.create_index("ix_withdrawal_request_participant_id", ["participant_id"], unique=False)
        batch_op.create_index("ix_withdrawal_request_state", ["state", "due_at"], unique=False)

    op.create_table(
        "personal_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state", sa.Enum("preparing", "ready", name="copystate", native_enum=False, length=40), nullable=False
        ),
        sa.Column("storage_path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_personal_copy_participant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_copy")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_personal_copy_participant_id")),
        sa.UniqueConstraint("storage_path", name=op.f("uq_personal_copy_storage_path")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_member_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_member.id"], name=op.f("fk_recovery_code_staff_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_staff_member_id"), ["staff_member_id"], unique=False)

    op.create_table(
        "second_factor",
        sa.Column("staff_member_id", sa.Uuid(), nullable=False),
        sa.Column("encrypted_secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_member.id"], name=op.f("fk_second_factor_staff_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_member_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("staff_member_id", sa.Uuid(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_member_id"], ["staff_member.id"], name=op.f("fk_staff_session_staff_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_member_id"), ["staff_member_id"], unique=False)

    op.create_table(
        "correction_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=True),
        sa.Column("question_key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_correction_request_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_correction_request_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["staff_member.id"], name=op.f("fk_correction_request_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
    )
    with op.batch_alter_table("correction_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_request_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_correction_request_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "withdrawn_answer",
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_withdrawn_answer_contribution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contribution_id", "question_key", name=op.f("pk_withdrawn_answer")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seal_number", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_audit_entry_seal_number"), ["seal_number"], unique=False)

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_own_words", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.alter_column("has_own_words", server_default=None)
    op.execute("UPDATE outbox_message SET has_own_words = is_secret WHERE subject = 'A copy of your answers'")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("no_contact_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM link WHERE purpose = 'receipt'")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("has_own_words")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_column("no_contact_since")

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_seal_number"))
        batch_op.drop_column("seal_number")

    op.drop_table("withdrawn_answer")
    with op.batch_alter_table("correction_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_request_participant_id"))
        batch_op.drop_index(batch_op.f("ix_correction_request_contribution_id"))

    op.drop_table("correction_request")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_member_id"))

    op.drop_table("staff_session")
    op.drop_table("second_factor")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_staff_member_id"))

    op.drop_table("recovery_code")
    op.drop_table("personal_copy")
    with op.batch_alter_table("withdrawal_request", schema=None) as batch_op:
        batch_op.drop_index("ix_withdrawal_request_state")
        batch_op.drop_index("ix_withdrawal_request_participant_id")

    op.drop_table("withdrawal_request")
    op.drop_table("audit_seal")
    with op.batch_alter_table("access_record", schema=None) as batch_op:
        batch_op.drop_index("ix_access_record_subject_id")
        batch_op.drop_index("ix_access_record_hour")

    op.drop_table("access_record")
