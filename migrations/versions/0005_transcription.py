"""Transcripts without a recording, who speaks, listening copies, markers, decisions that can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


WHERE_TRANSCRIPTS_BELONG = """
UPDATE transcript SET
  contribution_id = (SELECT contribution_id FROM recording WHERE recording.id = transcript.recording_id),
  position = (SELECT position FROM recording WHERE recording.id = transcript.recording_id)
"""
WITHOUT_RECORDING = "SELECT id FROM transcript WHERE recording_id IS NULL"


def without_defaults(table: str, *columns: str) -> None:
    """Rows that are there needed a value; new ones get theirs from the code."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.alter_column(column, server_default=None)


def upgrade() -> None:
    op.create_table(
        "measured_speed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_sha256", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("real_time_factor", sa.Double(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measured_speed")),
        sa.UniqueConstraint(
            "model_sha256", "engine", "device", name=op.f("uq_measured_speed_model_sha256_engine_device")
        ),
    )
    op.create_table(
        "import_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("storage_path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_import_draft_contribution_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["staff_member.id"], name=op.f("fk_import_draft_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
        sa.UniqueConstraint("storage_path", name=op.f("uq_import_draft_storage_path")),
    )
    with op.batch_alter_table("import_draft", schema=None) as batch_op:
        batch_op.create_index("ix_import_draft_contribution_id", ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_draft_expires_at"), ["expires_at"], unique=False)
    op.create_table(
        "marker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("began", "asked", "declined", "skipped", "note", name="markerkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("question_key", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("tapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_marker_contribution_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff_member.id"], name=op.f("fk_marker_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marker")),
    )
    with op.batch_alter_table("marker", schema=None) as batch_op:
        batch_op.create_index("ix_marker_contribution_id", ["contribution_id", "tapped_at"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff_member.id"], name=op.f("fk_decision_made_by")),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name=op.f("fk_decision_transcript_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_transcript_id", ["transcript_id", "number"], unique=False)

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("glossary", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rank", sa.Double(), nullable=False, server_default="0"))

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("track_group", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("track_count", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("listening_path", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("listening_media_type", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("listening_size_bytes", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("peaks", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "begin_known",
                sa.Enum("first marker", "upload", "hand", name="beginknown", native_enum=False, length=40),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_recording_track_group"), ["track_group"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_recording_listening_path"), ["listening_path"])

    with op.batch_alter_table("heard_window", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seconds_taken", sa.Double(), nullable=False, server_default="0"))

    without_defaults("heard_window", "seconds_taken")
    without_defaults("call", "glossary")
    without_defaults("job", "rank")
    without_defaults("recording", "is_urgent")
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_loop", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("is_silence", sa.Boolean(), nullable=False, server_default=sa.false()))

    without_defaults("segment", "is_loop", "is_silence")
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contribution_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "origin",
                sa.Enum("recognised", "imported", name="origin", native_enum=False, length=40),
                nullable=False,
                server_default="recognised",
            )
        )
        batch_op.add_column(sa.Column("source_path", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("source_format", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("source_sha256", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("imported_by", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "speakers_known",
                sa.Enum(
                    "not known",
                    "channels",
                    "guessed",
                    "imported",
                    "confirmed",
                    name="speakersknown",
                    native_enum=False,
                    length=40,
                ),
                nullable=False,
                server_default="not known",
            )
        )
        batch_op.add_column(sa.Column("roles", sa.JSON(), nullable=False, server_default="{}"))

    op.execute(WHERE_TRANSCRIPTS_BELONG)
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.alter_column("contribution_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.alter_column("position", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("origin", server_default=None)
        batch_op.alter_column("speakers_known", server_default=None)
        batch_op.alter_column("roles", server_default=None)
        batch_op.alter_column("recording_id", nullable=True)
        batch_op.create_unique_constraint(
            batch_op.f("uq_transcript_contribution_id_position_number"), ["contribution_id", "position", "number"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_transcript_source_path"), ["source_path"])
        batch_op.create_foreign_key(batch_op.f("fk_transcript_imported_by"), "staff_member", ["imported_by"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_transcript_contribution_id"), "contribution", ["contribution_id"], ["id"]
        )

    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("track_group", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("track_count", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ("coverage", "passage", "segment"):  # SQLite keeps no foreign keys while it changes tables
        op.execute(f"DELETE FROM {table} WHERE transcript_id IN ({WITHOUT_RECORDING})")  # noqa: S608 our own words
    op.execute(f"DELETE FROM transcript WHERE id IN ({WITHOUT_RECORDING})")  # noqa: S608 as above
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_column("modified_at")
        batch_op.drop_column("track_count")
        batch_op.drop_column("track_group")
        batch_op.drop_column("language")

    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_transcript_contribution_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_transcript_imported_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_transcript_source_path"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_transcript_contribution_id_position_number"), type_="unique")
        batch_op.alter_column("recording_id", nullable=False)
        batch_op.drop_column("roles")
        batch_op.drop_column("speakers_known")
        batch_op.drop_column("imported_by")
        batch_op.drop_column("source_sha256")
        batch_op.drop_column("source_format")
        batch_op.drop_column("source_path")
        batch_op.drop_column("origin")
        batch_op.drop_column("position")
        batch_op.drop_column("contribution_id")

    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.drop_column("is_silence")
        batch_op.drop_column("is_loop")

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_recording_listening_path"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_recording_track_group"))
        batch_op.drop_column("begin_known")
        batch_op.drop_column("began_at")
        batch_op.drop_column("peaks")
        batch_op.drop_column("listening_size_bytes")
        batch_op.drop_column("listening_media_type")
        batch_op.drop_column("listening_path")
        batch_op.drop_column("track_count")
        batch_op.drop_column("track_group")
        batch_op.drop_column("is_urgent")
        batch_op.drop_column("language")

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("rank")

    with op.batch_alter_table("heard_window", schema=None) as batch_op:
        batch_op.drop_column("seconds_taken")

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_column("glossary")

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_transcript_id")

    op.drop_table("decision")
    with op.batch_alter_table("marker", schema=None) as batch_op:
        batch_op.drop_index("ix_marker_contribution_id")

    op.drop_table("marker")
    with op.batch_alter_table("import_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_draft_expires_at"))
        batch_op.drop_index("ix_import_draft_contribution_id")

    op.drop_table("import_draft")
    op.drop_table("measured_speed")
