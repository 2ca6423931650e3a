"""What a contribution says about its case: who responds, kinds of area, what it shows, which aims."""

from dataclasses import dataclass

from core.database import db
from core.errors import RuleError
from evidence.call_rows import read_published_page
from evidence.models import (
    Call,
    Contribution,
    ContributionAim,
    ContributionAreaType,
    Finding,
    RespondentType,
)

RESPONDENT_TYPE_MISSING = "Select whether you are responding for an organisation or as an individual."
AREA_TYPE_MISSING = "Select at least one kind of place."
FINDING_MISSING = "Select whether it shows something that works or a difficulty that persists."


class UnknownCaseProfileChoiceError(RuleError): ...


@dataclass(frozen=True, slots=True)
class CaseProfile:
    respondent_type: RespondentType | None = None
    finding: Finding | None = None
    area_types: tuple[str, ...] = ()
    aim_keys: tuple[str, ...] = ()


def list_background_questions(call: Call) -> tuple[str, ...]:
    """Those that the call asks; of places and aims only if there are some to choose from."""
    can_choose = {"places": bool(call.area_types), "aims": bool(call.aims)}
    return tuple(name for name in read_published_page(call).background_questions if can_choose.get(name, True))


def save_case_profile(contribution: Contribution, profile: CaseProfile) -> None:
    db.session.refresh(contribution, with_for_update=True)  # the same page may be sent twice at once
    call = contribution.call
    if not set(profile.area_types) <= set(call.area_types):
        raise UnknownCaseProfileChoiceError("Choose kinds of place from the list.")
    if not set(profile.aim_keys) <= {aim.key for aim in call.aims}:
        raise UnknownCaseProfileChoiceError("Choose aims from the list.")
    contribution.respondent_type, contribution.finding = profile.respondent_type, profile.finding
    contribution.area_types = _reuse_or_create_area_types(contribution, profile.area_types)
    contribution.aims = _reuse_or_create_aims(contribution, profile.aim_keys)
    db.session.flush()


def get_case_profile(contribution: Contribution) -> CaseProfile:
    area_types = {row.area_type for row in contribution.area_types}
    aim_keys = {row.aim_key for row in contribution.aims}
    return CaseProfile(
        respondent_type=contribution.respondent_type,
        finding=contribution.finding,
        area_types=tuple(kind for kind in contribution.call.area_types if kind in area_types),
        aim_keys=tuple(aim.key for aim in contribution.call.aims if aim.key in aim_keys),
    )


def _reuse_or_create_area_types(contribution: Contribution, area_types: tuple[str, ...]) -> list[ContributionAreaType]:
    existing = {row.area_type: row for row in contribution.area_types}
    return [existing.get(kind) or ContributionAreaType(area_type=kind) for kind in dict.fromkeys(area_types)]


def _reuse_or_create_aims(contribution: Contribution, aim_keys: tuple[str, ...]) -> list[ContributionAim]:
    existing = {row.aim_key: row for row in contribution.aims}
    return [existing.get(key) or ContributionAim(aim_key=key) for key in dict.fromkeys(aim_keys)]
