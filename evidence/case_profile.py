"""What a contribution says about itself: given as whom, from what kind of place, what it shows, for which aims."""

from dataclasses import dataclass

from core.database import db
from core.errors import RuleError
from evidence.models import (
    Contribution,
    ContributionAim,
    ContributionAreaType,
    Finding,
    RespondentType,
)


class UnknownCaseProfileChoiceError(RuleError):
    """A place or an aim that the call does not have."""


@dataclass(frozen=True, slots=True)
class CaseProfile:
    respondent_type: RespondentType | None = None
    finding: Finding | None = None
    area_types: tuple[str, ...] = ()
    aim_keys: tuple[str, ...] = ()  # their keys


def save_case_profile(contribution: Contribution, profile: CaseProfile) -> None:
    """Store it in place of what was noted before. Raises UnknownChoiceError."""
    db.session.refresh(contribution, with_for_update=True)  # a page that is sent twice takes turns with itself
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
    """As noted, places and aims in the call's order."""
    places = {row.area_type for row in contribution.area_types}
    aims = {row.aim_key for row in contribution.aims}
    return CaseProfile(
        respondent_type=contribution.respondent_type,
        finding=contribution.finding,
        area_types=tuple(place for place in contribution.call.area_types if place in places),
        aim_keys=tuple(aim.key for aim in contribution.call.aims if aim.key in aims),
    )


def _reuse_or_create_area_types(contribution: Contribution, area_types: tuple[str, ...]) -> list[ContributionAreaType]:
    kept = {row.area_type: row for row in contribution.area_types}
    return [kept.get(place) or ContributionAreaType(area_type=place) for place in dict.fromkeys(area_types)]


def _reuse_or_create_aims(contribution: Contribution, aims: tuple[str, ...]) -> list[ContributionAim]:
    kept = {row.aim_key: row for row in contribution.aims}
    return [kept.get(key) or ContributionAim(aim_key=key) for key in dict.fromkeys(aims)]
