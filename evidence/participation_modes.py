"""The available ways to take part. A call offers those that it names."""

from collections.abc import Sequence
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
    nomination_endpoint: str = ""  # to suggest someone else; takes the slug too


PARTICIPATION_MODES = (
    ParticipationMode(
        Mode.WRITTEN,
        "Write to us",
        "Answer the questions in writing, over as many visits as you like. You do not need an account.",
        "evidence.start_written",
        "Start writing",
    ),
    ParticipationMode(
        Mode.INTERVIEW,
        "Talk to us",
        "Volunteer for an interview with one of us. You choose a time and tell us what you need.",
        "interviews.sign_up",
        "Volunteer for an interview",
        nomination_endpoint="interviews.nominate_person",
    ),
)


def list_offered_modes(call: Call) -> list[ParticipationMode]:
    return list_modes(call.participation_modes)


def list_modes(names: Sequence[str]) -> list[ParticipationMode]:
    return [
        item for item in PARTICIPATION_MODES if item.mode.value in names and item.endpoint in current_app.view_functions
    ]


def build_mode_url(mode: ParticipationMode, call: Call) -> str:
    return url_for(mode.endpoint, slug=call.slug)


def list_unavailable_modes(call: Call) -> list[str]:
    known = {item.mode.value for item in PARTICIPATION_MODES}
    return [name for name in call.participation_modes if name not in known]
