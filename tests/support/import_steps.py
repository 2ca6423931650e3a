"""Send transcripts made elsewhere through the pages, as an interviewer does."""

from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from interviews.models import Booking

TRANSCRIPTS = Path(__file__).resolve().parents[1] / "data" / "transcripts"
BOUNDARY = "a-line-between-the-fields"
FORM_HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="transcript"; filename="Ann and Bob.vtt"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
)


def post_file(client: FlaskClient, booking: Booking, content: bytes) -> TestResponse:
    """As a browser sends it; the client's own way leaves large files open."""
    body = FORM_HEAD.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return client.post(f"/staff/bookings/{booking.id}/transcript", data=body, content_type=kind)


def post_for_preview(client: FlaskClient, booking: Booking, content: bytes) -> str:
    """The address of the page that shows what was read."""
    answer = post_file(client, booking, content)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def import_transcript(client: FlaskClient, booking: Booking, content: bytes, **answers: str) -> TestResponse:
    """Without a recording unless one is named."""
    sent = {"recording": "none", "language": "en", **answers}
    return client.post(post_for_preview(client, booking, content), data=sent)


def read_sample(name: str) -> bytes:
    return (TRANSCRIPTS / name).read_bytes()
