"""Count the volunteers of a call by stage and group, in the database. Targets: progress.py.

Only interviews: group sessions do not count towards targets.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, case, func, select

from core.database import db
from evidence.models import Call, ContributionAreaType
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    Volunteer,
    VolunteerState,
)

PROGRESS_BOOKED, PROGRESS_COMPLETED = 1, 2  # how far the interviews of one volunteer are


class VolunteerStage(StrEnum):
    """Each volunteer counts once, at their latest stage."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    BOOKED = "booked"  # upcoming, or past without a recorded outcome
    COMPLETED = "done"  # recorded as completed


class Grouping(StrEnum):
    SITE = "site"
    AREA_TYPE = "place"
    CAPACITY = "capacity"
    LANGUAGE = "language"


StageCounts = dict[str, Counter[VolunteerStage]]  # for each value that is stored; "" for none


def count_stages_by_grouping(call: Call) -> dict[Grouping, StageCounts]:
    """A volunteer with several area types counts for each."""
    stages = _select_stages(call.id)
    columns = (stages.c.site_id, stages.c.capacity_key, stages.c.language)
    counts: dict[Grouping, StageCounts] = {by: {} for by in Grouping}
    for site, capacity, language, stage, number in _count_by_columns(stages, *columns):
        for by, value in ((Grouping.SITE, site), (Grouping.CAPACITY, capacity), (Grouping.LANGUAGE, language)):
            _add_count(counts[by], value, stage, number)
    for area_type, stage, number in _count_by_columns(
        _join_area_types(stages), ContributionAreaType.area_type, stage=stages.c.stage
    ):
        _add_count(counts[Grouping.AREA_TYPE], area_type, stage, number)
    return counts


def list_stages(call: Call, grouping: Grouping) -> list[tuple[UUID, str, VolunteerStage]]:
    """Volunteer id, stored value ("" for none) and stage, newest first; once for each area type."""
    stages = _select_stages(call.id)
    columns = {
        Grouping.SITE: stages.c.site_id,
        Grouping.AREA_TYPE: ContributionAreaType.area_type,
        Grouping.CAPACITY: stages.c.capacity_key,
        Grouping.LANGUAGE: stages.c.language,
    }
    query = select(stages.c.id, columns[grouping], stages.c.stage).where(stages.c.stage.is_not(None))
    query = query.select_from(_join_area_types(stages) if grouping is Grouping.AREA_TYPE else stages)
    rows = db.session.execute(query.order_by(stages.c.created_at.desc(), stages.c.id))
    return [(own, str(value or ""), VolunteerStage(stage)) for own, value, stage in rows]


def _count_by_columns(source: Any, *columns: Any, stage: Any = None) -> Iterable[Any]:
    stage = source.c.stage if stage is None else stage
    query = select(*columns, stage, func.count()).select_from(source).where(stage.is_not(None))
    return db.session.execute(query.group_by(*columns, stage))


def _add_count(counts: StageCounts, value: Any, stage: str, number: int) -> None:
    counts.setdefault(str(value or ""), Counter())[VolunteerStage(stage)] += number


def _join_area_types(stages: Subquery) -> Any:
    return stages.outerjoin(ContributionAreaType, ContributionAreaType.contribution_id == stages.c.contribution_id)


def _select_stages(call_id: UUID) -> Subquery:
    progress = _select_progress(call_id)
    stage = case(
        (progress.c.progress == PROGRESS_COMPLETED, VolunteerStage.COMPLETED.value),
        (progress.c.progress == PROGRESS_BOOKED, VolunteerStage.BOOKED.value),
        (Volunteer.state == VolunteerState.ACCEPTED, VolunteerStage.ACCEPTED.value),
        (Volunteer.state == VolunteerState.SIGNED_UP, VolunteerStage.OFFERED.value),
    )
    return (
        select(
            Volunteer.id,
            Volunteer.contribution_id,
            Volunteer.created_at,
            Volunteer.capacity_key,
            Volunteer.language,
            func.coalesce(Volunteer.site_id, _select_interview_site()).label("site_id"),
            stage.label("stage"),
        )
        .outerjoin(progress, progress.c.volunteer_id == Volunteer.id)
        .where(Volunteer.call_id == call_id)
        .subquery()
    )


def _select_progress(call_id: UUID) -> Subquery:
    is_booked, is_done = Booking.status == BookingStatus.BOOKED, Booking.status == BookingStatus.COMPLETED
    return (
        select(
            Booking.volunteer_id,
            func.max(case((is_done, PROGRESS_COMPLETED), (is_booked, PROGRESS_BOOKED), else_=0)).label("progress"),
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.call_id == call_id, ~Booking.is_group)
        .group_by(Booking.volunteer_id)
        .subquery()
    )


def _select_interview_site() -> Any:
    query = select(Slot.site_id).join(Booking, Booking.slot_id == Slot.id)
    query = query.where(
        Booking.volunteer_id == Volunteer.id,
        Booking.is_confirmed_one_to_one,
        Slot.site_id.is_not(None),
    )
    return query.order_by(Slot.starts_at).limit(1).correlate(Volunteer).scalar_subquery()
