"""Where the volunteers of a call stand, counted by what groups them, in the database. Targets stand in board.py.

Interviews alone: a place in a group session meets no target.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, case, func, select

from core.database import db
from evidence.models import Call, ContributionPlace
from interviews.models import STANDING, Booking, BookingStatus, Slot, Volunteer, VolunteerState

BOOKED, DONE = 1, 2  # how far the interviews of one volunteer are


class Stage(StrEnum):
    """Each volunteer is counted once, where they have come furthest."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    BOOKED = "booked"  # to come, or past and nobody has noted what became of it
    DONE = "done"  # noted as having taken place


class By(StrEnum):
    """What volunteers are grouped by."""

    SITE = "site"
    PLACE = "place"
    CAPACITY = "capacity"
    LANGUAGE = "language"


Counts = dict[str, Counter[Stage]]  # for each value that is stored; "" for none


def all_counts(call: Call) -> dict[By, Counts]:
    """How many stand where. Somebody may name several kinds of place, and counts for each."""
    stages = _stages(call.id)
    columns = (stages.c.site_id, stages.c.capacity_key, stages.c.language)
    found: dict[By, Counts] = {by: {} for by in By}
    for site, capacity, language, stage, number in _counted(stages, *columns):
        for by, value in ((By.SITE, site), (By.CAPACITY, capacity), (By.LANGUAGE, language)):
            _add(found[by], value, stage, number)
    for place, stage, number in _counted(_with_places(stages), ContributionPlace.place, stage=stages.c.stage):
        _add(found[By.PLACE], place, stage, number)
    return found


def stands_by(call: Call, by: By) -> list[tuple[UUID, str, Stage]]:
    """Who has which stored value ("" for none) and stands where, newest first; once for each kind of place."""
    stages = _stages(call.id)
    columns = {
        By.SITE: stages.c.site_id,
        By.PLACE: ContributionPlace.place,
        By.CAPACITY: stages.c.capacity_key,
        By.LANGUAGE: stages.c.language,
    }
    wanted = select(stages.c.id, columns[by], stages.c.stage).where(stages.c.stage.is_not(None))
    wanted = wanted.select_from(_with_places(stages) if by is By.PLACE else stages)
    rows = db.session.execute(wanted.order_by(stages.c.created_at.desc(), stages.c.id))
    return [(own, str(value or ""), Stage(stage)) for own, value, stage in rows]


def _counted(source: Any, *columns: Any, stage: Any = None) -> Iterable[Any]:
    stage = source.c.stage if stage is None else stage
    wanted = select(*columns, stage, func.count()).select_from(source).where(stage.is_not(None))
    return db.session.execute(wanted.group_by(*columns, stage))


def _add(counts: Counts, value: Any, stage: str, number: int) -> None:
    counts.setdefault(str(value or ""), Counter())[Stage(stage)] += number


def _with_places(stages: Subquery) -> Any:
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
            Volunteer.created_at,
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
    is_booked, is_done = Booking.status == BookingStatus.BOOKED, Booking.status == BookingStatus.HAPPENED
    return (
        select(Booking.volunteer_id, func.max(case((is_done, DONE), (is_booked, BOOKED), else_=0)).label("progress"))
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.call_id == call_id, ~Booking.is_group)
        .group_by(Booking.volunteer_id)
        .subquery()
    )


def _site_of_interview() -> Any:
    """Of somebody who named no site: where they are, or were, interviewed."""
    wanted = select(Slot.site_id).join(Booking, Booking.slot_id == Slot.id)
    wanted = wanted.where(
        Booking.volunteer_id == Volunteer.id,
        Booking.status.in_(STANDING),
        ~Booking.is_group,
        Slot.site_id.is_not(None),
    )
    return wanted.order_by(Slot.starts_at).limit(1).correlate(Volunteer).scalar_subquery()
