"""Send transcripts made elsewhere through the pages, as an interviewer does."""

import io
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from interviews.models import Booking

TRANSCRIPTS = Path(__file__).parent / "data" / "transcripts"


def choose(client: FlaskClient, booking: Booking, content: bytes) -> TestResponse:
    file = (io.BytesIO(content), "Ann and Bob.vtt")
    return client.post(f"/staff/bookings/{booking.id}/transcript", data={"transcript": file})


def waiting(client: FlaskClient, booking: Booking, content: bytes) -> str:
    """The address of the page that shows what was read."""
    answer = choose(client, booking, content)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def bring_in(client: FlaskClient, booking: Booking, content: bytes, **answers: str) -> TestResponse:
    """The answer to “Bring it in”; without a recording unless one is named."""
    sent = {"recording": "none", "language": "en", **answers}
    return client.post(waiting(client, booking, content), data=sent)


def sample(name: str) -> bytes:
    return (TRANSCRIPTS / name).read_bytes()
