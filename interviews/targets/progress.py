"""The progress of a call towards its targets, by group. Read-only, with a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass, field, replace
from uuid import UUID

from evidence.models import Call
from interviews.models import Target, TargetAspect
from interviews.targets.stages import (
    Grouping,
    StageCounts,
    VolunteerStage,
    count_stages_by_grouping,
    list_stages,
)
from interviews.targets.targets import list_targets, normalise_language

SECTION_TITLES = {
    Grouping.SITE: "Sites",
    Grouping.AREA_TYPE: "Kinds of place",
    Grouping.CAPACITY: "Capacities",
    Grouping.LANGUAGE: "Languages",
}
ASPECT_BY_GROUPING = {
    Grouping.AREA_TYPE: TargetAspect.AREA_TYPE,
    Grouping.CAPACITY: TargetAspect.CAPACITY,
    Grouping.LANGUAGE: TargetAspect.LANGUAGE,
}
NO_GROUP_KEY = ""  # of volunteers who count for no group


@dataclass(frozen=True, slots=True)
class TargetGroup:
    key: str
    title: str
    low: int = 0
    high: int = 0  # 0: no target
    is_closed: bool = False
    counts: Counter[VolunteerStage] = field(default_factory=Counter)

    @property
    def reached_count(self) -> int:
        return self.counts[VolunteerStage.COMPLETED] + self.counts[VolunteerStage.BOOKED]

    @property
    def still_needed(self) -> int:
        return 0 if self.is_closed else max(0, self.low - self.reached_count)

    @property
    def is_full(self) -> bool:
        return 0 < self.high <= self.reached_count


@dataclass(frozen=True, slots=True)
class ProgressSection:
    grouping: Grouping
    title: str
    groups: list[TargetGroup]


@dataclass(frozen=True, slots=True)
class CallProgress:
    total: Counter[VolunteerStage]
    sections: list[ProgressSection]


def get_call_progress(call: Call) -> CallProgress:
    groups, counts = get_groups_by_grouping(call), count_stages_by_grouping(call)
    if call.closed_at is not None:
        groups = {by: [replace(group, is_closed=True) for group in own] for by, own in groups.items()}
    total: Counter[VolunteerStage] = sum(counts[Grouping.SITE].values(), Counter())
    named = [by for by in Grouping if groups[by]]
    return CallProgress(
        total, [ProgressSection(by, SECTION_TITLES[by], _add_counts(by, groups[by], counts[by])) for by in named]
    )


def get_groups_by_grouping(call: Call) -> dict[Grouping, list[TargetGroup]]:
    targets = list_targets(call)
    own = {by: [target for target in targets if target.aspect is aspect] for by, aspect in ASPECT_BY_GROUPING.items()}
    area_types = {target.key: target for target in own[Grouping.AREA_TYPE]}
    return {
        Grouping.SITE: [
            TargetGroup(
                str(site.id), site.title, site.target_low, site.target_high, is_closed=site.closed_at is not None
            )
            for site in call.sites
        ],
        Grouping.AREA_TYPE: [
            _build_group(area_types[name]) if name in area_types else TargetGroup(name, name)
            for name in call.area_types
        ],
        Grouping.CAPACITY: [_build_group(target) for target in own[Grouping.CAPACITY]],
        Grouping.LANGUAGE: [_build_group(target) for target in own[Grouping.LANGUAGE]],
    }


def get_stages_by_volunteer(call: Call, grouping: Grouping, key: str) -> dict[UUID, VolunteerStage]:
    keys = {group.key for group in get_groups_by_grouping(call)[grouping]}
    return {
        own: stage for own, value, stage in list_stages(call, grouping) if _get_group_key(grouping, value, keys) == key
    }


def find_group(call: Call, grouping: Grouping, key: str) -> TargetGroup | None:
    if key == NO_GROUP_KEY:
        return TargetGroup(NO_GROUP_KEY, "None of these")
    return next((group for group in get_groups_by_grouping(call)[grouping] if group.key == key), None)


def _build_group(target: Target) -> TargetGroup:
    return TargetGroup(target.key, target.title, target.low, target.high)


def _add_counts(grouping: Grouping, groups: list[TargetGroup], counts_by_value: StageCounts) -> list[TargetGroup]:
    keys = {group.key for group in groups}
    counts: StageCounts = {}
    for value, stages in counts_by_value.items():
        key = _get_group_key(grouping, value, keys)
        counts[key] = counts.get(key, Counter()) + stages
    rows = [replace(group, counts=counts.get(group.key, Counter())) for group in groups]
    if NO_GROUP_KEY in counts:
        rows.append(TargetGroup(NO_GROUP_KEY, "None of these", counts=counts[NO_GROUP_KEY]))
    return rows


def _get_group_key(grouping: Grouping, value: str, keys: set[str]) -> str:
    key = normalise_language(value) if grouping is Grouping.LANGUAGE else value
    return key if key in keys else NO_GROUP_KEY
