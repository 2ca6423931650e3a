"""What calendars answer, read from mails as Google, Exchange, Apple and others write them, and from hostile ones."""

import json
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.calendars.replies import ReplyNotReadableError, read_reply
from interviews.commands import read_reply_command

REPLIES = Path(__file__).parent.parent / "data" / "replies"
EXPECTED: dict[str, Any] = json.loads((REPLIES / "expected.json").read_text())
READABLE = sorted(name for name, said in EXPECTED.items() if "error" not in said)
UNREADABLE = sorted(name for name, said in EXPECTED.items() if "error" in said)


def path_of(name: str) -> Path:
    return REPLIES / f"{name}.eml"


@pytest.mark.parametrize("name", READABLE)
def test_the_command_prints_what_a_reply_says(name: str) -> None:
    ended = CliRunner().invoke(read_reply_command, [str(path_of(name))])

    assert (ended.exit_code, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == EXPECTED[name]


@pytest.mark.parametrize("name", UNREADABLE)
def test_the_command_says_in_words_what_it_cannot_read(name: str) -> None:
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
    answer = read_reply(counter(f'DTSTART;TZID="{zone}":{local}'))

    assert answer.proposed_start == (datetime.fromisoformat(moment) if moment else None)


@pytest.mark.parametrize(
    ("length", "moment"),
    [("PT45M", "10:45"), ("P0DT1H", "11:00"), ("P", None), ("-PT5M", None), ("P99999D", "dropped"), ("PT1H30", None)],
)
def test_a_length_gives_the_end(length: str, moment: str | None) -> None:
    answer = read_reply(counter("DTSTART:20260701T100000Z", f"DURATION:{length}"))

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
        read_reply(mail.as_bytes())


def test_parts_nested_a_thousand_deep_are_refused_in_words() -> None:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000))

    with pytest.raises(ReplyNotReadableError):
        read_reply(b"From: dev@home.example\n" + opened + b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n")


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
        read_reply(mail)

    assert time.monotonic() - begun < 5  # far from the hours that it would take


def test_a_line_that_is_megabytes_long_is_read_in_no_time() -> None:
    answer = read_reply(counter("DTSTART:20260701T100000Z", "X-LONG;" + ';"' * 400_000 + ":", "COMMENT:late"))

    assert answer.uid == "one@listening-post.example"


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
        answer = read_reply(content)
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
