"""The times that a volunteer can choose from, as a list or as a month. The address says what is shown."""

from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from flask import request, url_for

from interviews.availability.time_zones import is_known_zone, list_zone_choices
from interviews.bookings import bookings
from interviews.matching import suitable_times
from interviews.matching.month_calendar import MONTH_TEXT_LENGTH, Month, build_month, parse_month
from interviews.matching.open_times import OpenTime, group_into_times
from interviews.matching.times_by_day import SlotDay, group_times_by_day
from interviews.models import Booking, SlotKind, Volunteer
from interviews.wordings.slot_descriptions import get_volunteer_zone

DAYS_PER_PAGE = 7
DISPLAY_PARAMETERS = ("zone", "with", "view", "month", "day", "first")  # names in the address


def get_requested_zone(volunteer: Volunteer) -> str:
    requested = request.args.get("zone", "")
    return requested if is_known_zone(requested) else get_volunteer_zone(volunteer)


def get_requested_interviewer_id() -> UUID | None:
    with suppress(ValueError):
        return UUID(request.args.get("with", ""))
    return None


def build_time_choices(volunteer: Volunteer, replaced_booking: Booking | None = None) -> dict[str, Any]:
    times, zone, interviewer_id = (
        suitable_times.list_open_times(volunteer, replaced_booking=replaced_booking),
        get_requested_zone(volunteer),
        get_requested_interviewer_id(),
    )
    days = group_times_by_day(_filter_by_interviewer(times, interviewer_id), zone)
    contact = volunteer.participant.contact
    return {
        "zone": zone,
        "zone_groups": list_zone_choices(),
        "interviewers": _list_interviewers(times),
        "interviewer": interviewer_id,
        "blocking_needs": [] if times else suitable_times.list_blocking_needs(volunteer),
        "is_closed": not times and replaced_booking is None and bookings.is_closed_for(volunteer),
        "asks_phone": _has_telephone_time(times) and not (contact and contact.phone),
        "address": _build_url,
        **(_build_month_view(days) if request.args.get("view") == "month" else _build_list_view(days)),
    }


def _build_list_view(days: list[SlotDay]) -> dict[str, Any]:
    first = _parse_date(request.args.get("first", ""))
    start = next((number for number, day in enumerate(days) if first and day.on >= first), 0)
    later = days[start + DAYS_PER_PAGE :]
    return {
        "view": "list",
        "days": days[start : start + DAYS_PER_PAGE],
        "earlier": str(days[max(0, start - DAYS_PER_PAGE)].on) if start else "",
        "later": str(later[0].on) if later else "",
    }


def _build_month_view(days: list[SlotDay]) -> dict[str, Any]:
    free = Counter({day.on: len(day.slots) for day in days})
    month = _get_requested_month(free)
    in_month = [day for day in days if month and (day.on.year, day.on.month) == (month.year, month.month)]
    requested = _parse_date(request.args.get("day", ""))
    shown = [day for day in in_month if day.on == requested] or in_month[:1]
    return {"view": "month", "days": shown, "month": _build_month(month, free), "day": shown[0].on if shown else None}


def _get_requested_month(free: Counter[date]) -> date | None:
    if not free:
        return None
    first, last = min(free).replace(day=1), max(free).replace(day=1)
    requested = parse_month(request.args.get("month", "") or request.args.get("day", "")[:MONTH_TEXT_LENGTH])
    return min(max(requested or first, first), last)


def _build_month(month: date | None, free: Counter[date]) -> Month | None:
    return build_month(month, free) if month else None


def _filter_by_interviewer(times: list[OpenTime], interviewer_id: UUID | None) -> list[OpenTime]:
    return group_into_times((slot for time in times for slot in time.slots), interviewer_id)


def _list_interviewers(times: list[OpenTime]) -> list[tuple[str, str]]:
    people = {slot.interviewer for time in times for slot in time.slots}
    return [(str(person.id), person.name) for person in sorted(people, key=lambda person: (person.name, person.id))]


def _has_telephone_time(times: list[OpenTime]) -> bool:
    return any(time.slot.kind is SlotKind.TELEPHONE for time in times)


def _build_url(anchor: str | None = None, **changes: str | None) -> str:
    kept = {name: request.args[name] for name in DISPLAY_PARAMETERS if request.args.get(name)}
    return url_for(request.endpoint or "", _anchor=anchor, **{**(request.view_args or {}), **kept, **changes})


def _parse_date(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None
