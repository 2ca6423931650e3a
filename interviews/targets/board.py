"""How far a call is towards its targets, group by group. Only reads, with a few queries however many take part."""

from collections import Counter
from dataclasses import dataclass, field, replace
from uuid import UUID

from evidence.models import Call
from interviews.models import Aspect, Target
from interviews.targets.stages import By, Counts, Stage, all_counts, stands_by
from interviews.targets.targets import language_key, targets_of

TITLES = {
    By.SITE: "Sites",
    By.PLACE: "Kinds of place",
    By.CAPACITY: "Capacities",
    By.LANGUAGE: "Languages",
}
ASPECTS = {By.PLACE: Aspect.PLACE, By.CAPACITY: Aspect.CAPACITY, By.LANGUAGE: Aspect.LANGUAGE}
NONE_OF_THEM = ""  # the key of those who count for no group


@dataclass(frozen=True, slots=True)
class Group:
    """One group: how many interviews a call seeks with it, and how far it is."""

    key: str
    title: str
    low: int = 0
    high: int = 0  # 0: no target
    is_closed: bool = False
    counts: Counter[Stage] = field(default_factory=Counter)

    @property
    def reached(self) -> int:
        """Interviews held or booked."""
        return self.counts[Stage.DONE] + self.counts[Stage.BOOKED]

    @property
    def sought(self) -> int:
        """How many more the low target needs."""
        return 0 if self.is_closed else max(0, self.low - self.reached)

    @property
    def is_full(self) -> bool:
        return 0 < self.high <= self.reached


@dataclass(frozen=True, slots=True)
class Section:
    by: By
    title: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Board:
    total: Counter[Stage]
    sections: list[Section]


def board_of(call: Call) -> Board:
    """Every group that the call names, and those who count for none of its kind."""
    groups, counts = groups_of(call), all_counts(call)
    if call.closed_at is not None:
        groups = {by: [replace(group, is_closed=True) for group in own] for by, own in groups.items()}
    total: Counter[Stage] = sum(counts[By.SITE].values(), Counter())
    named = [by for by in By if groups[by]]
    return Board(total, [Section(by, TITLES[by], _counted(by, groups[by], counts[by])) for by in named])


def groups_of(call: Call) -> dict[By, list[Group]]:
    """The groups that a call tells apart, with or without a target, not yet counted."""
    targets = targets_of(call)
    own = {by: [target for target in targets if target.aspect is aspect] for by, aspect in ASPECTS.items()}
    places = {target.key: target for target in own[By.PLACE]}
    return {
        By.SITE: [
            Group(str(site.id), site.title, site.target_low, site.target_high, is_closed=site.closed_at is not None)
            for site in call.sites
        ],
        By.PLACE: [_of_target(places[name]) if name in places else Group(name, name) for name in call.places],
        By.CAPACITY: [_of_target(target) for target in own[By.CAPACITY]],
        By.LANGUAGE: [_of_target(target) for target in own[By.LANGUAGE]],
    }


def stages_in(call: Call, by: By, key: str) -> dict[UUID, Stage]:
    """The ids of those who count for a group, newest first; with NONE_OF_THEM, of those who count for none."""
    keys = {group.key for group in groups_of(call)[by]}
    return {own: stage for own, value, stage in stands_by(call, by) if _key(by, value, keys) == key}


def find_group(call: Call, by: By, key: str) -> Group | None:
    if key == NONE_OF_THEM:
        return Group(NONE_OF_THEM, "None of these")
    return next((group for group in groups_of(call)[by] if group.key == key), None)


def _of_target(target: Target) -> Group:
    return Group(target.key, target.title, target.low, target.high)


def _counted(by: By, groups: list[Group], found: Counts) -> list[Group]:
    keys = {group.key for group in groups}
    counts: Counts = {}
    for value, stages in found.items():
        key = _key(by, value, keys)
        counts[key] = counts.get(key, Counter()) + stages
    rows = [replace(group, counts=counts.get(group.key, Counter())) for group in groups]
    if NONE_OF_THEM in counts:
        rows.append(Group(NONE_OF_THEM, "None of these", counts=counts[NONE_OF_THEM]))
    return rows


def _key(by: By, value: str, keys: set[str]) -> str:
    """The group that a stored value counts for."""
    key = language_key(value) if by is By.LANGUAGE else value
    return key if key in keys else NONE_OF_THEM
