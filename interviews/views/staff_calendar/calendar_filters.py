"""The filters of the calendar, parsed from the address. Invalid values count as not chosen."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from accounts.access import current_person_or_403
from accounts.roles import Permission
from evidence.models import Call
from interviews.models import BookingStatus, SlotKind
from interviews.staff_calendar import calendar_entries
from interviews.staff_calendar.calendar_entries import CalendarFilter
from interviews.wordings.slot_descriptions import KIND_LABELS

FILTER_NAMES = ("interviewer", "call", "site", "kind", "status", "free")
FILTER_STATUSES = (BookingStatus.BOOKED, BookingStatus.COMPLETED, BookingStatus.NO_SHOW, BookingStatus.CANCELLED)
WITHOUT_OUTCOME = "unsettled"  # value in addresses
EnumT = TypeVar("EnumT", bound=StrEnum)


def parse_calendar_filter(args: Mapping[str, str], calls: list[Call]) -> CalendarFilter:
    call = next((call for call in calls if call.slug == args.get("call")), None)
    return CalendarFilter(
        interviewer_id=_parse_uuid(args.get("interviewer")) if _may_see_all() else current_person_or_403().id,
        site_id=_parse_uuid(args.get("site")),
        call_id=call.id if call else None,
        kind=parse_enum(SlotKind, args.get("kind")),
        status=parse_enum(BookingStatus, args.get("status")),
        is_without_outcome=args.get("status") == WITHOUT_OUTCOME,
        includes_free_slots=args.get("free") == "yes",
    )


def build_filter_choices(calls: list[Call]) -> dict[str, Any]:
    has_several_calls = len(calls) > 1
    sites = [
        (site.id, f"{site.title} ({call.title})" if has_several_calls else site.title)
        for call in calls
        for site in call.sites
    ]
    return {
        "interviewer": calendar_entries.list_interviewers_with_slots() if _may_see_all() else [],
        "call": [(call.slug, call.title) for call in calls] if has_several_calls else [],
        "site": sites,
        "kind": [(kind.value, label) for kind, label in KIND_LABELS.items()],
        "status": [
            *((status.value, status.value.capitalize()) for status in FILTER_STATUSES),
            (WITHOUT_OUTCOME, "Over, without an outcome"),
        ],
    }


def parse_enum(kind: type[EnumT], text: str | None) -> EnumT | None:
    return next((member for member in kind if member.value == text), None)


def parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _may_see_all() -> bool:
    return current_person_or_403().may(Permission.MANAGE_VOLUNTEERS)


def _parse_uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
