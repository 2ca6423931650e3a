"""What calendars answer, read from mails with the time zones and headers that other programs write."""

from datetime import datetime
from email.message import EmailMessage

import pytest

from interviews.ical.mail_parts import get_sender, parse_mail_bytes
from interviews.ical.reply_parser import ReplyNotReadableError, parse_reply
from tests.support.make_reply_mails import CALENDAR, counter


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


def test_a_calendar_with_a_long_file_name_is_still_a_calendar() -> None:
    named = f"text/calendar; charset=utf-8; name*=UTF-8''{'%D0%B4' * 100}.ics"
    mail = counter("DTSTART:20260701T100000Z").replace(b"text/calendar; charset=utf-8", named.encode())

    assert parse_reply(mail).method == "COUNTER"
