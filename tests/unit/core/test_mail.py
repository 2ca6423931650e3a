"""A mail as MIME, read back by another parser than the one that wrote it."""

from email import message_from_bytes
from email.policy import SMTP, default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mail import Mail, build_mime_message

ID = UUID("00000000-0000-4000-8000-000000000001")
SENDER = "interviews@listening-post.example"
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


def a_mail(subject: str = "Hello", text: str = "Hello\n", recipient: str = "dev@home.example") -> Mail:
    return Mail(recipient, subject, text, f"<p>{text}</p>")


@given(subject=WORDS, text=WORDS)
def test_text_arrives_as_it_was_written(subject: str, text: str) -> None:
    message = message_from_bytes(
        build_mime_message(a_mail(subject, f"{text}\n"), message_id=ID, sender=SENDER).as_bytes(policy=SMTP),
        policy=default,
    )

    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == f"{text}\n"
    assert " ".join(str(message["Subject"]).split()) == " ".join(subject.split())


@given(subject=st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_no_subject_adds_a_header(subject: str) -> None:
    written = build_mime_message(a_mail(f"{subject}\r\nBcc: eve@evil.example"), message_id=ID, sender=SENDER)

    assert message_from_bytes(written.as_bytes(policy=SMTP), policy=default)["Bcc"] is None


@pytest.mark.parametrize("recipient", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "", "no address"])
def test_an_address_that_is_none_is_refused(recipient: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        build_mime_message(a_mail(recipient=recipient), message_id=ID, sender=SENDER)


def test_the_message_id_comes_from_the_row_and_the_senders_host() -> None:
    message = build_mime_message(a_mail(), message_id=ID, sender=SENDER)

    assert message["Message-ID"] == f"<{ID}@listening-post.example>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_mail_without_a_calendar_has_two_parts_and_no_attachment() -> None:
    message = build_mime_message(a_mail(), message_id=ID, sender=SENDER)

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_no_line_is_longer_than_mail_servers_take() -> None:
    written = build_mime_message(a_mail(subject="long " * 300, text="x" * 5000 + "\n"), message_id=ID, sender=SENDER)

    assert max(len(line) for line in written.as_bytes(policy=SMTP).split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    ("recipient", "server"),
    [("dev@straße.example", "xn--strae-oqa.example"), ("dev@βόλος.example", "xn--nxasmm1c.example")],
)
def test_an_email_goes_to_the_domain_that_was_typed(recipient: str, server: str) -> None:
    message = build_mime_message(a_mail(recipient=recipient), message_id=ID, sender=SENDER)

    assert message["To"] == f"dev@{server}"
