"""A calendar that would take too long to read is given up: in a process of its own, with limits."""

import pytest

from interviews.availability.busy_parser import CalendarNotReadableError, parse_busy_times
from interviews.availability.busy_parser_process import ParserLimits, parse_in_child_process
from tests.support.make_busy_calendars import ALONE, AUTUMN, busy, calendar, event


def test_too_many_events_are_refused() -> None:
    with pytest.raises(CalendarNotReadableError, match="too many"):
        busy(*[event(*ALONE, uid=str(n)) for n in range(20_001)])


def test_a_child_process_reads_the_same() -> None:
    text = calendar(event(*ALONE), head="X-WR-CALNAME:Ünïcode\n").encode()

    reading = parse_in_child_process(text, AUTUMN, zone="Europe/London")

    assert reading == parse_busy_times(text.decode(), AUTUMN, zone="Europe/London")


def test_a_child_process_says_what_it_refuses() -> None:
    with pytest.raises(CalendarNotReadableError, match="every minute"):
        parse_in_child_process(calendar(event(*ALONE, "RRULE:FREQ=SECONDLY")).encode(), AUTUMN, zone="Europe/London")


def test_a_calendar_that_never_comes_to_an_end_is_given_up() -> None:
    """Every hour since the year 1, on 30 February alone: a rule that is searched for ages and never found."""
    endless = event("DTSTART:00010101T090000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30")

    with pytest.raises(CalendarNotReadableError, match="too long to read"):
        parse_in_child_process(
            calendar(*[endless] * 50).encode(), AUTUMN, zone="Europe/London", limits=ParserLimits(cpu_seconds=1)
        )


def test_a_child_process_that_sleeps_is_ended() -> None:
    slow = event("DTSTART:00010101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    limits = ParserLimits(timeout_seconds=0.01)

    with pytest.raises(CalendarNotReadableError, match="too long to read"):
        parse_in_child_process(calendar(slow).encode(), AUTUMN, zone="Europe/London", limits=limits)
