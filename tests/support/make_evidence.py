"""Builders of calls, participants and contributions for tests. They add and flush; the client commits."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence import calls, contributions, email_changes, participants
from evidence.models import Call, Contribution, InterestedAddress, Mode, Participant

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
    """Somebody who has opened the link that was mailed to them."""
    made = participants.create_participant(name=name, email=email)
    if made.contact is not None:
        made.contact.confirmed_at = clock.now()
    return made


def move_to_address(person: Participant, email: str) -> None:
    """They ask for it, and confirm it by the link that is mailed to the new address."""
    email_changes.request_change(person, email)
    newest = select(OutboxMessage.text).where(OutboxMessage.recipient == email).order_by(OutboxMessage.number.desc())
    found = re.search(r"/new-address/(\S+)", db.session.scalars(newest).first() or "")
    assert found
    email_changes.complete_change(found[1])


def interested_address(to: Call, email: str) -> InterestedAddress:
    """Left for updates, and confirmed."""
    now = clock.now()
    row = InterestedAddress(call_id=to.id, email=email, created_at=now, confirmed_at=now)
    db.session.add(row)
    db.session.flush()
    return row


def contribution(to: Call | None = None, by: Participant | None = None, mode: Mode = Mode.WRITTEN) -> Contribution:
    """A draft with no answers yet."""
    return contributions.start_contribution(to or call(), by or participant(), mode)
