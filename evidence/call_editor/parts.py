"""The parts of a call and whether each is ready, for its overview and before it is published."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.installation import INSTALLATION_PAGE_TITLES, get_installation
from evidence.call_editor.page_templates import list_unfilled
from evidence.call_json import CallDraft
from evidence.consent_terms import SPOKEN_ONLY_USES
from evidence.models import Mode


class PartState(StrEnum):
    READY = "ready"
    MISSING = "missing"  # publishing is refused, or warns
    OPTIONAL = "optional"  # empty, which is fine


@dataclass(frozen=True, slots=True)
class CallPart:
    title: str
    endpoint: str  # takes the call's slug, unless it is the installation's
    state: PartState
    summary: str
    warning: str = ""  # before publishing, while it is missing
    is_of_installation: bool = False


def list_call_parts(draft: CallDraft) -> list[CallPart]:
    return [build(draft) for build in PART_BUILDERS]


def list_installation_parts() -> list[CallPart]:
    row = get_installation()
    return [_build_installation_part(title, getattr(row, name)) for name, title in INSTALLATION_PAGE_TITLES.items()]


def list_warnings(draft: CallDraft) -> list[CallPart]:
    parts = [*list_call_parts(draft), *list_installation_parts()]
    return [part for part in parts if part.state is PartState.MISSING and part.warning]


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else f"No {many}"


def _build_installation_part(title: str, text: str) -> CallPart:
    gaps = list_unfilled(text)
    is_ready = bool(text) and not gaps
    problem = (
        f"The {title.lower()} still has gaps to fill in: {gaps[0]}" if gaps else f"There is no {title.lower()} yet."
    )
    return CallPart(
        title,
        "evidence.edit_installation_pages",
        _choose_state(is_ready=is_ready),
        "Written" if is_ready else "Has gaps to fill in" if text else "Not written yet",
        warning=f"{problem} People need it before they agree to anything.",
        is_of_installation=True,
    )


def _choose_state(*, is_ready: bool, is_optional: bool = False) -> PartState:
    if is_ready:
        return PartState.READY
    return PartState.OPTIONAL if is_optional else PartState.MISSING


def _build_about(draft: CallDraft) -> CallPart:
    page = draft.page
    return CallPart(
        "What it is about",
        "evidence.edit_call_about",
        _choose_state(is_ready=bool(page.summary)),
        page.summary[:120] or "No summary yet",
        warning="The call does not say what it is about.",
    )


def _build_asker(draft: CallDraft) -> CallPart:
    asker = draft.page.asker
    is_ready = bool(asker.organisation and asker.contact and (asker.email or asker.phone))
    return CallPart(
        "Who is asking",
        "evidence.edit_call_asker",
        _choose_state(is_ready=is_ready),
        ", ".join(part for part in (asker.organisation, asker.contact) if part) or "Nobody is named yet",
        warning="The call does not say who is asking and whom people can contact.",
    )


def _build_timing(draft: CallDraft) -> CallPart:
    names = [name for name in draft.participation_modes if name in set(Mode)]
    return CallPart(
        "Dates and ways to take part",
        "evidence.edit_call_timing",
        _choose_state(is_ready=bool(names)),
        f"{draft.opens_on.day} {draft.opens_on:%B %Y} to {draft.closes_on.day} {draft.closes_on:%B %Y}",
        warning="There is no way to take part yet.",
    )


def _build_questions(draft: CallDraft) -> CallPart:
    number = sum(1 for _ in draft.schedule.iter_questions())
    sections = count(len(draft.schedule.sections), "section", "sections")
    return CallPart(
        "Questions",
        "evidence.edit_schedule",
        _choose_state(is_ready=number > 0),
        f"{count(number, 'question', 'questions')} in {sections}" if number else "No questions yet",
        warning="A call needs at least one question before it can be published.",
    )


def _build_background(draft: CallDraft) -> CallPart:
    aims, kinds = len(draft.aims), len(draft.area_types)
    return CallPart(
        "Background questions and aims",
        "evidence.edit_call_background",
        _choose_state(is_ready=bool(aims or kinds), is_optional=True),
        f"{count(aims, 'aim', 'aims')}, {count(kinds, 'kind of place', 'kinds of place').lower()}",
    )


def _build_sites(draft: CallDraft) -> CallPart:
    return CallPart(
        "Sites",
        "evidence.edit_call_sites",
        _choose_state(is_ready=bool(draft.sites), is_optional=True),
        ", ".join(site.title for site in draft.sites) or "No sites",
    )


def _build_consent(draft: CallDraft) -> CallPart:
    asks_interviews = Mode.INTERVIEW.value in draft.participation_modes
    uses = {term.use for term in draft.consent_terms}
    needed = SPOKEN_ONLY_USES if asks_interviews else frozenset()
    return CallPart(
        "Permissions we ask for",
        "evidence.edit_call_consent",
        _choose_state(is_ready=bool(uses) and needed <= uses),
        count(len(uses), "permission", "permissions"),
        warning="Some permissions that interviews need are not asked for, so they could not be recorded.",
    )


PART_BUILDERS: tuple[Callable[[CallDraft], CallPart], ...] = (
    _build_about,
    _build_asker,
    _build_timing,
    _build_questions,
    _build_background,
    _build_sites,
    _build_consent,
)
