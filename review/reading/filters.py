"""Filters of the evidence pages: from and to an address, and as conditions of a query."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement

from evidence.models import (
    Contribution,
    ContributionAim,
    ContributionAreaType,
    Finding,
    Mode,
    RespondentType,
)

FilterEnum = TypeVar("FilterEnum", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Filters:
    """None: no filter. Field names are parameter names in the address."""

    given_as: RespondentType | None = None
    place: str | None = None
    shows: Finding | None = None
    aim: str | None = None
    mode: Mode | None = None

    def as_query(self) -> dict[str, Any]:
        return {name: str(value) for name, value in asdict(self).items() if value is not None}

    def build_conditions(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool] | None] = [
            Contribution.respondent_type == self.given_as if self.given_as else None,
            Contribution.finding == self.shows if self.shows else None,
            Contribution.mode == self.mode if self.mode else None,
            Contribution.area_types.any(ContributionAreaType.area_type == self.place) if self.place else None,
            Contribution.aims.any(ContributionAim.aim_key == self.aim) if self.aim else None,
        ]
        return [condition for condition in conditions if condition is not None]


NO_FILTERS = Filters()


def parse_filters(arguments: Mapping[str, str]) -> Filters:
    return Filters(
        given_as=_parse_member(RespondentType, arguments.get("given_as")),
        place=_parse_text(arguments.get("place")),
        shows=_parse_member(Finding, arguments.get("shows")),
        aim=_parse_text(arguments.get("aim")),
        mode=_parse_member(Mode, arguments.get("mode")),
    )


def _parse_member(kind: type[FilterEnum], value: str | None) -> FilterEnum | None:
    return next((member for member in kind if member.value == value), None)


def _parse_text(value: str | None) -> str | None:
    """PostgreSQL refuses the null character."""
    cleaned = (value or "").replace("\0", "").strip()
    return cleaned or None
