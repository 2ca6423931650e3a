"""A month as rows of days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.matching.month_calendar import build_month, parse_month


def test_a_month_shows_what_is_free_on_each_day() -> None:
    month = build_month(date(2026, 12, 1), {date(2026, 12, 3): 2, date(2026, 12, 24): 1})

    words = [day.label for week in month.weeks for day in week if day and day.free_count]
    assert month.title == "December 2026"
    assert words == ["3 December, 2 free times", "24 December, 1 free time"]


def test_a_month_leads_to_others_only_where_something_is_free() -> None:
    month = build_month(date(2026, 12, 1), {date(2026, 12, 3): 2, date(2027, 2, 24): 1})

    assert (month.previous_month, month.next_month) == ("", "2027-01")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_each_day_of_a_month_appears_once_under_its_weekday(day: date) -> None:
    month = build_month(day.replace(day=1), {})

    placed = [(column, cell.on) for week in month.weeks for column, cell in enumerate(week) if cell]
    assert all(on.weekday() == column for column, on in placed)
    assert [on.day for _, on in placed] == list(range(1, len(placed) + 1))
    assert day in {on for _, on in placed}


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "nonsense", "2026-1", "٢٠٢٦-٠١", "9999-99"])
def test_what_is_no_month_is_none(text: str) -> None:
    assert parse_month(text) is None
