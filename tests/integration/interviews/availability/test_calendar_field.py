"""Calendars, replies and delivery reports as they come in the field: cases, others of their kinds, and noise."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text_cleaning import normalise_email
from interviews.availability.busy_parser import CalendarNotReadableError, parse_busy_times
from interviews.availability.feed_fetcher import parse_address
from interviews.availability.intervals import Interval
from interviews.commands import build_busy_json, build_reply_json, read_bounce_command, read_feed_command
from interviews.ical.mail_parts import parse_mail_bytes
from interviews.ical.reply_parser import parse_reply
from interviews.inbox.bounces import parse_bounce
from tests.data.calendar_field import variants

FOLDER = Path(__file__).resolve().parents[3] / "data" / "calendar_field"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())
JULY = Interval(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC))
GOOD_TEXT = "\r\n".join(variants.GOOD) + "\r\n"
GOOD_TIME = Interval(datetime(2026, 7, 20, 14, tzinfo=UTC), datetime(2026, 7, 20, 15, tzinfo=UTC))


def names(kind: str) -> list[str]:
    return sorted(name for name, case in EXPECTED.items() if case["kind"] == kind)


def wrap(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *lines, "END:VCALENDAR", ""])


def busy(text: str, window: tuple[str, str]) -> list[str]:
    start, end = (datetime.strptime(moment, "%Y%m%dT%H%M").replace(tzinfo=UTC) for moment in window)
    parsed = parse_busy_times(text, Interval(start, end), zone="Europe/London", own_host="listening-post.example")
    assert not parsed.has_unknown_zones
    found: list[str] = build_busy_json(parsed)["busy"]
    return found


@pytest.mark.parametrize("name", names("feed"))
def test_the_command_prints_the_busy_times(name: str) -> None:
    start, end = (f"{text[:4]}-{text[4:6]}-{text[6:11]}:{text[11:]}" for text in EXPECTED[name]["window"])
    arguments = [str(FOLDER / name), "--from", start, "--to", end, "--zone", EXPECTED[name]["zone"]]

    ended = CliRunner().invoke(read_feed_command, arguments)

    assert json.loads(ended.stdout) == {"busy": EXPECTED[name]["expected"], "has_unknown_zones": False}


@pytest.mark.parametrize("name", names("reply"))
def test_a_reply_says_what_its_sender_chose(name: str) -> None:
    parsed = build_reply_json(parse_reply((FOLDER / name).read_bytes()))

    assert {key: parsed[key] for key in EXPECTED[name]["expected"]} == EXPECTED[name]["expected"]


@pytest.mark.parametrize("name", names("bounce"))
def test_the_command_prints_what_a_delivery_report_says(name: str) -> None:
    ended = CliRunner().invoke(read_bounce_command, [str(FOLDER / name)])

    printed = json.loads(ended.stdout)
    assert printed["is_final"] == EXPECTED[name]["expected"]["is_final"]
    assert printed["recipient"] in {"dev@home.example", "dév@home.example"}
    assert printed["reason"]


def test_an_email_that_is_no_report_gives_nulls(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_text("From: dev@home.example\n\nHello\n")

    ended = CliRunner().invoke(read_bounce_command, [str(tmp_path / "mail.eml")])

    assert json.loads(ended.stdout) == {"is_final": None, "recipient": None, "reason": None}


def test_a_file_that_is_no_calendar_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "page.ics").write_text("<title>Sign in</title>")

    ended = CliRunner().invoke(
        read_feed_command, [str(tmp_path / "page.ics"), "--from", "2026-07-01T00:00", "--to", "2026-08-01T00:00"]
    )

    assert json.loads(ended.stdout) == {"refused": "There is no calendar at this address, or only part of one."}


@pytest.mark.parametrize("options", [["--from", "soon"], ["--to", "2026-06-01"], ["--zone", "Middle Earth"]])
def test_the_command_explains_wrong_options(options: list[str]) -> None:
    arguments = ["--from", "2026-07-01T00:00", "--to", "2026-08-01T00:00", *options]

    ended = CliRunner().invoke(read_feed_command, [str(FOLDER / "rscale.ics"), *arguments])

    assert (ended.exit_code != 0, ended.stdout) == (True, "")
    assert "Error: " in ended.stderr


@pytest.mark.parametrize(
    ("lines", "window", "expected"), [row[1:] for row in variants.FEEDS], ids=[row[0] for row in variants.FEEDS]
)
def test_other_calendars_of_these_kinds(lines: tuple[str, ...], window: tuple[str, str], expected: list[str]) -> None:
    assert busy(wrap(*lines), window) == expected


@pytest.mark.parametrize(
    ("calendars", "expected"),
    [row[1:] for row in variants.TWO_CALENDARS],
    ids=[row[0] for row in variants.TWO_CALENDARS],
)
def test_each_calendar_of_a_stream_has_its_own_zones(
    calendars: tuple[tuple[str, ...], ...], expected: list[str]
) -> None:
    assert busy("".join(wrap(*lines) for lines in calendars), variants.JULY) == expected


@pytest.mark.parametrize(
    ("mail", "is_final"),
    [row[1:] for row in variants.BOUNCES if row[1]],
    ids=[row[0] for row in variants.BOUNCES if row[1]],
)
def test_other_delivery_reports_of_these_kinds(mail: str, is_final: bool | None) -> None:
    bounce = parse_bounce(parse_mail_bytes(mail.encode()))

    assert (bounce.is_final if bounce else None) is is_final


@pytest.mark.parametrize(
    ("lines", "partstat", "comment"), [row[1:] for row in variants.REPLIES], ids=[row[0] for row in variants.REPLIES]
)
def test_other_replies_of_these_kinds(lines: tuple[str, ...], partstat: str, comment: str | None) -> None:
    calendar = "\n".join(["BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", "UID:u@x", *lines, "END:VEVENT"])
    head = "From: dev@home.example\nContent-Type: text/calendar; method=REPLY\n\n"

    reply = parse_reply((head + calendar + "\nEND:VCALENDAR\n").encode())

    assert (reply.partstat, reply.comment) == (partstat, comment)


@pytest.mark.parametrize(("written", "stored"), variants.ADDRESSES)
def test_an_address_keeps_its_own_domain(written: str, stored: str) -> None:
    assert normalise_email(written) == stored


def test_a_feed_is_fetched_from_its_own_domain() -> None:
    assert parse_address("https://kalender.straße.example/a.ics").host == "kalender.xn--strae-oqa.example"


@pytest.mark.parametrize(
    "lines",
    [
        variants.event("DTSTART:some day", uid="two"),
        variants.event("SUMMARY:no time at all", uid="two"),
        variants.event("DTSTART:20260706T090000Z", "DTEND:never", uid="two"),
        variants.event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:FREQ=FORTNIGHTLY", uid="two"),
        variants.event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=never", uid="two"),
        variants.event("DTSTART:20260706T090000Z", "DURATION:PT1H", "RDATE:20260708T090000Z,later", uid="two"),
        ("BEGIN:VFREEBUSY", "UID:f", "FREEBUSY:rubbish", "END:VFREEBUSY"),
    ],
)
def test_what_cannot_be_read_is_counted(lines: tuple[str, ...]) -> None:
    parsed = parse_busy_times(wrap(*lines, *variants.GOOD), JULY, zone="Europe/London")

    assert parsed.unreadable_parts == 1
    assert any(one.starts_at <= GOOD_TIME.starts_at and one.ends_at >= GOOD_TIME.ends_at for one in parsed.busy)


def test_a_free_event_that_cannot_be_read_is_no_worry() -> None:
    broken = variants.event("DTSTART:some day", "TRANSP:TRANSPARENT", uid="two")

    assert parse_busy_times(wrap(*broken), JULY, zone="Europe/London").unreadable_parts == 0


def test_a_series_that_is_searched_for_ages_is_counted_and_hides_nothing() -> None:
    endless = variants.event(
        "DTSTART:20200101T090000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", uid="two"
    )

    parsed = parse_busy_times(wrap(*endless, *variants.GOOD), JULY, zone="Europe/London")

    assert (parsed.busy, parsed.unreadable_parts) == ((GOOD_TIME,), 1)


NOISE = st.text(st.sampled_from(list('ABDENRTZ:;=,"\\ \t-0123456789abc\u2028\x0bß')), max_size=30)
PROPERTIES = st.sampled_from(
    [
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "UID",
        "SUMMARY",
        "RECURRENCE-ID",
        "TRANSP",
        "STATUS",
        "DTSTART;TZID=Europe/London",
        "DTEND;VALUE=DATE",
        "SEQUENCE",
        "Status",
        "Begin",
        "End",
        "BEGIN:VALARM",
    ]
)
VALUES = st.one_of(
    NOISE,
    st.sampled_from(
        [
            "20260706T090000Z",
            "20260706",
            "FREQ=DAILY;COUNT=3",
            "FREQ=YEARLY;BYMONTH=13",
            "PT1H",
            "-P1D",
            "99991231T235959",
            "00010101",
            "FREQ=WEEKLY;UNTIL=2026",
            "FREQ=MONTHLY;BYDAY=9MO",
            "other@x.example",
            "FREQ=DAILY;INTERVAL=0",
        ]
    ),
)
BROKEN_LINES = st.lists(st.builds("{}:{}".format, PROPERTIES, VALUES) | NOISE, max_size=8)


@settings(max_examples=300, deadline=None)
@given(lines=BROKEN_LINES, is_before=st.booleans(), has_end=st.booleans())
def test_a_broken_neighbour_never_takes_a_busy_time_away(lines: list[str], is_before: bool, has_end: bool) -> None:
    broken = ["BEGIN:VEVENT", *lines, *(["END:VEVENT"] if has_end else [])]
    pair = [*broken, *variants.GOOD] if is_before else [*variants.GOOD, *broken]

    parsed = parse_busy_times(wrap(*pair), JULY, zone="Europe/London")

    assert any(one.starts_at <= GOOD_TIME.starts_at and GOOD_TIME.ends_at <= one.ends_at for one in parsed.busy)


@settings(max_examples=300, deadline=None)
@given(cuts=st.lists(st.tuples(st.integers(12, 75), st.text(max_size=5)), min_size=1, max_size=4))
def test_a_damaged_event_leaves_the_next_one_busy(cuts: list[tuple[int, str]]) -> None:
    damaged = "BEGIN:VEVENT\r\nUID:a@x.example\r\nDTSTART:20260706T090000Z\r\nDTEND:20260706T100000Z\r\nEND:VEVENT\r\n"
    for at, noise in cuts:
        damaged = damaged[:at] + noise + damaged[at + 2 :]

    try:
        parsed = parse_busy_times(wrap(damaged + GOOD_TEXT), JULY, zone="Europe/London")
    except CalendarNotReadableError:
        pytest.fail("One damaged event refused the whole calendar.")
    assert any(one.starts_at <= GOOD_TIME.starts_at and GOOD_TIME.ends_at <= one.ends_at for one in parsed.busy)
