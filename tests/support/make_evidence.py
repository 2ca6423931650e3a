"""Builders of calls, participants and contributions for tests. They add and flush; the client commits."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from core import clock
from evidence import calls, contributions, participants
from evidence.models import Call, Contribution, Mode, Participant

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def call_data(**changes: Any) -> dict[str, Any]:
    """The example call as JSON, open today unless changed."""
    data = json.loads((SAMPLES / "example-call.json").read_text())
    today = clock.now().date()
    dates = {"opens_on": str(today - timedelta(days=10)), "closes_on": str(today + timedelta(days=90))}
    return {**data, **dates, **changes}


def schedule_data(*questions: dict[str, Any]) -> dict[str, Any]:
    """A schedule of one section, “Things”, with these questions; each needs only a key."""
    filled = [{"prompt": f"What of {question['key']}?", **question} for question in questions]
    return {"title": "A small call", "sections": [{"key": "things", "title": "Things", "questions": filled}]}


def draft_call(**changes: Any) -> Call:
    return calls.load_draft(call_data(**changes), folder=SAMPLES)


def call(**changes: Any) -> Call:
    """A published call, open today."""
    made = draft_call(**changes)
    calls.publish(made)
    return made


def closed_call(**changes: Any) -> Call:
    today = clock.now().date()
    dates = {"opens_on": str(today - timedelta(days=30)), "closes_on": str(today - timedelta(days=2))}
    return call(**{**dates, **changes})


def participant(email: str = "dev@home.example", name: str = "Dev") -> Participant:
    return participants.create_participant(name=name, email=email)


def contribution(to: Call | None = None, by: Participant | None = None, mode: Mode = Mode.WRITTEN) -> Contribution:
    """A draft with no answers yet."""
    return contributions.start_contribution(to or call(), by or participant(), mode)
