"""Read a call from JSON (docs/formats.md), or say what is wrong and where; write it as JSON. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import RuleError
from core.text_cleaning import clean_text
from evidence.call_page import CallPage, CallPageError, call_page_from_json, call_page_to_json
from evidence.consent_terms import ConsentTermDraft, ConsentUse
from evidence.glossary import GlossaryError, parse_glossary_terms
from evidence.json_reading import JsonReader
from evidence.languages import LANGUAGE_NAMES
from evidence.schedule import Schedule, ScheduleError, schedule_from_json, schedule_to_json

CALL_LABEL = "The call"
DEFAULT_ZONE = "Europe/London"
DEFAULT_INTERVIEW_MINUTES = 60
MAX_INTERVIEW_MINUTES = 8 * 60
MAX_SLUG_LENGTH = 60


class CallFileError(RuleError): ...


READER = JsonReader(CallFileError)


@dataclass(frozen=True, slots=True)
class SiteDraft:
    key: str
    title: str
    target_range: tuple[int, int]  # fewest and most interviews


@dataclass(frozen=True, slots=True)
class CallDraft:
    slug: str  # in addresses
    title: str
    opens_on: date
    closes_on: date
    zone: str
    interview_minutes: int
    aims: tuple[tuple[str, str], ...]  # key, text
    area_types: tuple[str, ...]
    sites: tuple[SiteDraft, ...]
    participation_modes: tuple[str, ...]
    consent_terms: tuple[ConsentTermDraft, ...]
    glossary: tuple[str, ...] | None  # names and terms to expect in recordings; None: not in the file
    language: str | None  # spoken in interviews; empty: detected; None: not in the file
    schedule: Schedule
    page: CallPage = field(default_factory=CallPage)


def call_from_json(data: Any, *, may_lack_questions: bool = False) -> CallDraft:
    """Needs the schedule inside. Raises CallFileError."""
    _refuse_unstorable(data)
    title = _parse_text(data, "title", CALL_LABEL)
    opens_on, closes_on = _parse_date(data, "opens_on"), _parse_date(data, "closes_on")
    if closes_on < opens_on:
        raise CallFileError(f"{CALL_LABEL} closes ({closes_on}) before it opens ({opens_on}).")
    return CallDraft(
        slug=_parse_slug(data, title),
        title=title,
        opens_on=opens_on,
        closes_on=closes_on,
        zone=_parse_zone(data),
        interview_minutes=_parse_interview_minutes(data),
        aims=_parse_aims(data),
        area_types=_parse_texts(data, "places"),
        sites=_parse_sites(data),
        participation_modes=_parse_texts(data, "ways"),
        consent_terms=_parse_consent_terms(data),
        glossary=_parse_glossary(data),
        language=_parse_language(data),
        schedule=_parse_schedule(data, may_lack_questions=may_lack_questions),
        page=_parse_page(data),
    )


def call_to_json(draft: CallDraft) -> dict[str, Any]:
    """Reading it gives the same draft. What is empty or follows from the title is left out."""
    return {
        "title": draft.title,
        **({} if draft.slug == build_slug(draft.title) else {"slug": draft.slug}),
        **call_page_to_json(draft.page),
        "opens_on": draft.opens_on.isoformat(),
        "closes_on": draft.closes_on.isoformat(),
        "zone": draft.zone,
        "interview_minutes": draft.interview_minutes,
        "aims": [{"key": key, "text": text} for key, text in draft.aims],
        "places": list(draft.area_types),
        "sites": [{"key": site.key, "title": site.title, "target": list(site.target_range)} for site in draft.sites],
        "ways": list(draft.participation_modes),
        "consent": [{"use": term.use.value, "wording": term.wording} for term in draft.consent_terms],
        **({"glossary": list(draft.glossary)} if draft.glossary else {}),
        **({"language": draft.language} if draft.language else {}),
        "schedule": schedule_to_json(draft.schedule),
    }


def build_slug(title: str) -> str:
    short = title.partition(":")[0].casefold()
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in short).split()
    return "-".join(words)[:MAX_SLUG_LENGTH].strip("-") or "call"


def _parse_slug(data: Any, title: str) -> str:
    slug = data.get("slug", build_slug(title))
    if not isinstance(slug, str) or slug != build_slug(slug):
        raise CallFileError(f"{CALL_LABEL}: the “slug” may contain only small letters, digits and single hyphens.")
    return slug


def _parse_date(data: Mapping[str, Any], name: str) -> date:
    text = _parse_text(data, name, CALL_LABEL)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CallFileError(f"{CALL_LABEL}: “{name}” has to be a date like 2026-09-01, not “{text}”.") from error


def _parse_zone(data: Mapping[str, Any]) -> str:
    zone = data.get("zone", DEFAULT_ZONE)
    try:
        return ZoneInfo(zone).key
    except (ValueError, OSError, TypeError, LookupError) as error:
        raise CallFileError(f"{CALL_LABEL}: the zone “{zone}” is not known. Use one like “Europe/London”.") from error


def _parse_interview_minutes(data: Mapping[str, Any]) -> int:
    minutes = data.get("interview_minutes", DEFAULT_INTERVIEW_MINUTES)
    if type(minutes) is not int or not 0 < minutes <= MAX_INTERVIEW_MINUTES:
        raise CallFileError(
            f"{CALL_LABEL}: “interview_minutes” has to be a whole number from 1 to {MAX_INTERVIEW_MINUTES}."
        )
    return minutes


def _parse_aims(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    aims = tuple(
        (READER.read_key(item, where), _parse_text(item, "text", where))
        for where, item in _list_labelled_items(data, "aims", "Aim")
    )
    READER.refuse_repeated([key for key, _ in aims], "aim key")
    return aims


def _parse_sites(data: Mapping[str, Any]) -> tuple[SiteDraft, ...]:
    sites = tuple(
        SiteDraft(READER.read_key(item, where), _parse_text(item, "title", where), _parse_target_range(item, where))
        for where, item in _list_labelled_items(data, "sites", "Site")
    )
    READER.refuse_repeated([site.key for site in sites], "site key")
    return sites


def _parse_target_range(item: Mapping[str, Any], where: str) -> tuple[int, int]:
    target = item.get("target", [0, 0])
    is_pair = isinstance(target, list) and len(target) == 2 and all(type(n) is int for n in target)
    if not is_pair or not 0 <= target[0] <= target[1]:
        raise CallFileError(f"{where}: “target” has to be two whole numbers, the smaller first, like [7, 10].")
    return target[0], target[1]


def _parse_consent_terms(data: Mapping[str, Any]) -> tuple[ConsentTermDraft, ...]:
    terms = tuple(
        ConsentTermDraft(_parse_use(item, where), _parse_text(item, "wording", where))
        for where, item in _list_labelled_items(data, "consent", "Consent")
    )
    READER.refuse_repeated([term.use for term in terms], "consent use")
    return terms


def _parse_use(item: Any, where: str) -> ConsentUse:
    use = _parse_text(item, "use", where)
    try:
        return ConsentUse(use)
    except ValueError as error:
        raise CallFileError(f"{where}: unknown use “{use}”. Use one of {', '.join(ConsentUse)}.") from error


def _parse_glossary(data: Mapping[str, Any]) -> tuple[str, ...] | None:
    if "glossary" not in data:
        return None
    try:
        return parse_glossary_terms(_parse_texts(data, "glossary"))
    except GlossaryError as error:
        raise CallFileError(f"{CALL_LABEL}: “glossary”: {error}") from error


def _parse_language(data: Mapping[str, Any]) -> str | None:
    if "language" not in data:
        return None
    language = data["language"]
    if not isinstance(language, str) or (language and language not in LANGUAGE_NAMES):
        raise CallFileError(f"{CALL_LABEL}: “language” has to be a code that Whisper knows, such as en or cy.")
    return language


def _parse_page(data: Mapping[str, Any]) -> CallPage:
    try:
        return call_page_from_json(data)
    except CallPageError as error:
        raise CallFileError(str(error)) from error


def _parse_schedule(data: Mapping[str, Any], *, may_lack_questions: bool) -> Schedule:
    try:
        return schedule_from_json(data.get("schedule") or {}, may_lack_questions=may_lack_questions)
    except ScheduleError as error:
        raise CallFileError(f"The call's schedule: {error}") from error


def _list_labelled_items(data: Mapping[str, Any], name: str, label: str) -> list[tuple[str, Any]]:
    return [(f"{label} {n}", item) for n, item in enumerate(READER.read_optional_items(data, name, CALL_LABEL), 1)]


def _parse_texts(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    texts = READER.read_texts(data, name, CALL_LABEL)
    if not all(text.strip() for text in texts):
        raise CallFileError(f"{CALL_LABEL}: “{name}” has to be a list of texts.")
    READER.refuse_repeated(texts, f"“{name}” entry")
    return texts


def _parse_text(data: Any, name: str, where: str) -> str:
    return READER.read_text(data, name, where).strip()


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str) and value != clean_text(value):
        raise CallFileError(f"This text contains a control character that cannot be stored: {value[:60]!a}.")
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)
