"""Themes with their history, the words that they were given to, memos, rounds of double coding, and quotes."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coding_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreement", sa.JSON(), nullable=False),
        sa.Column("calculated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_coding_round_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["staff_member.id"], name=op.f("fk_coding_round_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_round")),
    )
    op.create_index(op.f("ix_coding_round_call_id"), "coding_round", ["call_id"], unique=False)
    op.create_table(
        "theme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("when_to_use", sa.Text(), nullable=False),
        sa.Column("when_not_to_use", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column(
            "colour",
            sa.Enum(
                "teal",
                "blue",
                "purple",
                "pink",
                "orange",
                "yellow",
                "green",
                "grey",
                name="themecolour",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "pattern",
            sa.Enum("solid", "stripes", "dots", "dashes", name="themepattern", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_theme_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], ["staff_member.id"], name=op.f("fk_theme_created_by")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["theme.id"], name=op.f("fk_theme_merged_into_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["theme.id"], name=op.f("fk_theme_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
    )
    op.create_index(op.f("ix_theme_parent_id"), "theme", ["parent_id"], unique=False)
    op.create_index(
        "uq_theme_name",
        "theme",
        ["call_id", "name_key"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "theme_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "created",
                "edited",
                "moved",
                "merged",
                "split",
                "retired",
                "brought back",
                "imported",
                name="themeaction",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff_member.id"], name=op.f("fk_theme_change_made_by")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_change_theme_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_change")),
    )
    op.create_index("ix_theme_change_theme_id", "theme_change", ["theme_id", "number"], unique=True)
    op.create_table(
        "coding_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("coder_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("is_skipped", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coder_id"], ["staff_member.id"], name=op.f("fk_coding_task_coder_id")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_coding_task_contribution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["coding_round.id"], name=op.f("fk_coding_task_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_task")),
        sa.UniqueConstraint(
            "round_id", "coder_id", "contribution_id", name=op.f("uq_coding_task_round_id_coder_id_contribution_id")
        ),
    )
    op.create_index(op.f("ix_coding_task_coder_id"), "coding_task", ["coder_id"], unique=False)
    op.create_index(op.f("ix_coding_task_contribution_id"), "coding_task", ["contribution_id"], unique=False)
    op.create_table(
        "quote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "candidate",
                "chosen",
                "sent to the participant",
                "approved",
                "changed",
                "refused",
                "used",
                name="quotestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "attribution",
            sa.Enum("without name", "with name", name="attribution", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("intended_use", sa.Text(), nullable=False),
        sa.Column("used_in", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_quote_contribution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["staff_member.id"], name=op.f("fk_quote_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("contribution_id", "number", name=op.f("uq_quote_contribution_id_number")),
    )
    op.create_index(op.f("ix_quote_state"), "quote", ["state"], unique=False)
    op.create_table(
        "quote_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "candidate",
                "chosen",
                "sent to the participant",
                "approved",
                "changed",
                "refused",
                "used",
                name="quotestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff_member.id"], name=op.f("fk_quote_change_made_by")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_change_quote_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_change")),
        sa.UniqueConstraint("quote_id", "number", name=op.f("uq_quote_change_quote_id_number")),
    )
    op.create_table(
        "coded_span",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("coded_by", sa.Uuid(), nullable=True),
        sa.Column("coded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "source",
            sa.Enum("by hand", "suggestion", name="codingsource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("start_offset", sa.Integer(), nullable=True),
        sa.Column("end_offset", sa.Integer(), nullable=True),
        sa.Column("transcript_id", sa.Uuid(), nullable=True),
        sa.Column("first_segment", sa.Integer(), nullable=True),
        sa.Column("last_segment", sa.Integer(), nullable=True),
        sa.Column("first_word", sa.Integer(), nullable=True),
        sa.Column("last_word", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_coded_span_answer_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["coded_by"], ["staff_member.id"], name=op.f("fk_coded_span_coded_by")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_coded_span_contribution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["coding_round.id"], name=op.f("fk_coded_span_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_coded_span_theme_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name=op.f("fk_coded_span_transcript_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coded_span")),
    )
    op.create_index(op.f("ix_coded_span_answer_id"), "coded_span", ["answer_id"], unique=False)
    op.create_index(op.f("ix_coded_span_contribution_id"), "coded_span", ["contribution_id"], unique=False)
    op.create_index(op.f("ix_coded_span_round_id"), "coded_span", ["round_id"], unique=False)
    op.create_index(op.f("ix_coded_span_theme_id"), "coded_span", ["theme_id"], unique=False)
    op.create_index(op.f("ix_coded_span_transcript_id"), "coded_span", ["transcript_id"], unique=False)
    op.create_table(
        "quote_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("edited_text", sa.Text(), nullable=True),
        sa.Column("participant_text", sa.Text(), nullable=True),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("start_offset", sa.Integer(), nullable=True),
        sa.Column("end_offset", sa.Integer(), nullable=True),
        sa.Column("transcript_id", sa.Uuid(), nullable=True),
        sa.Column("first_segment", sa.Integer(), nullable=True),
        sa.Column("last_segment", sa.Integer(), nullable=True),
        sa.Column("first_word", sa.Integer(), nullable=True),
        sa.Column("last_word", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_quote_words_answer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_quote_words_contribution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_words_quote_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name=op.f("fk_quote_words_transcript_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_words")),
        sa.UniqueConstraint("quote_id", name=op.f("uq_quote_words_quote_id")),
    )
    op.create_index(op.f("ix_quote_words_answer_id"), "quote_words", ["answer_id"], unique=False)
    op.create_index(op.f("ix_quote_words_contribution_id"), "quote_words", ["contribution_id"], unique=False)
    op.create_index(op.f("ix_quote_words_transcript_id"), "quote_words", ["transcript_id"], unique=False)
    op.create_table(
        "memo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("span_id", sa.Uuid(), nullable=True),
        sa.Column("contribution_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(theme_id IS NOT NULL AND span_id IS NULL AND contribution_id IS NULL)"
            " OR (theme_id IS NULL AND span_id IS NOT NULL AND contribution_id IS NULL)"
            " OR (theme_id IS NULL AND span_id IS NULL AND contribution_id IS NOT NULL)",
            name=op.f("ck_memo_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_memo_contribution_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["span_id"], ["coded_span.id"], name=op.f("fk_memo_span_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_memo_theme_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["written_by"], ["staff_member.id"], name=op.f("fk_memo_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memo")),
    )
    op.create_index(op.f("ix_memo_contribution_id"), "memo", ["contribution_id"], unique=False)
    op.create_index(op.f("ix_memo_span_id"), "memo", ["span_id"], unique=False)
    op.create_index(op.f("ix_memo_theme_id"), "memo", ["theme_id"], unique=False)


def downgrade() -> None:
    op.drop_table("memo")
    op.drop_table("quote_words")
    op.drop_table("coded_span")
    op.drop_table("quote_change")
    op.drop_table("quote")
    op.drop_table("coding_task")
    op.drop_table("theme_change")
    op.drop_table("theme")
    op.drop_table("coding_round")
