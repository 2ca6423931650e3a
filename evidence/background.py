"""What a contribution says about itself: given as whom, from what kind of place, what it shows, for which aims."""

from dataclasses import dataclass

from core.database import db
from core.errors import RuleError
from evidence.models import Contribution, ContributionAim, ContributionPlace, GivenAs, Shows


class UnknownChoiceError(RuleError):
    """A place or an aim that the call does not have."""


@dataclass(frozen=True, slots=True)
class Background:
    given_as: GivenAs | None = None
    shows: Shows | None = None
    places: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()  # their keys


def note_background(contribution: Contribution, background: Background) -> None:
    """Store it in place of what was noted before. Raises UnknownChoiceError."""
    db.session.refresh(contribution, with_for_update=True)  # a page that is sent twice takes turns with itself
    call = contribution.call
    if not set(background.places) <= set(call.places):
        raise UnknownChoiceError("Choose kinds of place from the list.")
    if not set(background.aims) <= {aim.key for aim in call.aims}:
        raise UnknownChoiceError("Choose aims from the list.")
    contribution.given_as, contribution.shows = background.given_as, background.shows
    contribution.places = _kept_or_new_places(contribution, background.places)
    contribution.aims = _kept_or_new_aims(contribution, background.aims)
    db.session.flush()


def background_of(contribution: Contribution) -> Background:
    """As noted, places and aims in the call's order."""
    places = {row.place for row in contribution.places}
    aims = {row.aim_key for row in contribution.aims}
    return Background(
        given_as=contribution.given_as,
        shows=contribution.shows,
        places=tuple(place for place in contribution.call.places if place in places),
        aims=tuple(aim.key for aim in contribution.call.aims if aim.key in aims),
    )


def _kept_or_new_places(contribution: Contribution, places: tuple[str, ...]) -> list[ContributionPlace]:
    kept = {row.place: row for row in contribution.places}
    return [kept.get(place) or ContributionPlace(place=place) for place in dict.fromkeys(places)]


def _kept_or_new_aims(contribution: Contribution, aims: tuple[str, ...]) -> list[ContributionAim]:
    kept = {row.aim_key: row for row in contribution.aims}
    return [kept.get(key) or ContributionAim(aim_key=key) for key in dict.fromkeys(aims)]
