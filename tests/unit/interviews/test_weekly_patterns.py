"""Weekly hours become times, also on the days on which clocks change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from interviews.availability.intervals import Interval
from interviews.availability.patterns import SlotGrid, TimeOffPeriod, WeeklyHours, generate_slot_times

TWO_YEARS = date(2026, 1, 1), date(2027, 12, 31)
MONDAY, SUNDAY = 0, 6
ALONE = SlotGrid(45)


def times(
    *hours: WeeklyHours, away: tuple[TimeOffPeriod, ...] = (), zone: str = "Europe/London", grid: SlotGrid = ALONE
) -> list[Interval]:
    return generate_slot_times(hours, away, grid, zone=zone, first_on=TWO_YEARS[0], last_on=TWO_YEARS[1])


def on(day: date, found: list[Interval], zone: str = "Europe/London") -> list[str]:
    """What the clocks show at each start on a day."""
    local = [interval.starts_at.astimezone(ZoneInfo(zone)) for interval in found]
    return [f"{start:%H:%M}" for start in local if start.date() == day]


def sundays(starts: time, ends: time) -> WeeklyHours:
    return WeeklyHours(SUNDAY, starts, ends, TWO_YEARS[0])


def test_hours_are_filled_with_interviews_and_the_pauses_between_them() -> None:
    hours = WeeklyHours(MONDAY, time(9), time(12), TWO_YEARS[0])

    found = times(hours, grid=SlotGrid(45, pause_minutes=15))

    assert on(date(2026, 3, 2), found) == ["09:00", "10:00", "11:00"]


def test_an_interview_ends_within_the_hours() -> None:
    hours = WeeklyHours(MONDAY, time(9), time(10, 29), TWO_YEARS[0])

    assert on(date(2026, 3, 2), times(hours)) == ["09:00"]


def test_hours_apply_from_their_first_day_to_their_last() -> None:
    hours = WeeklyHours(MONDAY, time(9), time(10), date(2026, 3, 2), date(2026, 3, 16))

    days = [interval.starts_at.date() for interval in times(hours)]

    assert days == [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]


def test_days_off_are_left_out() -> None:
    hours = WeeklyHours(MONDAY, time(9), time(10), date(2026, 3, 2), date(2026, 3, 16))

    found = times(hours, away=(TimeOffPeriod(date(2026, 3, 7), date(2026, 3, 9)),))

    assert [interval.starts_at.day for interval in found] == [2, 16]


def test_hours_off_take_away_the_times_that_they_touch() -> None:
    hours = WeeklyHours(MONDAY, time(9), time(12), TWO_YEARS[0])

    found = times(
        hours, away=(TimeOffPeriod(date(2026, 3, 2), date(2026, 3, 2), time(9, 30), time(10)),), grid=SlotGrid(60)
    )

    assert on(date(2026, 3, 2), found) == ["10:00", "11:00"]


def test_hours_that_overlap_give_no_times_that_overlap() -> None:
    early = WeeklyHours(MONDAY, time(9), time(11), TWO_YEARS[0])
    late = WeeklyHours(MONDAY, time(10, 30), time(13), TWO_YEARS[0])

    found = times(early, late, grid=SlotGrid(60))

    assert on(date(2026, 3, 2), found) == ["09:00", "10:00", "11:30"]


def test_a_start_that_clocks_leap_over_is_left_out() -> None:
    found = times(sundays(time(0), time(4)), grid=SlotGrid(60))

    assert on(date(2026, 3, 29), found) == ["00:00", "02:00", "03:00"]


def test_a_start_that_comes_twice_is_offered_once_the_first_time() -> None:
    found = times(sundays(time(0), time(4)), grid=SlotGrid(60))

    night = [one.starts_at for one in found if one.starts_at.astimezone(ZoneInfo("Europe/London")).day == 25]
    assert on(date(2026, 10, 25), found) == ["00:00", "01:00", "02:00", "03:00"]
    assert datetime(2026, 10, 25, 0, 0, tzinfo=UTC) in night  # 01:00 of summer time


def test_an_interview_over_a_leap_keeps_its_length_and_the_next_waits_for_it() -> None:
    found = times(sundays(time(0), time(4)), grid=SlotGrid(45))

    assert on(date(2026, 3, 29), found) == ["00:00", "00:45", "03:00"]  # 00:45 lasts until the clocks show 02:30


def test_a_day_that_does_not_exist_gives_no_times() -> None:
    hours = WeeklyHours(4, time(9), time(11), date(2011, 12, 1))

    found = generate_slot_times(
        [hours], [], SlotGrid(60), zone="Pacific/Apia", first_on=date(2011, 12, 23), last_on=date(2012, 1, 6)
    )

    days = {interval.starts_at.astimezone(ZoneInfo("Pacific/Apia")).date() for interval in found}
    assert days == {date(2011, 12, 23), date(2012, 1, 6)}  # Samoa had no Friday 30 December 2011
