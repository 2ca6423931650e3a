"""What calendars answer, read from mails as Google, Exchange, Apple and others write them, and from hostile ones."""

import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.commands import read_reply_command
from interviews.ical.mail_parts import MailNotReadableError, get_sender, parse_mail_bytes
from interviews.ical.reply_parser import ReplyNotReadableError, parse_reply
from interviews.inbox.bounces import parse_bounce

REPLIES = Path(__file__).resolve().parents[2] / "data" / "replies"
EXPECTED: dict[str, Any] = json.loads((REPLIES / "expected.json").read_text())
READABLE = sorted(name for name, said in EXPECTED.items() if "error" not in said)
UNREADABLE = sorted(name for name, said in EXPECTED.items() if "error" in said)
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


def path_of(name: str) -> Path:
    return REPLIES / f"{name}.eml"


@pytest.mark.parametrize("name", READABLE)
def test_the_command_prints_what_a_reply_says(name: str) -> None:
    ended = CliRunner().invoke(read_reply_command, [str(path_of(name))])

    assert (ended.exit_code, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == EXPECTED[name]


@pytest.mark.parametrize("name", UNREADABLE)
def test_the_command_explains_what_it_cannot_read(name: str) -> None:
    ended = CliRunner().invoke(read_reply_command, [str(path_of(name))])

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: This") or ended.stderr.startswith("Error: The calendar object")


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        ("Europe/London", "20260329T013000", "2026-03-29T01:30:00Z"),  # skipped: the offset before the change
        ("Europe/London", "20261025T013000", "2026-10-25T00:30:00Z"),  # comes twice: the first counts
        ("GMT Standard Time", "20261025T013000", "2026-10-25T00:30:00Z"),
        ("Nowhere", "20260329T013000", "2026-03-29T01:30:00Z"),
        ("Nowhere", "20260329T003000", "2026-03-29T00:30:00Z"),
        ("Nowhere", "20260329T023000", "2026-03-29T01:30:00Z"),
        ("Nowhere", "20261025T013000", "2026-10-25T00:30:00Z"),
        ("Nowhere", "20261025T023000", "2026-10-25T02:30:00Z"),
        ("Nowhere", "20260101T100000", "2026-01-01T10:00:00Z"),
        ("gmt standard time", "20260701T100000", "2026-07-01T09:00:00Z"),
        ("India Standard Time", "20260701T100000", "2026-07-01T04:30:00Z"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "20260701T100000", "2026-07-01T14:00:00Z"),
        ("/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires", "20260701T100000", "2026-07-01T13:00:00Z"),
        ("tzone://Microsoft/Utc", "20260701T100000", "2026-07-01T10:00:00Z"),
        ("GMT +0530 (Standard) / GMT +0530 (Daylight)", "20260701T100000", "2026-07-01T04:30:00Z"),
        ("GMT +0000 (Standard) / GMT +0100 (Daylight)", "20260701T100000", None),
        ("tzone://Microsoft/Custom", "20260701T100000", None),
        ("localtime", "20260701T100000", None),
        ("../../etc/passwd", "20260701T100000", None),
        ("Elsewhere", "20260701T100000", None),
    ],
)
def test_a_zone_gives_a_moment_or_none_and_never_a_guess(zone: str, local: str, moment: str | None) -> None:
    answer = parse_reply(counter(f'DTSTART;TZID="{zone}":{local}'))

    assert answer.proposed_start == (datetime.fromisoformat(moment) if moment else None)


@pytest.mark.parametrize(
    ("length", "moment"),
    [("PT45M", "10:45"), ("P0DT1H", "11:00"), ("P", None), ("-PT5M", None), ("P99999D", "dropped"), ("PT1H30", None)],
)
def test_a_length_gives_the_end(length: str, moment: str | None) -> None:
    answer = parse_reply(counter("DTSTART:20260701T100000Z", f"DURATION:{length}"))

    end = answer.proposed_end
    assert (f"{end:%H:%M}" if end and end.year == 2026 else None) == (moment if moment != "dropped" else None)


def test_a_calendar_inside_a_mail_inside_the_mail_is_not_the_senders_answer() -> None:
    mail = EmailMessage()
    mail["From"] = "eve@elsewhere.example"
    mail.set_content("See below.")
    inner = EmailMessage()
    inner.set_content(CALENDAR.format(lines="DTSTART:20260701T100000Z"), subtype="calendar")
    mail.add_attachment(inner)

    with pytest.raises(ReplyNotReadableError):
        parse_reply(mail.as_bytes())


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


@pytest.mark.parametrize("year", ["0001", "1601", "1999", "2101", "9999"])
def test_a_time_of_another_century_is_no_time(year: str) -> None:
    answer = parse_reply(
        counter(f"DTSTART:{year}0101T000000Z", f"DTEND:{year}1231T235900Z", f"DTSTAMP:{year}0101T000000Z")
    )

    assert (answer.proposed_start, answer.proposed_end, answer.stamped_at) == (None, None, None)


@pytest.mark.parametrize("sender", ["=?utf-8?q?a=00b?=@x.example", "=?utf-8?b?YQBi?= <=?utf-8?q?a=00b?=@x.example>"])
def test_a_sender_that_no_database_can_store_is_nobody(sender: str) -> None:
    assert get_sender(parse_mail_bytes(f"From: {sender}\n\nHello\n".encode())) is None


def test_a_mail_with_two_senders_comes_from_nobody() -> None:
    assert get_sender(parse_mail_bytes(b"From: dev@home.example\nfrom: eve@elsewhere.example\n\nHello\n")) is None


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_mail_costs_a_second_and_not_minutes(kind: str) -> None:
    begun = time.process_time()

    with suppress(MailNotReadableError):
        parse_bounce(parse_mail_bytes(HOSTILE[kind]))
    with suppress(ReplyNotReadableError):
        parse_reply(HOSTILE[kind])

    assert time.process_time() - begun < 4  # two seconds for each reader; without limits up to forty


def test_a_calendar_with_a_long_file_name_is_still_a_calendar() -> None:
    named = f"text/calendar; charset=utf-8; name*=UTF-8''{'%D0%B4' * 100}.ics"
    mail = counter("DTSTART:20260701T100000Z").replace(b"text/calendar; charset=utf-8", named.encode())

    assert parse_reply(mail).method == "COUNTER"


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(READABLE),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_a_damaged_mail_is_read_or_refused_and_breaks_nothing(name: str, cuts: list[tuple[float, bytes]]) -> None:
    content = path_of(name).read_bytes()
    for place, noise in cuts:
        at = int(place * len(content))
        content = content[:at] + noise + content[at + 3 :]

    try:
        answer = parse_reply(content)
    except ReplyNotReadableError:
        return
    assert answer.uid
    assert all(moment is None or moment.tzinfo is UTC for moment in (answer.proposed_start, answer.proposed_end))


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:COUNTER
BEGIN:VTIMEZONE
TZID:Nowhere
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:one@listening-post.example
ATTENDEE;PARTSTAT=TENTATIVE:mailto:dev@home.example
{lines}
END:VEVENT
END:VCALENDAR
"""


def counter(*lines: str) -> bytes:
    """A mail with a COUNTER that holds these lines."""
    headers = "From: dev@home.example\nContent-Type: text/calendar; charset=utf-8\n\n"
    return (headers + CALENDAR.format(lines="\n".join(lines))).encode()
