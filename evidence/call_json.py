"""Read a call from JSON (docs/formats.md), or say in words what is wrong and where. Pure: stores nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import RuleError
from evidence.consent_terms import Term, Use
from evidence.glossary import GlossaryError, terms_from
from evidence.schedule import KEY_PATTERN, Schedule, ScheduleError, schedule_from_json
from evidence.words import cleaned

THE_CALL = "The call"
DEFAULT_ZONE = "Europe/London"
DEFAULT_INTERVIEW_MINUTES = 60
MOST_INTERVIEW_MINUTES = 8 * 60
LONGEST_SLUG = 60


class CallFileError(RuleError):
    """The file cannot become a call; the text says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class PlannedSite:
    key: str
    title: str
    target: tuple[int, int]  # fewest and most interviews


@dataclass(frozen=True, slots=True)
class CallDraft:
    slug: str  # in addresses
    title: str
    opens_on: date
    closes_on: date
    zone: str
    interview_minutes: int
    aims: tuple[tuple[str, str], ...]  # key, text
    places: tuple[str, ...]
    sites: tuple[PlannedSite, ...]
    ways: tuple[str, ...]
    terms: tuple[Term, ...]
    glossary: tuple[str, ...] | None  # names and terms that are likely to be said; None: the file says nothing of them
    schedule: Schedule


def call_from_json(data: Any) -> CallDraft:
    """Read a whole call; its schedule stands inside. Raises CallFileError."""
    _refuse_unstorable(data)
    title = _text(data, "title", THE_CALL)
    opens_on, closes_on = _day(data, "opens_on"), _day(data, "closes_on")
    if closes_on < opens_on:
        raise CallFileError(f"{THE_CALL} closes ({closes_on}) before it opens ({opens_on}).")
    return CallDraft(
        slug=_slug(data, title),
        title=title,
        opens_on=opens_on,
        closes_on=closes_on,
        zone=_zone(data),
        interview_minutes=_minutes(data),
        aims=_aims(data),
        places=_texts(data, "places"),
        sites=_sites(data),
        ways=_texts(data, "ways"),
        terms=_terms(data),
        glossary=_glossary(data),
        schedule=_schedule(data),
    )


def slug_of(title: str) -> str:
    """The short form of a title for addresses: what stands before a colon, in plain letters."""
    short = title.partition(":")[0].casefold()
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in short).split()
    return "-".join(words)[:LONGEST_SLUG].strip("-") or "call"


def _slug(data: Any, title: str) -> str:
    slug = data.get("slug", slug_of(title))
    if not isinstance(slug, str) or slug != slug_of(slug):
        raise CallFileError(f"{THE_CALL}: the “slug” may hold only small letters, digits and single hyphens.")
    return slug


def _day(data: Mapping[str, Any], name: str) -> date:
    text = _text(data, name, THE_CALL)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CallFileError(f"{THE_CALL}: “{name}” has to be a date like 2026-09-01, not “{text}”.") from error


def _zone(data: Mapping[str, Any]) -> str:
    zone = data.get("zone", DEFAULT_ZONE)
    try:
        return ZoneInfo(zone).key
    except (ValueError, OSError, TypeError, LookupError) as error:
        raise CallFileError(f"{THE_CALL}: the zone “{zone}” is not known; “Europe/London” is one that is.") from error


def _minutes(data: Mapping[str, Any]) -> int:
    minutes = data.get("interview_minutes", DEFAULT_INTERVIEW_MINUTES)
    if type(minutes) is not int or not 0 < minutes <= MOST_INTERVIEW_MINUTES:
        raise CallFileError(
            f"{THE_CALL}: “interview_minutes” has to be a whole number from 1 to {MOST_INTERVIEW_MINUTES}."
        )
    return minutes


def _aims(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    aims = tuple((_key(item, where), _text(item, "text", where)) for where, item in _items(data, "aims", "aim"))
    _refuse_repeated([key for key, _ in aims], "aim")
    return aims


def _sites(data: Mapping[str, Any]) -> tuple[PlannedSite, ...]:
    sites = tuple(
        PlannedSite(_key(item, where), _text(item, "title", where), _target(item, where))
        for where, item in _items(data, "sites", "site")
    )
    _refuse_repeated([site.key for site in sites], "site")
    return sites


def _target(item: Mapping[str, Any], where: str) -> tuple[int, int]:
    target = item.get("target", [0, 0])
    is_pair = isinstance(target, list) and len(target) == 2 and all(type(n) is int for n in target)
    if not is_pair or not 0 <= target[0] <= target[1]:
        raise CallFileError(f"{where}: “target” has to be two whole numbers, the smaller first, like [7, 10].")
    return target[0], target[1]


def _terms(data: Mapping[str, Any]) -> tuple[Term, ...]:
    terms = tuple(
        Term(_use(item, where), _text(item, "wording", where)) for where, item in _items(data, "consent", "consent")
    )
    _refuse_repeated([term.use for term in terms], "consent use")
    return terms


def _use(item: Any, where: str) -> Use:
    use = _text(item, "use", where)
    try:
        return Use(use)
    except ValueError as error:
        raise CallFileError(f"{where}: unknown use “{use}”; known are {', '.join(Use)}.") from error


def _glossary(data: Mapping[str, Any]) -> tuple[str, ...] | None:
    if "glossary" not in data:
        return None
    try:
        return terms_from(_texts(data, "glossary"))
    except GlossaryError as error:
        raise CallFileError(f"{THE_CALL}: “glossary”: {error}") from error


def _schedule(data: Mapping[str, Any]) -> Schedule:
    try:
        return schedule_from_json(data.get("schedule") or {})
    except ScheduleError as error:
        raise CallFileError(f"The call's schedule: {error}") from error


def _items(data: Mapping[str, Any], name: str, what: str) -> list[tuple[str, Any]]:
    items = data.get(name, [])
    if not isinstance(items, list):
        raise CallFileError(f"{THE_CALL}: “{name}” has to be a list.")
    return [(f"{what.capitalize()} {n}", item) for n, item in enumerate(items, 1)]


def _texts(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = [text for _, text in _items(data, name, name)]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise CallFileError(f"{THE_CALL}: “{name}” has to be a list of texts.")
    _refuse_repeated(texts, name)
    return tuple(texts)


def _key(item: Any, where: str) -> str:
    key = _text(item, "key", where)
    if not KEY_PATTERN.fullmatch(key):
        raise CallFileError(f"{where}: the key “{key}” may hold only letters, digits and underscores.")
    return key


def _text(data: Any, name: str, where: str) -> str:
    if not isinstance(data, Mapping):
        raise CallFileError(f"{where} has to be an object with named parts.")
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CallFileError(f"{where} needs a “{name}”.")
    return value.strip()


def _refuse_repeated(values: list[str], what: str) -> None:
    repeated = {value for value in values if values.count(value) > 1}
    if repeated:
        raise CallFileError(f"{THE_CALL}: “{min(repeated)}” stands twice among its {what} entries.")


def _refuse_unstorable(value: Any) -> None:
    """Characters that no database holds are named here rather than met later."""
    if isinstance(value, str) and value != cleaned(value):
        raise CallFileError(f"This text holds a control character that cannot be stored: {value[:60]!a}.")
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)
