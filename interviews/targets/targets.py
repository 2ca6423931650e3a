"""The targets of a call, set by coordinators. Progress towards them: progress.py; callers commit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from sqlalchemy import func, select

from accounts import audit
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence import calls
from evidence.call_json import build_slug
from evidence.models import Call
from interviews.bookings.booking_policy import get_booking_policy
from interviews.models import Target, TargetAspect, Volunteer

TargetRange = tuple[int, int]  # minimum and maximum of interviews; (0, 0): no target


class GroupInUseError(RuleError):
    """A group with volunteers cannot be removed."""

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A capacity or a language."""

    key: str  # empty: a new one
    title: str
    target_range: TargetRange


@dataclass(frozen=True, slots=True)
class TargetPlan:
    sites: Mapping[str, TargetRange]  # by the keys of sites
    area_types: Mapping[str, TargetRange]  # by their names
    capacities: Sequence[NamedGroup]
    languages: Sequence[NamedGroup]
    shows_open_targets: bool  # on the sign-up form
    asks_equality: bool  # people who sign up are offered the equality form


def set_targets(call: Call, plan: TargetPlan) -> None:
    """Raises GroupInUseError."""
    lock_row(call)
    _require_removed_groups_unused(call, {group.key for group in plan.capacities})
    calls.set_site_targets(call, plan.sites)
    area_types = [NamedGroup(name, name, plan.area_types.get(name, (0, 0))) for name in call.area_types]
    _save_groups(call, TargetAspect.AREA_TYPE, [group for group in area_types if group.target_range != (0, 0)])
    _save_groups(call, TargetAspect.CAPACITY, plan.capacities)
    _save_groups(call, TargetAspect.LANGUAGE, plan.languages)
    policy = get_booking_policy(call)
    policy.shows_open_targets, policy.asks_equality = plan.shows_open_targets, plan.asks_equality
    db.session.add(policy)
    db.session.flush()
    audit.record("targets set", call)


def list_targets(call: Call, aspect: TargetAspect | None = None) -> list[Target]:
    query = select(Target).where(Target.call_id == call.id).order_by(Target.aspect, Target.position)
    return list(db.session.scalars(query if aspect is None else query.where(Target.aspect == aspect)))


def list_capacity_choices(call: Call) -> list[tuple[str, str]]:
    return [(target.key, target.title) for target in list_targets(call, TargetAspect.CAPACITY)]


def normalise_language(language: str) -> str:
    return " ".join(language.split()).casefold() or "english"


def _save_groups(call: Call, aspect: TargetAspect, groups: Sequence[NamedGroup]) -> None:
    known = {target.key: target for target in list_targets(call, aspect)}
    keyed = _assign_keys(aspect, groups)
    for key in known.keys() - keyed.keys():
        db.session.delete(known[key])
    db.session.flush()
    for position, (key, group) in enumerate(keyed.items()):
        target = known.get(key) or Target(call_id=call.id, aspect=aspect, key=key)
        target.title, target.position, (target.low, target.high) = group.title, position, group.target_range
        db.session.add(target)
    db.session.flush()


def _assign_keys(aspect: TargetAspect, groups: Sequence[NamedGroup]) -> dict[str, NamedGroup]:
    """A renamed capacity keeps its key, because volunteers refer to it."""
    if aspect is TargetAspect.LANGUAGE:
        return {normalise_language(group.title): group for group in groups}
    keyed: dict[str, NamedGroup] = {}
    taken = {group.key for group in groups}
    for group in groups:
        key = group.key or _create_key(group.title, taken | keyed.keys())
        keyed[key] = group
    return keyed


def _create_key(title: str, taken: Collection[str]) -> str:
    plain = build_slug(title.replace(":", " "))
    return next(key for key in chain([plain], (f"{plain}-{number}" for number in count(2))) if key not in taken)


def _require_removed_groups_unused(call: Call, kept_keys: set[str]) -> None:
    for target in list_targets(call, TargetAspect.CAPACITY):
        if target.key not in kept_keys and (number := _count_volunteers_with_capacity(call, target.key)):
            who = "1 volunteer counts" if number == 1 else f"{number} volunteers count"
            raise GroupInUseError(f"{who} as “{target.title}”. Change their capacity first.", target.key)


def _count_volunteers_with_capacity(call: Call, key: str) -> int:
    query = select(func.count()).where(Volunteer.call_id == call.id, Volunteer.capacity_key == key)
    return db.session.scalar(query) or 0
