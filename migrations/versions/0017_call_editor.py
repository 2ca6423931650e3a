"""Calls written in the browser: a whole draft beside what is published, who is asking, and the archive."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CALL = sa.table(
    "call",
    *(sa.column(name) for name in ("id", "slug", "title", "zone", "interview_minutes", "language")),
    sa.column("opens_on", sa.Date()),
    sa.column("closes_on", sa.Date()),
    *(sa.column(name, sa.JSON()) for name in ("ways", "places", "glossary", "draft_schedule", "draft", "page")),
)
AIM = sa.table("aim", *(sa.column(name) for name in ("call_id", "position", "key", "text")))
SITE = sa.table(
    "site", *(sa.column(name) for name in ("call_id", "position", "key", "title", "target_low", "target_high"))
)
TERM = sa.table("consent_term", *(sa.column(name) for name in ("call_id", "position", "use", "wording")))


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "accent", "phone", "email")),
        sa.Column("postal_address", sa.Text(), nullable=False),
        sa.Column("footer_links", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("privacy_notice", "accessibility_statement")),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sender_name", sa.Text(), nullable=True))
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("page", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("draft", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    _write_drafts()
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.alter_column("page", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("draft", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("draft_schedule")


def downgrade() -> None:
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draft_schedule", sa.JSON(), nullable=True))
    for row in op.get_bind().execute(sa.select(CALL.c.id, CALL.c.draft)).all():
        op.execute(CALL.update().where(CALL.c.id == row.id).values(draft_schedule=row.draft["schedule"]))
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.alter_column("draft_schedule", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("archived_at")
        batch_op.drop_column("draft")
        batch_op.drop_column("page")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("sender_name")
    op.drop_table("installation")


def _write_drafts() -> None:
    for call in op.get_bind().execute(sa.select(CALL)).mappings().all():
        op.execute(CALL.update().where(CALL.c.id == call["id"]).values(page={}, draft=_build_draft(call)))


def _build_draft(call: Any) -> dict[str, Any]:
    return {
        "title": call["title"],
        "slug": call["slug"],
        "opens_on": call["opens_on"].isoformat(),
        "closes_on": call["closes_on"].isoformat(),
        "zone": call["zone"],
        "interview_minutes": call["interview_minutes"],
        "aims": [{"key": row["key"], "text": row["text"]} for row in _list_rows(AIM, call)],
        "places": call["places"],
        "sites": [
            {"key": row["key"], "title": row["title"], "target": [row["target_low"], row["target_high"]]}
            for row in _list_rows(SITE, call)
        ],
        "ways": call["ways"],
        "consent": [{"use": row["use"], "wording": row["wording"]} for row in _list_rows(TERM, call)],
        "glossary": call["glossary"],
        "language": call["language"],
        "schedule": call["draft_schedule"],
    }


def _list_rows(table: Any, call: Any) -> list[Any]:
    query = sa.select(table).where(table.c.call_id == call["id"]).order_by(table.c.position)
    return list(op.get_bind().execute(query).mappings().all())
