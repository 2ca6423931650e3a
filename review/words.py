"""How closed sets read on the pages of this package. Only words: no queries, no markup."""

from evidence.models import Call, Contribution, GivenAs, Mode, Shows

GIVEN_AS = {GivenAs.ORGANISATION: "Organisation", GivenAs.INDIVIDUAL: "Individual"}
SHOWS = {Shows.WORKS: "Something that works", Shows.DIFFICULTY: "A difficulty that persists"}
MODES = {Mode.WRITTEN: "Written", Mode.INTERVIEW: "Interview"}


def facts(contribution: Contribution) -> list[str]:
    """The background of a contribution in a few short pieces; what was not said is left out."""
    places = ", ".join(sorted(place.place for place in contribution.places))
    pieces = [
        GIVEN_AS[contribution.given_as] if contribution.given_as else "",
        places.capitalize(),
        SHOWS[contribution.shows] if contribution.shows else "",
    ]
    return [piece for piece in pieces if piece]


def aims(contribution: Contribution, call: Call) -> list[str]:
    """The aims that a contribution bears on, as the call words them and in its order."""
    chosen = {aim.aim_key for aim in contribution.aims}
    return [aim.text for aim in call.aims if aim.key in chosen]
