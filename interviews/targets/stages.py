"""Where the volunteers of a call stand, counted by what groups them, in the database. Targets stand in board.py."""

from collections import Counter
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, case, func, select

from core import clock
from core.database import db
from evidence.models import Call, ContributionPlace
from interviews.models import Booking, BookingStatus, Slot, Volunteer, VolunteerState

BOOKED, DONE = 1, 2  # how far the interviews of one volunteer are


class Stage(StrEnum):
    """Each volunteer is counted once, where they have come furthest."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    BOOKED = "booked"
    DONE = "done"


class By(StrEnum):
    """What volunteers are grouped by."""

    SITE = "site"
    PLACE = "place"
    CAPACITY = "capacity"
    LANGUAGE = "language"


def counts_by(call: Call, by: By) -> dict[str, Counter[Stage]]:
    """How many stand where, for each value that is stored; "" for none. Somebody may name several kinds of place."""
    stages = _stages(call.id)
    value = _value(stages, by)
    wanted: Select[Any] = select(value, stages.c.stage, func.count()).select_from(_source(stages, by))
    counts: dict[str, Counter[Stage]] = {}
    for found, stage, number in db.session.execute(_standing(wanted, stages).group_by(value, stages.c.stage)):
        counts.setdefault(str(found or ""), Counter())[Stage(stage)] += number
    return counts


def volunteers_by(call: Call, by: By) -> list[tuple[UUID, str, Stage]]:
    """The id of each volunteer with each value that is stored of them, and where they stand."""
    stages = _stages(call.id)
    wanted: Select[Any] = select(stages.c.id, _value(stages, by), stages.c.stage).select_from(_source(stages, by))
    return [
        (own, str(found or ""), Stage(stage)) for own, found, stage in db.session.execute(_standing(wanted, stages))
    ]


def _standing(wanted: Select[Any], stages: Subquery) -> Select[Any]:
    return wanted.where(stages.c.stage.is_not(None))


def _value(stages: Subquery, by: By) -> Any:
    columns = {
        By.SITE: stages.c.site_id,
        By.PLACE: ContributionPlace.place,
        By.CAPACITY: stages.c.capacity_key,
        By.LANGUAGE: stages.c.language,
    }
    return columns[by]


def _source(stages: Subquery, by: By) -> Any:
    if by is not By.PLACE:
        return stages
    return stages.outerjoin(ContributionPlace, ContributionPlace.contribution_id == stages.c.contribution_id)


def _stages(call_id: UUID) -> Subquery:
    """Each volunteer with what groups them and where they stand; NULL: nowhere any more."""
    progress = _progress(call_id)
    stage = case(
        (progress.c.progress == DONE, Stage.DONE.value),
        (progress.c.progress == BOOKED, Stage.BOOKED.value),
        (Volunteer.state == VolunteerState.ACCEPTED, Stage.ACCEPTED.value),
        (Volunteer.state == VolunteerState.OFFERED, Stage.OFFERED.value),
    )
    return (
        select(
            Volunteer.id,
            Volunteer.contribution_id,
            Volunteer.capacity_key,
            Volunteer.language,
            func.coalesce(Volunteer.site_id, _site_of_interview()).label("site_id"),
            stage.label("stage"),
        )
        .outerjoin(progress, progress.c.volunteer_id == Volunteer.id)
        .where(Volunteer.call_id == call_id)
        .subquery()
    )


def _progress(call_id: UUID) -> Subquery:
    is_booked = Booking.status == BookingStatus.BOOKED
    is_done = (Booking.status == BookingStatus.HAPPENED) | (is_booked & (Slot.ends_at <= clock.now()))
    return (
        select(Booking.volunteer_id, func.max(case((is_done, DONE), (is_booked, BOOKED), else_=0)).label("progress"))
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.call_id == call_id)
        .group_by(Booking.volunteer_id)
        .subquery()
    )


def _site_of_interview() -> Any:
    """Of somebody who named no site: where they are, or were, interviewed."""
    wanted = select(Slot.site_id).join(Booking, Booking.slot_id == Slot.id)
    wanted = wanted.where(
        Booking.volunteer_id == Volunteer.id,
        Booking.status.in_([BookingStatus.BOOKED, BookingStatus.HAPPENED]),
        Slot.site_id.is_not(None),
    )
    return wanted.order_by(Slot.starts_at).limit(1).correlate(Volunteer).scalar_subquery()
