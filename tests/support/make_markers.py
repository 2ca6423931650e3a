"""Builders of taps for tests, as the page sends them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.database import db
from interviews.models import Booking
from transcripts.markers import live_markers
from transcripts.markers.payload import SentTap
from transcripts.models import Marker, MarkerKind


def tap_data(
    kind: str = "asked", question: str | None = "capacity", at: datetime | None = None, **more: Any
) -> dict[str, Any]:
    moment = at or clock.now()
    return {"id": str(uuid4()), "kind": kind, "question": question, "at": moment.timestamp() * 1000, **more}


def post_taps(client: FlaskClient, booking: Booking, *taps: object) -> Any:
    return client.post(f"/staff/interviews/{booking.id}/markers", json={"taps": list(taps)})


def store_tap(
    booking: Booking, at: datetime, question: str | None = "capacity", kind: MarkerKind = MarkerKind.ASKED
) -> UUID:
    """Kept, as if the interviewer had sent it."""
    tap = SentTap(uuid4(), kind, question, "", at)
    refused = live_markers.record_taps(booking.volunteer.contribution, [tap], booking.slot.interviewer_id)
    assert refused == {}
    return tap.id


def list_markers() -> list[Marker]:
    db.session.rollback()
    return list(db.session.scalars(select(Marker).order_by(Marker.tapped_at)))
