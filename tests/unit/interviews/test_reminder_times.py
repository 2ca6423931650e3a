"""When a reminder falls due, until when it is of use, and how people write such times."""

from datetime import UTC, datetime, timedelta

import pytest

from interviews.reminders.reminder_times import (
    DEFAULT_TIMES,
    MAX_TIMES,
    ReminderTimesError,
    calculate_due_times,
    format_minutes_before,
    parse_times,
)

START = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)  # the day after the clocks went forward in London
WEEK, DAY, HOUR = (timedelta(minutes=number) for number in DEFAULT_TIMES)
LONG_BEFORE = START - timedelta(days=30)


def test_a_booking_long_before_has_every_reminder_once() -> None:
    found = calculate_due_times(START, LONG_BEFORE, DEFAULT_TIMES)

    assert [due.due_at for due in found] == [START - WEEK, START - DAY, START - HOUR]


def test_each_reminder_is_of_use_until_the_next_and_the_last_until_the_start() -> None:
    found = calculate_due_times(START, LONG_BEFORE, DEFAULT_TIMES)

    assert [due.useful_until for due in found] == [START - DAY, START - HOUR, START]


def test_what_would_have_been_due_before_the_booking_never_existed() -> None:
    found = calculate_due_times(START, START - timedelta(days=3), DEFAULT_TIMES)

    assert [due.minutes_before for due in found] == [24 * 60, 60]


def test_a_booking_at_the_very_moment_of_a_reminder_needs_none() -> None:
    assert [due.minutes_before for due in calculate_due_times(START, START - DAY, DEFAULT_TIMES)] == [60]


def test_the_same_time_twice_counts_once() -> None:
    assert len(calculate_due_times(START, LONG_BEFORE, [60, 60])) == 1


@pytest.mark.parametrize(
    ("moment", "minutes"),
    [
        (START - WEEK - timedelta(seconds=1), []),
        (START - WEEK, [7 * 24 * 60]),
        (START - timedelta(hours=2), [7 * 24 * 60, 24 * 60]),
        (START, [7 * 24 * 60, 24 * 60, 60]),
    ],
)
def test_reminders_are_due_from_their_time_on(moment: datetime, minutes: list[int]) -> None:
    dues = calculate_due_times(START, LONG_BEFORE, DEFAULT_TIMES)
    assert [due.minutes_before for due in dues if due.due_at <= moment] == minutes


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (60, "1 hour before"),
        (90, "90 minutes before"),
        (24 * 60, "1 day before"),
        (36 * 60, "36 hours before"),
        (14 * 24 * 60, "2 weeks before"),
    ],
)
def test_times_are_written_so_that_they_parse_again(minutes: int, words: str) -> None:
    assert format_minutes_before(minutes) == words
    assert parse_times(words) == [minutes]


def test_times_are_read_as_people_write_them() -> None:
    assert parse_times("a week before\n2 days\n\n an hour before., 1 Day before") == [10080, 2880, 1440, 60]


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2", "day before", "0 hours", "5 minutes before", "9 weeks before", "-1 day", "9" * 30 + " days"],
)
def test_what_is_no_time_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ReminderTimesError):
        parse_times(text)


def test_more_times_than_anybody_wants_are_refused() -> None:
    with pytest.raises(ReminderTimesError):
        parse_times("\n".join(f"{hours} hours" for hours in range(1, MAX_TIMES + 2)))
