"""What somebody chose to see in the calendar, read from the address of the page. Nonsense counts as not chosen."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from accounts.access import signed_in
from accounts.roles import Permission
from evidence.models import Call
from interviews.by_staff import staff_calendar
from interviews.by_staff.staff_calendar import Wanted
from interviews.models import BookingStatus, SlotKind
from interviews.wording import KIND_WORDS

FILTERS = ("interviewer", "call", "site", "kind", "status", "free")
STATUSES = (BookingStatus.BOOKED, BookingStatus.HAPPENED, BookingStatus.NO_SHOW, BookingStatus.CANCELLED)
UNSETTLED = "unsettled"
E = TypeVar("E", bound=StrEnum)


def wanted_in(chosen: Mapping[str, str], calls: list[Call]) -> Wanted:
    call = next((call for call in calls if call.slug == chosen.get("call")), None)
    return Wanted(
        interviewer_id=_id(chosen.get("interviewer")) if _sees_all() else signed_in().id,
        site_id=_id(chosen.get("site")),
        call_id=call.id if call else None,
        kind=one_of(SlotKind, chosen.get("kind")),
        status=one_of(BookingStatus, chosen.get("status")),
        is_unsettled=chosen.get("status") == UNSETTLED,
        with_free=chosen.get("free") == "yes",
    )


def choices_for(calls: list[Call]) -> dict[str, Any]:
    """For `filter_select`: pairs of a value and its words, by name; none where there is nothing to choose."""
    several = len(calls) > 1
    sites = [
        (site.id, f"{site.title} ({call.title})" if several else site.title) for call in calls for site in call.sites
    ]
    return {
        "interviewer": staff_calendar.interviewers_shown() if _sees_all() else [],
        "call": [(call.slug, call.title) for call in calls] if several else [],
        "site": sites,
        "kind": [(kind.value, words) for kind, words in KIND_WORDS.items()],
        "status": [
            *((status.value, status.value.capitalize()) for status in STATUSES),
            (UNSETTLED, "Over, no outcome"),
        ],
    }


def one_of(kind: type[E], text: str | None) -> E | None:
    return next((member for member in kind if member.value == text), None)


def day_in(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _sees_all() -> bool:
    return signed_in().may(Permission.MANAGE_VOLUNTEERS)


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
