"""Exports with their files, and the search index: FTS5 on SQLite, a generated tsvector on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5("
    "text, content='search_entry', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN"
    " INSERT INTO search_index(rowid, text) VALUES (new.number, new.text); END",
    "CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN"
    " INSERT INTO search_index(search_index, rowid, text) VALUES ('delete', old.number, old.text); END",
    "CREATE TRIGGER search_entry_changed AFTER UPDATE OF text ON search_entry BEGIN"
    " INSERT INTO search_index(search_index, rowid, text) VALUES ('delete', old.number, old.text);"
    " INSERT INTO search_index(rowid, text) VALUES (new.number, new.text); END",
)
POSTGRES_INDEX = (
    "ALTER TABLE search_entry ADD COLUMN document tsvector"
    " GENERATED ALWAYS AS (to_tsvector('english', left(coalesce(folded_text, text), 400000))) STORED",
    "CREATE INDEX ix_search_entry_document ON search_entry USING gin (document)",
)


def upgrade() -> None:
    op.create_table(
        "export_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("storage_path", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("contribution_count", sa.Integer(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_export_request_call_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["requested_by"], ["staff_member.id"], name="fk_export_request_requested_by"),
        sa.PrimaryKeyConstraint("id", name="pk_export_request"),
        sa.UniqueConstraint("storage_path", name="uq_export_request_storage_path"),
    )
    op.create_index("ix_export_request_call_id", "export_request", ["call_id", "requested_at"])
    op.create_table(
        "exported_contribution",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["export_request.id"], name="fk_exported_contribution_export_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", "contribution_id", name="pk_exported_contribution"),
    )
    op.create_index("ix_exported_contribution_contribution_id", "exported_contribution", ["contribution_id"])
    _create_search_tables()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_INDEX if is_sqlite else POSTGRES_INDEX:
        op.execute(statement)


def _create_search_tables() -> None:
    kinds = sa.Enum(
        "written answer",
        "spoken answer",
        "suggested passage",
        "outside the questions",
        name="searchkind",
        native_enum=False,
        length=40,
    )
    op.create_table(
        "search_entry",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("transcript_id", sa.Uuid(), nullable=True),
        sa.Column("question_key", sa.Text(), nullable=True),
        sa.Column("start_seconds", sa.Double(), nullable=True),
        sa.Column("end_seconds", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded_text", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=f"fk_search_entry_{table}_id", ondelete="CASCADE"
            )
            for table in ("call", "contribution", "answer", "transcript")
        ),
        sa.PrimaryKeyConstraint("number", name="pk_search_entry"),
        sqlite_autoincrement=True,
    )
    for column in ("call_id", "contribution_id", "answer_id", "transcript_id"):
        op.create_index(f"ix_search_entry_{column}", "search_entry", [column])
    op.create_table(
        "search_vector",
        sa.Column("entry_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("model_sha256", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_number"], ["search_entry.number"], name="fk_search_vector_entry_number", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_number", "part", name="pk_search_vector"),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_vector")
    op.drop_table("search_entry")
    op.drop_table("exported_contribution")
    op.drop_table("export_request")
