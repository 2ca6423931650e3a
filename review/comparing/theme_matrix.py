"""Theme by group: how many contributions have each theme, and which. Written beside spoken is one of the groupings."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution
from review.coding import codebook
from review.coding.codebook import ThemeLine
from review.coding.coded_spans import SpanFilters, is_open_contribution
from review.comparing.groups import NO_GROUP, GroupedBy, find_groups
from review.models import CodedSpan
from review.reading.filters import NO_FILTERS, Filters


@dataclass(frozen=True, slots=True)
class ThemeRow:
    line: ThemeLine
    counts: tuple[int, ...]  # contributions, one for each group
    total: int


@dataclass(frozen=True, slots=True)
class ThemeMatrix:
    grouped_by: GroupedBy
    groups: tuple[str, ...]
    sizes: tuple[int, ...]  # contributions of each group that may be read
    rows: tuple[ThemeRow, ...]

    @property
    def highest(self) -> int:
        return max((count for row in self.rows for count in row.counts), default=0)


def build_theme_matrix(call: Call, grouped_by: GroupedBy, filters: Filters = NO_FILTERS) -> ThemeMatrix:
    contributions = _list_contributions(call, filters)
    groups_of = find_groups(call, contributions, grouped_by)
    members: dict[str, set[UUID]] = defaultdict(set)
    for contribution_id, titles in groups_of.items():
        for title in titles:
            members[title].add(contribution_id)
    groups = tuple(sorted(members, key=lambda title: (title == NO_GROUP, title)))
    coded = _load_coded(call)
    rows = tuple(_build_row(line, groups, members, coded) for line in codebook.list_themes(call))
    return ThemeMatrix(grouped_by, groups, tuple(len(members[group]) for group in groups), rows)


def list_cell(call: Call, theme_id: UUID, grouped_by: GroupedBy, group: str, filters: Filters) -> SpanFilters:
    """What `list_coded_spans` needs for the words behind one count."""
    groups_of = find_groups(call, _list_contributions(call, filters), grouped_by)
    ids = frozenset(contribution_id for contribution_id, titles in groups_of.items() if group in titles)
    return SpanFilters(theme_ids=frozenset({theme_id}), contribution_ids=ids or frozenset({theme_id}))


def _build_row(
    line: ThemeLine, groups: tuple[str, ...], members: dict[str, set[UUID]], coded: dict[UUID, set[UUID]]
) -> ThemeRow:
    own = coded.get(line.id, set())
    counts = tuple(len(own & members[group]) for group in groups)
    everybody = set().union(*members.values())
    return ThemeRow(line, counts, len(own & everybody))


def _list_contributions(call: Call, filters: Filters) -> list[Contribution]:
    query = select(Contribution).where(
        Contribution.call_id == call.id,
        allows(ExitUse.READING),
        is_open_contribution(),
        *filters.build_conditions(),
    )
    return list(
        db.session.scalars(query.options(selectinload(Contribution.area_types), selectinload(Contribution.aims)))
    )


def _load_coded(call: Call) -> dict[UUID, set[UUID]]:
    """The contributions of each theme. Words that were deleted from an answer do not count."""
    query = select(CodedSpan.theme_id, CodedSpan.contribution_id).join(CodedSpan.contribution)
    is_there = CodedSpan.answer_id.is_(None) | (CodedSpan.start_offset < CodedSpan.end_offset)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for theme_id, contribution_id in db.session.execute(
        query.where(Contribution.call_id == call.id, CodedSpan.round_id.is_(None), is_there)
    ):
        found[theme_id].add(contribution_id)
    return found
