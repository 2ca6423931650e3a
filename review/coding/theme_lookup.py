"""How often each theme was used, and what else its page shows."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution
from review.coding.coded_spans import is_open_contribution
from review.models import CodedSpan


def count_uses(call: Call) -> tuple[Counter[UUID], Counter[UUID]]:
    """By theme: spans, and contributions, that may be read."""
    query = (
        select(CodedSpan.theme_id, func.count(), func.count(CodedSpan.contribution_id.distinct()))
        .join(CodedSpan.contribution)
        .where(Contribution.call_id == call.id, CodedSpan.round_id.is_(None))
        .where(allows(ExitUse.READING), is_open_contribution())
        .group_by(CodedSpan.theme_id)
    )
    rows = db.session.execute(query).all()
    return Counter({row[0]: row[1] for row in rows}), Counter({row[0]: row[2] for row in rows})


def parse_ids(texts: Iterable[str]) -> set[UUID]:
    """What is no id is left out."""
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def load_contributions(ids: Iterable[UUID]) -> dict[UUID, Contribution]:
    query = select(Contribution).where(Contribution.id.in_(set(ids)))
    query = query.options(
        joinedload(Contribution.participant), selectinload(Contribution.area_types), selectinload(Contribution.aims)
    )
    return {row.id: row for row in db.session.scalars(query)}
