"""Mails that are damaged, or made to keep their reader busy, are read or refused within seconds."""

import time
from contextlib import suppress
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.ical.mail_parts import MailNotReadableError, parse_mail_bytes
from interviews.ical.reply_parser import ReplyNotReadableError, parse_reply
from interviews.inbox.bounces import parse_bounce
from tests.support.make_reply_mails import REPLIES, counter

READABLE = sorted(path.stem for path in REPLIES.glob("*.eml"))
MANY_PARTS = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"
A_REPORT = b"From: a@b.example\nContent-Type: message/delivery-status\n\n"


def parts_with(header: bytes, *, count: int) -> bytes:
    return MANY_PARTS + b"".join(b"--b\n%s%d\n\nx\n" % (header, number) for number in range(count)) + b"--b--\n"


HOSTILE = {
    "types": parts_with(b"Content-Type: text/plain;a=" + b'"(;a=' * 300, count=200),
    "types, fewer": parts_with(b"Content-Type: text/plain" + b";a*=u''%" * 200, count=100),
    "types, short": parts_with(b"Content-Type: text/plain;a=" + b"(" * 250, count=140),
    "numbers": parts_with(b"Message-ID: " + b'"' * 1900, count=140),
    "senders": (b"From: " + b'"' * 500 + b"\n") * 10_000 + b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n",
    "nested": b"".join(b"Content-Type: multipart/mixed; Boundary=b%d\n\n--b%d\n" % (n, n) for n in range(90))
    + b"\n" * 10**6,
    "reports": A_REPORT + b"\n" * 10**6,
    "fields": A_REPORT + (b"To: " + b'"' * 500 + b"\n\n") * 5000,
}


def test_parts_nested_a_thousand_deep_are_refused_with_a_reason() -> None:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000))

    with pytest.raises(ReplyNotReadableError):
        parse_reply(b"From: dev@home.example\n" + opened + b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n")


@pytest.mark.parametrize(
    "mail",
    [
        b"From: " + b"a," * 100_000 + b"\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n",
        b"From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
        b"From: a@b.c\nContent-Type: text/calendar\n\n" + b"\r" * 1_000_000,
        b"From: a@b.c\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 50_000 + b"END:Y\n" * 50_000,
    ],
    ids=["senders", "parts", "returns", "components"],
)
def test_what_was_made_to_keep_its_reader_busy_does_not(mail: bytes) -> None:
    begun = time.monotonic()

    with pytest.raises(ReplyNotReadableError):
        parse_reply(mail)

    assert time.monotonic() - begun < 5  # far from the hours that it would take


def test_a_line_that_is_megabytes_long_is_read_in_no_time() -> None:
    answer = parse_reply(counter("DTSTART:20260701T100000Z", "X-LONG;" + ';"' * 400_000 + ":", "COMMENT:late"))

    assert answer.uid == "one@listening-post.example"


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_mail_costs_a_second_and_not_minutes(kind: str) -> None:
    begun = time.process_time()

    with suppress(MailNotReadableError):
        parse_bounce(parse_mail_bytes(HOSTILE[kind]))
    with suppress(ReplyNotReadableError):
        parse_reply(HOSTILE[kind])

    assert time.process_time() - begun < 4  # two seconds for each reader; without limits up to forty


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(READABLE),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_a_damaged_mail_is_read_or_refused_and_breaks_nothing(name: str, cuts: list[tuple[float, bytes]]) -> None:
    content = (REPLIES / f"{name}.eml").read_bytes()
    for share, noise in cuts:
        at = int(share * len(content))
        content = content[:at] + noise + content[at + 3 :]

    try:
        answer = parse_reply(content)
    except ReplyNotReadableError:
        return
    assert answer.uid
    assert all(moment is None or moment.tzinfo is UTC for moment in (answer.proposed_start, answer.proposed_end))
