"""Corrections of the text and the speaker of segments."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment_correction",
        sa.Column("transcript_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "typed",
                "speaker",
                "replaced",
                "restored",
                "carried over",
                "undone",
                "redone",
                name="correctionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("speaker", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff_member.id"], name=op.f("fk_segment_correction_author_id_staff_member")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcript.id"],
            name=op.f("fk_segment_correction_transcript_id_transcript"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_correction")),
        sa.UniqueConstraint(
            "transcript_id", "segment", "number", name=op.f("uq_segment_correction_transcript_id_segment_number")
        ),
    )
    op.create_index("ix_segment_correction_step", "segment_correction", ["transcript_id", "step"])


def downgrade() -> None:
    op.drop_index("ix_segment_correction_step", table_name="segment_correction")
    op.drop_table("segment_correction")
