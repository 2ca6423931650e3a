"""The calendar of interviews: a week, a month or a list. Interviewers see their own, coordinators everybody's."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import clock
from core.settings import current_settings
from evidence.calls import published_calls
from evidence.models import Call, Mode
from interviews.blueprint import bp
from interviews.by_staff import calendar_days
from interviews.by_staff.staff_calendar import Wanted, entries_at, entries_from, places_between
from interviews.views.calendar_choices import FILTERS, choices_for, day_in, one_of, wanted_in
from interviews.views.paging import chosen_page, page_links
from interviews.wording import zone_words

MOST_IN_A_WEEK, MOST_IN_A_MONTH = 20, 3  # entries of one day; the rest is behind a link


class View(StrEnum):
    WEEK = "week"
    MONTH = "month"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days that a page shows, and a day of the pages before and after."""

    first: date
    end: date  # not included
    before: date
    after: date


@bp.get("/staff/calendar")
@requires(Permission.SEE_OWN_INTERVIEWS)
def calendar() -> ResponseReturnValue:
    calls = [call for call in published_calls() if Mode.INTERVIEW in call.ways]
    wanted = wanted_in(request.args, calls)
    zone = _zone(calls, wanted)
    today = clock.in_zone(clock.now(), zone).date()
    view = one_of(View, request.args.get("view")) or View.WEEK
    on = calendar_days.within_reach(day_in(request.args.get("on")) or today)
    return render_template(
        "interviews/calendar.html",
        view=view.value,
        on=on,
        today=today,
        zone=zone,
        zone_title=zone_words(zone),
        chosen={name: value for name, value in request.args.items() if name in FILTERS and value},
        choices=choices_for(calls),
        clock_time=calendar_days.clock_time,
        **(_listed(wanted, on, zone) if view is View.LIST else _laid_out(wanted, view, on, zone)),
    )


def _listed(wanted: Wanted, on: date, zone: str) -> dict[str, Any]:
    page = chosen_page()
    entries, pages = entries_from(wanted, calendar_days.midnight(on, zone), page=page)
    before = calendar_days.month_before(on)
    return {
        "entries": entries,
        "pages": page_links(page, pages),
        "stretch": Stretch(on, on, before, calendar_days.next_month(on)),
    }


def _laid_out(wanted: Wanted, view: View, on: date, zone: str) -> dict[str, Any]:
    is_month = view is View.MONTH
    stretch = _month(on) if is_month else _week(on)
    moments = [calendar_days.midnight(day, zone) for day in (stretch.first, stretch.end)]
    days = calendar_days.days_between(
        places_between(wanted, *moments),
        stretch.first,
        stretch.end,
        zone,
        most=MOST_IN_A_MONTH if is_month else MOST_IN_A_WEEK,
        month=on.month if is_month else None,
    )
    shown = [place for day in days for place in day.places]
    entries = {(entry.slot_id, entry.booking_id): entry for entry in entries_at(wanted, shown)}
    return {"days": days, "entries": entries, "stretch": stretch, "is_empty": not shown}


def _week(on: date) -> Stretch:
    first, end = calendar_days.week_of(on)
    return Stretch(first, end, first - calendar_days.A_WEEK, end)


def _month(on: date) -> Stretch:
    first, end = calendar_days.month_of(on)
    return Stretch(first, end, calendar_days.month_before(on), calendar_days.next_month(on))


def _zone(calls: list[Call], wanted: Wanted) -> str:
    """Of the call that was chosen, or of all calls if it is the same for all; else of this installation."""
    zones = {call.zone for call in calls if wanted.call_id in {None, call.id}}
    return zones.pop() if len(zones) == 1 else current_settings().default_zone
