"""The times that a volunteer may choose from, as a list or as a month. What is shown stands in the address."""

from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from flask import request, url_for

from interviews import bookings
from interviews.models import Booking, SlotKind, Volunteer
from interviews.offering import offers
from interviews.offering.days import Day, days_of_times
from interviews.offering.month import MONTH_LENGTH, Month, first_of, month_of
from interviews.offering.open_times import OpenTime, as_times
from interviews.offering.zones import is_zone, zone_choices
from interviews.wording import zone_of

DAYS_SHOWN = 7
SHOWN = ("zone", "with", "view", "month", "day", "first")  # names in the address


def zone_wanted(volunteer: Volunteer) -> str:
    """The clocks that are asked for, else those of the person."""
    asked = request.args.get("zone", "")
    return asked if is_zone(asked) else zone_of(volunteer)


def interviewer_wanted() -> UUID | None:
    with suppress(ValueError):
        return UUID(request.args.get("with", ""))
    return None


def times_to_choose(volunteer: Volunteer, leaving: Booking | None = None) -> dict[str, Any]:
    """Values for templates/interviews/_choose_time.html. `leaving`: the booking that is to move."""
    found, zone, wanted = offers.open_times(volunteer, leaving=leaving), zone_wanted(volunteer), interviewer_wanted()
    days = days_of_times(_with(found, wanted), zone)
    contact = volunteer.participant.contact
    return {
        "zone": zone,
        "zone_groups": zone_choices(),
        "interviewers": _interviewers(found),
        "interviewer": wanted,
        "in_the_way": [] if found else offers.what_stands_in_the_way(volunteer),
        "is_closed": not found and leaving is None and bookings.is_closed_for(volunteer),
        "asks_phone": _offers_telephone(found) and not (contact and contact.phone),
        "address": _address,
        **(_as_month(days) if request.args.get("view") == "month" else _as_list(days)),
    }


def _as_list(days: list[Day]) -> dict[str, Any]:
    """Some days, from the one that is asked for."""
    first = _date(request.args.get("first", ""))
    start = next((number for number, day in enumerate(days) if first and day.on >= first), 0)
    later = days[start + DAYS_SHOWN :]
    return {
        "view": "list",
        "days": days[start : start + DAYS_SHOWN],
        "earlier": str(days[max(0, start - DAYS_SHOWN)].on) if start else "",
        "later": str(later[0].on) if later else "",
    }


def _as_month(days: list[Day]) -> dict[str, Any]:
    """One day of one month; the first with free times, unless another is asked for."""
    free = Counter({day.on: len(day.slots) for day in days})
    month = _month(free)
    in_month = [day for day in days if month and (day.on.year, day.on.month) == (month.year, month.month)]
    asked = _date(request.args.get("day", ""))
    shown = [day for day in in_month if day.on == asked] or in_month[:1]
    return {"view": "month", "days": shown, "month": _month_page(month, free), "day": shown[0].on if shown else None}


def _month(free: Counter[date]) -> date | None:
    """The month that is asked for, if it lies between the first and the last that have free times."""
    if not free:
        return None
    first, last = min(free).replace(day=1), max(free).replace(day=1)
    asked = first_of(request.args.get("month", "") or request.args.get("day", "")[:MONTH_LENGTH])
    return min(max(asked or first, first), last)


def _month_page(month: date | None, free: Counter[date]) -> Month | None:
    return month_of(month, free) if month else None


def _with(found: list[OpenTime], interviewer_id: UUID | None) -> list[OpenTime]:
    return as_times((slot for time in found for slot in time.slots), interviewer_id)


def _interviewers(found: list[OpenTime]) -> list[tuple[str, str]]:
    people = {slot.interviewer for time in found for slot in time.slots}
    return [(str(person.id), person.name) for person in sorted(people, key=lambda person: (person.name, person.id))]


def _offers_telephone(found: list[OpenTime]) -> bool:
    return any(time.slot.kind is SlotKind.TELEPHONE for time in found)


def _address(anchor: str | None = None, **changes: str | None) -> str:
    """This page with something else shown; None: not named any more."""
    kept = {name: request.args[name] for name in SHOWN if request.args.get(name)}
    return url_for(request.endpoint or "", _anchor=anchor, **{**(request.view_args or {}), **kept, **changes})


def _date(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None
