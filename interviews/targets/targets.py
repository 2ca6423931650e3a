"""Whom a call seeks, and how many of each: set by coordinators. How far it is stands in board.py; callers commit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from sqlalchemy import func, select

from accounts import audit
from core.database import db
from core.errors import RuleError
from evidence.call_json import slug_of
from evidence.models import Call
from interviews.holding import hold
from interviews.models import Aspect, Target, Volunteer
from interviews.rules import rules_of

Span = tuple[int, int]  # fewest and most interviews; (0, 0): no target


class GroupInUseError(RuleError):
    """Volunteers count for a group that was to be taken away."""

    def __init__(self, words: str, key: str) -> None:
        super().__init__(words)
        self.key = key


@dataclass(frozen=True, slots=True)
class NamedGroup:
    """A capacity or a language that a call names."""

    key: str  # empty: a new one
    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class Plan:
    sites: Mapping[str, Span]  # by the keys of sites
    places: Mapping[str, Span]  # by their names
    capacities: Sequence[NamedGroup]
    languages: Sequence[NamedGroup]
    shows_sought: bool  # the sign-up form says which groups are still sought
    asks_equality: bool  # those who sign up are offered the equality form


def set_targets(call: Call, plan: Plan) -> None:
    """Put a plan in place of what was set before. Raises GroupInUseError."""
    hold(call)
    _require_unused(call, {group.key for group in plan.capacities})
    for site in call.sites:
        site.target_low, site.target_high = plan.sites.get(site.key, (site.target_low, site.target_high))
    places = [NamedGroup(place, place, plan.places.get(place, (0, 0))) for place in call.places]
    _set_named(call, Aspect.PLACE, [place for place in places if place.span != (0, 0)])
    _set_named(call, Aspect.CAPACITY, plan.capacities)
    _set_named(call, Aspect.LANGUAGE, plan.languages)
    rules = rules_of(call)
    rules.shows_sought, rules.asks_equality = plan.shows_sought, plan.asks_equality
    db.session.add(rules)
    db.session.flush()
    audit.record("targets set", call)


def targets_of(call: Call, aspect: Aspect | None = None) -> list[Target]:
    """In the order in which they were set."""
    wanted = select(Target).where(Target.call_id == call.id).order_by(Target.aspect, Target.position)
    return list(db.session.scalars(wanted if aspect is None else wanted.where(Target.aspect == aspect)))


def capacity_choices(call: Call) -> list[tuple[str, str]]:
    """Key and words of the capacities that a call tells apart; none where it does not."""
    return [(target.key, target.title) for target in targets_of(call, Aspect.CAPACITY)]


def language_key(language: str) -> str:
    """What people type as their language, so that the same one is the same; English when they type nothing."""
    return " ".join(language.split()).casefold() or "english"


def _set_named(call: Call, aspect: Aspect, groups: Sequence[NamedGroup]) -> None:
    known = {target.key: target for target in targets_of(call, aspect)}
    keyed = _with_keys(aspect, groups)
    for key in known.keys() - keyed.keys():
        db.session.delete(known[key])
    db.session.flush()
    for position, (key, group) in enumerate(keyed.items()):
        target = known.get(key) or Target(call_id=call.id, aspect=aspect, key=key)
        target.title, target.position, (target.low, target.high) = group.title, position, group.span
        db.session.add(target)
    db.session.flush()


def _with_keys(aspect: Aspect, groups: Sequence[NamedGroup]) -> dict[str, NamedGroup]:
    """A capacity keeps its key when it is named otherwise: volunteers point to it."""
    if aspect is Aspect.LANGUAGE:
        return {language_key(group.title): group for group in groups}
    keyed: dict[str, NamedGroup] = {}
    taken = {group.key for group in groups}
    for group in groups:
        key = group.key or _new_key(group.title, taken | keyed.keys())
        keyed[key] = group
    return keyed


def _new_key(title: str, taken: Collection[str]) -> str:
    plain = slug_of(title.replace(":", " "))
    return next(key for key in chain([plain], (f"{plain}-{number}" for number in count(2))) if key not in taken)


def _require_unused(call: Call, kept: set[str]) -> None:
    for target in targets_of(call, Aspect.CAPACITY):
        if target.key not in kept and (number := _volunteers_with(call, target.key)):
            who = "1 volunteer counts" if number == 1 else f"{number} volunteers count"
            raise GroupInUseError(f"{who} as “{target.title}”. Choose another for them first, or keep it.", target.key)


def _volunteers_with(call: Call, key: str) -> int:
    wanted = select(func.count()).where(Volunteer.call_id == call.id, Volunteer.capacity_key == key)
    return db.session.scalar(wanted) or 0
