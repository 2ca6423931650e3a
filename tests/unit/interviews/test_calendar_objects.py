"""The calendar objects, checked line by line and read back by icalendar."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from interviews.ical.calendar_writer import CalendarEvent, CalendarMethod, write_calendar

STAMP = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
EVENT = CalendarEvent(
    uid="3b2f@listening-post.example",
    sequence=2,
    starts_at=datetime(2026, 7, 3, 10, tzinfo=ZoneInfo("Europe/London")),
    ends_at=datetime(2026, 7, 3, 10, 45, tzinfo=ZoneInfo("Europe/London")),
    summary="Interview (Listening Post)",
    description="To move it, use the links; or write.",
    location="Room 1, Town Hall; floor 2",
    organizer="interviews@listening-post.example",
    attendee="dev@home.example",
)


def lines(text: str) -> list[str]:
    """Content lines with their folding undone (RFC 5545 §3.1)."""
    return text.replace("\r\n ", "").split("\r\n")


def test_a_request_says_what_the_conventions_ask() -> None:
    text = write_calendar(EVENT, CalendarMethod.REQUEST, stamped_at=STAMP)

    assert {
        "METHOD:REQUEST",
        "VERSION:2.0",
        "UID:3b2f@listening-post.example",
        "SEQUENCE:2",
        "DTSTAMP:20260201T083000Z",
        "DTSTART:20260703T090000Z",
        "DTEND:20260703T094500Z",
        "CLASS:PRIVATE",
        "STATUS:CONFIRMED",
        "ORGANIZER:mailto:interviews@listening-post.example",
        "LOCATION:Room 1\\, Town Hall\\; floor 2",
    } <= set(lines(text))


def test_the_attendee_is_asked_to_reply() -> None:
    text = write_calendar(EVENT, CalendarMethod.REQUEST, stamped_at=STAMP)

    (attendee,) = [line for line in lines(text) if line.startswith("ATTENDEE")]
    parameters, _, address = attendee.partition(":")
    assert address == "mailto:dev@home.example"
    assert set(parameters.split(";")[1:]) == {"RSVP=TRUE", "PARTSTAT=NEEDS-ACTION", "ROLE=REQ-PARTICIPANT"}


def test_a_cancellation_takes_the_event_out() -> None:
    text = write_calendar(EVENT, CalendarMethod.CANCEL, stamped_at=STAMP)

    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2", "UID:3b2f@listening-post.example"} <= set(lines(text))


def test_an_event_without_a_location_has_none() -> None:
    text = write_calendar(replace(EVENT, location=""), CalendarMethod.REQUEST, stamped_at=STAMP)

    assert "LOCATION" not in text


def test_lines_are_folded_at_75_octets_and_end_in_crlf() -> None:
    long = replace(EVENT, description="é" * 400, location="x" * 300)

    text = write_calendar(long, CalendarMethod.REQUEST, stamped_at=STAMP)

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")


def test_a_line_break_in_a_location_starts_no_property() -> None:
    hostile = replace(EVENT, location="Room 1\r\nATTENDEE:mailto:eve@elsewhere.example\x00")

    text = write_calendar(hostile, CalendarMethod.REQUEST, stamped_at=STAMP)

    assert [line for line in lines(text) if line.startswith("ATTENDEE")] == [
        line for line in lines(text) if "dev@home.example" in line
    ]
    assert "LOCATION:Room 1 ATTENDEE:mailto:eve@elsewhere.example" in lines(text)


@given(
    summary=st.text(max_size=120),
    location=st.text(max_size=200),
    start=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 made aware below
    minutes=st.integers(1, 600),
    sequence=st.integers(0, 50),
)
def test_another_parser_reads_back_what_was_written(
    summary: str, location: str, start: datetime, minutes: int, sequence: int
) -> None:
    start = start.replace(microsecond=0, tzinfo=UTC)
    event = replace(
        EVENT,
        summary=summary.encode("utf-8", "ignore").decode(),
        location=location.encode("utf-8", "ignore").decode(),
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        sequence=sequence,
    )

    read: Any = Calendar.from_ical(write_calendar(event, CalendarMethod.REQUEST, stamped_at=STAMP)).walk("VEVENT")[0]

    assert (read.start, read.end, read["SEQUENCE"]) == (event.starts_at, event.ends_at, sequence)
    assert str(read["SUMMARY"]).split() == "".join(c if c.isprintable() else " " for c in event.summary).split()
    assert str(read["ATTENDEE"]) == "mailto:dev@home.example"
