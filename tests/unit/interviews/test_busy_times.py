"""The text of a calendar becomes the stretches in which its owner is busy."""

from datetime import UTC, datetime

import pytest

from interviews.availability.busy_parser import CalendarNotReadableError, parse_busy_times
from tests.support.make_busy_calendars import ALONE, AUTUMN, busy, calendar, event

OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:Our own zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def test_an_event_is_busy_from_its_start_to_its_end() -> None:
    assert busy(event(*ALONE)) == ["02.11. 09:00-10:00"]


def test_a_duration_gives_the_end() -> None:
    assert busy(event("DTSTART:20261102T090000Z", "DURATION:PT90M")) == ["02.11. 09:00-10:30"]


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_what_does_not_block_is_free(line: str) -> None:
    assert busy(event(*ALONE, line)) == []


def test_a_tentative_event_is_busy() -> None:
    assert busy(event(*ALONE, "STATUS:TENTATIVE")) == ["02.11. 09:00-10:00"]


def test_a_weekly_event_keeps_its_time_on_its_clocks_when_they_change() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/London:20261018T090000",
        "DTEND;TZID=Europe/London:20261018T100000",
        "RRULE:FREQ=WEEKLY;COUNT=3",
    )

    assert busy(weekly) == ["18.10. 08:00-09:00", "25.10. 09:00-10:00", "01.11. 09:00-10:00"]


def test_exceptions_additions_and_moved_occurrences_are_followed() -> None:
    series = event(*ALONE, "RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20261103T090000Z", "RDATE:20261120T090000Z")
    moved = event("RECURRENCE-ID:20261104T090000Z", "DTSTART:20261104T150000Z", "DTEND:20261104T160000Z")
    called_off = event(
        "RECURRENCE-ID:20261105T090000Z", "DTSTART:20261105T090000Z", "DTEND:20261105T100000Z", "STATUS:CANCELLED"
    )

    found = busy(series, moved, called_off)

    assert found == ["02.11. 09:00-10:00", "04.11. 15:00-16:00", "20.11. 09:00-10:00"]


def test_a_whole_day_is_one_on_the_interviewer_s_clocks() -> None:
    day = event("DTSTART;VALUE=DATE:20261102", "DTEND;VALUE=DATE:20261103")

    assert busy(day, zone="America/New_York") == ["02.11. 05:00-05:00"]
    assert busy(day, zone="Asia/Kolkata") == ["01.11. 18:30-18:30"]


def test_a_time_without_a_zone_is_on_the_interviewer_s_clocks() -> None:
    floating = event("DTSTART:20261102T090000", "DTEND:20261102T100000")

    assert busy(floating, zone="America/New_York") == ["02.11. 14:00-15:00"]


def test_a_time_without_a_zone_is_on_the_clocks_that_the_calendar_names() -> None:
    floating = event("DTSTART:20261102T090000", "DTEND:20261102T100000")

    assert busy(floating, zone="America/New_York", head="X-WR-TIMEZONE:Europe/Berlin\n") == ["02.11. 08:00-09:00"]


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("Europe/Berlin", "08:00"),
        ("W. Europe Standard Time", "08:00"),
        ('"W. Europe Standard Time"', "08:00"),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', "08:00"),
        ("/freeassociation.sourceforge.net/America/New_York", "14:00"),
        ("Eastern Standard Time", "14:00"),
    ],
)
def test_zones_have_many_names(name: str, starts: str) -> None:
    found = busy(event(f"DTSTART;TZID={name}:20261102T090000", f"DTEND;TZID={name}:20261102T100000"))

    assert found[0].startswith(f"02.11. {starts}")


def test_a_zone_that_the_calendar_explains_is_followed() -> None:
    there = event("DTSTART;TZID=Our own zone:20261102T090000", "DTEND;TZID=Our own zone:20261102T100000")

    assert busy(OUTLOOK_ZONE, there) == ["02.11. 08:00-09:00"]


def test_an_undefined_time_zone_is_reported() -> None:
    nowhere = event("DTSTART;TZID=Middle Earth:20261102T090000", "DTEND;TZID=Middle Earth:20261102T100000")

    reading = parse_busy_times(calendar(nowhere), AUTUMN, zone="Europe/London")

    assert reading.has_unknown_zones
    assert reading.busy[0].starts_at == datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_published_busy_times_are_read() -> None:
    published = "\n".join(
        [
            "BEGIN:VFREEBUSY",
            "UID:fb",
            "FREEBUSY;FBTYPE=BUSY:20261102T090000Z/20261102T100000Z,20261103T090000Z/PT30M",
            "FREEBUSY;FBTYPE=FREE:20261104T090000Z/20261104T100000Z",
            "END:VFREEBUSY",
        ]
    )

    assert busy(published) == ["02.11. 09:00-10:00", "03.11. 09:00-09:30"]


def test_events_that_overlap_are_one_stretch() -> None:
    other = event("DTSTART:20261102T093000Z", "DTEND:20261102T113000Z", uid="two")

    assert busy(event(*ALONE), other) == ["02.11. 09:00-11:30"]


def test_what_is_outside_the_window_is_cut_off() -> None:
    long = event("DTSTART:20260901T000000Z", "DTEND:20270101T000000Z")

    assert parse_busy_times(calendar(long), AUTUMN, zone="Europe/London").busy == (AUTUMN,)


def test_our_own_invitations_are_left_out() -> None:
    ours = event(*ALONE, uid="6ccd780c-baba-1026-9564-5b8c656024db@Post.example")

    assert parse_busy_times(calendar(ours), AUTUMN, zone="Europe/London", own_host="post.example").busy == ()


def test_several_calendars_in_one_file_are_read_as_one() -> None:
    second = calendar(event("DTSTART:20261103T090000Z", "DTEND:20261103T100000Z", uid="two"))

    found = parse_busy_times(calendar(event(*ALONE)) + second, AUTUMN, zone="Europe/London").busy

    assert [one.starts_at.day for one in found] == [2, 3]


def test_alarms_and_tasks_are_passed_over() -> None:
    with_alarm = event(*ALONE, "BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:PT5H", "END:VALARM")
    task = "BEGIN:VTODO\nUID:t\nDTSTART:20261104T090000Z\nDUE:20261105T090000Z\nEND:VTODO"

    assert busy(with_alarm, task) == ["02.11. 09:00-10:00"]


def test_one_broken_event_does_not_hide_the_others() -> None:
    broken = event("DTSTART:some day", uid="two"), event("SUMMARY:no time at all", uid="three")

    assert busy(*broken, event(*ALONE)) == ["02.11. 09:00-10:00"]


@pytest.mark.parametrize(
    "text", ["", "<!DOCTYPE html><title>Sign in</title>", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1"]
)
def test_what_is_no_whole_calendar_is_refused(text: str) -> None:
    with pytest.raises(CalendarNotReadableError, match="or only part of one"):
        parse_busy_times(text, AUTUMN, zone="Europe/London")


@pytest.mark.parametrize("often", ["SECONDLY", "minutely"])
def test_an_event_that_never_ends_repeating_is_refused(often: str) -> None:
    with pytest.raises(CalendarNotReadableError, match="every minute or second"):
        busy(event(*ALONE, f"RRULE:INTERVAL=1;FREQ={often}"))
