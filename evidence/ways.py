"""The ways to take part that work: only these are offered, and of them only those that a call names."""

from dataclasses import dataclass

from flask import current_app, url_for

from evidence.models import Call, Mode


@dataclass(frozen=True, slots=True)
class Way:
    mode: Mode
    title: str
    words: str
    endpoint: str  # takes the call's slug
    button: str
    for_others: str = ""  # an endpoint to suggest somebody else, which takes the slug too


WAYS = (
    Way(
        Mode.WRITTEN,
        "Write to us",
        "Answer the questions in writing, in as many visits as you like. You need no account.",
        "evidence.start_written",
        "Start writing",
    ),
    Way(
        Mode.INTERVIEW,
        "Talk to us",
        "Offer to be interviewed by one of us. You choose the time, and say what you need.",
        "interviews.volunteer",
        "Offer an interview",
        for_others="interviews.nominate",
    ),
)


def offered_ways(call: Call) -> list[Way]:
    """In the order of the table."""
    return [way for way in WAYS if way.mode.value in call.ways and way.endpoint in current_app.view_functions]


def address_of_way(way: Way, call: Call) -> str:
    return url_for(way.endpoint, slug=call.slug)


def ways_not_working(call: Call) -> list[str]:
    """What the call names and we cannot offer, for the person who loads it."""
    known = {way.mode.value for way in WAYS}
    return [way for way in call.ways if way not in known]
