"""What a reader narrows the evidence down to, read from and written to an address. Makes conditions, runs no query."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement

from evidence.models import Contribution, ContributionAim, ContributionPlace, GivenAs, Mode, Shows

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Filters:
    """None: not narrowed. Field names are the names in the address."""

    given_as: GivenAs | None = None
    place: str | None = None
    shows: Shows | None = None
    aim: str | None = None
    mode: Mode | None = None

    def as_query(self) -> dict[str, Any]:
        """For links that keep the filters: only what is set."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}

    def conditions(self) -> list[ColumnElement[bool]]:
        """On Contribution; all of them have to hold."""
        wanted: list[ColumnElement[bool] | None] = [
            Contribution.given_as == self.given_as if self.given_as else None,
            Contribution.shows == self.shows if self.shows else None,
            Contribution.mode == self.mode if self.mode else None,
            Contribution.places.any(ContributionPlace.place == self.place) if self.place else None,
            Contribution.aims.any(ContributionAim.aim_key == self.aim) if self.aim else None,
        ]
        return [condition for condition in wanted if condition is not None]


NO_FILTERS = Filters()


def filters_from(arguments: Mapping[str, str]) -> Filters:
    """The filters in an address. A value that a closed set does not know counts as not set."""
    return Filters(
        given_as=_member(GivenAs, arguments.get("given_as")),
        place=_text(arguments.get("place")),
        shows=_member(Shows, arguments.get("shows")),
        aim=_text(arguments.get("aim")),
        mode=_member(Mode, arguments.get("mode")),
    )


def _member(kind: type[Kind], value: str | None) -> Kind | None:
    return next((member for member in kind if member.value == value), None)


def _text(value: str | None) -> str | None:
    """PostgreSQL refuses the null character, which nobody means."""
    cleaned = (value or "").replace("\0", "").strip()
    return cleaned or None
