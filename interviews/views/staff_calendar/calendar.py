"""The calendar of interviews: a week, a month or a list. Interviewers see their own, coordinators see all."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import clock
from core.paging import build_page_links, get_requested_page
from core.settings import current_settings
from evidence.models import Call
from interviews.staff_calendar import calendar_days
from interviews.staff_calendar.calendar_entries import (
    CalendarFilter,
    list_entries_from,
    list_entry_keys_between,
    load_entries,
)
from interviews.views.blueprint import bp
from interviews.views.lookups import list_interview_calls
from interviews.views.staff_calendar.calendar_filters import (
    FILTER_NAMES,
    build_filter_choices,
    parse_calendar_filter,
    parse_day,
    parse_enum,
)
from interviews.wordings.slot_descriptions import format_zone

MAX_ENTRIES_PER_WEEK_DAY, MAX_ENTRIES_PER_MONTH_DAY = 20, 3  # entries of one day; a link leads to the others


class CalendarView(StrEnum):
    WEEK = "week"
    MONTH = "month"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    first: date
    end: date  # not included
    previous: date
    next: date


@bp.get("/staff/calendar")
@requires(Permission.SEE_OWN_INTERVIEWS)
def show_calendar() -> ResponseReturnValue:
    calls = list_interview_calls()
    filters = parse_calendar_filter(request.args, calls)
    zone = _choose_zone(calls, filters)
    today = clock.convert_to_zone(clock.now(), zone).date()
    view = parse_enum(CalendarView, request.args.get("view")) or CalendarView.WEEK
    on = calendar_days.clamp_to_supported_days(parse_day(request.args.get("on")) or today)
    return render_template(
        "interviews/staff_calendar/show_calendar.html",
        view=view.value,
        on=on,
        today=today,
        zone=zone,
        zone_title=format_zone(zone),
        chosen={name: value for name, value in request.args.items() if name in FILTER_NAMES and value},
        choices=build_filter_choices(calls),
        format_time=calendar_days.format_24_hour_time,
        **(
            _build_list_context(filters, on, zone)
            if view is CalendarView.LIST
            else _build_grid_context(filters, view, on, zone)
        ),
    )


def _build_list_context(filters: CalendarFilter, on: date, zone: str) -> dict[str, Any]:
    page = get_requested_page()
    entries, pages = list_entries_from(filters, calendar_days.get_midnight(on, zone), page=page)
    before = calendar_days.get_previous_month(on)
    return {
        "entries": entries,
        "pages": build_page_links(page, pages),
        "period": CalendarPeriod(on, on, before, calendar_days.get_next_month(on)),
    }


def _build_grid_context(filters: CalendarFilter, view: CalendarView, on: date, zone: str) -> dict[str, Any]:
    is_month = view is CalendarView.MONTH
    period = _get_month_period(on) if is_month else _get_week_period(on)
    moments = [calendar_days.get_midnight(day, zone) for day in (period.first, period.end)]
    days = calendar_days.build_calendar_days(
        list_entry_keys_between(filters, *moments),
        period.first,
        period.end,
        zone,
        max_entries=MAX_ENTRIES_PER_MONTH_DAY if is_month else MAX_ENTRIES_PER_WEEK_DAY,
        month=on.month if is_month else None,
    )
    shown = [key for day in days for key in day.entry_keys]
    entries = {(entry.slot_id, entry.booking_id): entry for entry in load_entries(filters, shown)}
    return {"days": days, "entries": entries, "period": period, "is_empty": not shown}


def _get_week_period(on: date) -> CalendarPeriod:
    first, end = calendar_days.get_week_bounds(on)
    return CalendarPeriod(first, end, first - calendar_days.ONE_WEEK, end)


def _get_month_period(on: date) -> CalendarPeriod:
    first, end = calendar_days.get_month_grid_bounds(on)
    return CalendarPeriod(first, end, calendar_days.get_previous_month(on), calendar_days.get_next_month(on))


def _choose_zone(calls: list[Call], filters: CalendarFilter) -> str:
    zones = {call.zone for call in calls if filters.call_id in {None, call.id}}
    return zones.pop() if len(zones) == 1 else current_settings().default_zone
