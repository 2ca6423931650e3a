"""The ways to take part that work: only these are offered, and of them only those that a call names."""

from dataclasses import dataclass

from flask import current_app, url_for

from evidence.models import Call, Mode


@dataclass(frozen=True, slots=True)
class ParticipationMode:
    mode: Mode
    title: str
    description: str
    endpoint: str  # takes the call's slug
    button_text: str
    nomination_endpoint: str = ""  # an endpoint to suggest somebody else, which takes the slug too


PARTICIPATION_MODES = (
    ParticipationMode(
        Mode.WRITTEN,
        "Write to us",
        "Answer the questions in writing, in as many visits as you like. You need no account.",
        "evidence.start_written",
        "Start writing",
    ),
    ParticipationMode(
        Mode.INTERVIEW,
        "Talk to us",
        "Offer to be interviewed by one of us. You choose the time, and say what you need.",
        "interviews.sign_up",
        "Offer an interview",
        nomination_endpoint="interviews.nominate_person",
    ),
)


def list_offered_modes(call: Call) -> list[ParticipationMode]:
    """In the order of the table."""
    return [
        way
        for way in PARTICIPATION_MODES
        if way.mode.value in call.participation_modes and way.endpoint in current_app.view_functions
    ]


def build_mode_url(mode: ParticipationMode, call: Call) -> str:
    return url_for(mode.endpoint, slug=call.slug)


def list_unavailable_modes(call: Call) -> list[str]:
    """What the call names and we cannot offer, for the person who loads it."""
    known = {way.mode.value for way in PARTICIPATION_MODES}
    return [way for way in call.participation_modes if way not in known]
