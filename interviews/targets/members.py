"""List who counts for a group of a call's board, page by page. How many they are is counted in board.py."""

from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.database import db
from evidence.models import Call
from interviews.models import Volunteer
from interviews.targets.board import Group, stages_in
from interviews.targets.stages import By, Stage

PER_PAGE = 50


def members_of(call: Call, by: By, group: Group, *, page: int = 1) -> tuple[list[tuple[Volunteer, Stage]], int]:
    """One page of volunteers with where they stand, newest first; and how many pages there are."""
    stages = stages_in(call, by, group.key)
    shown = list(stages)[(page - 1) * PER_PAGE : page * PER_PAGE]
    people = select(Volunteer).where(Volunteer.id.in_(shown)).options(joinedload(Volunteer.participant))
    found = {volunteer.id: volunteer for volunteer in db.session.scalars(people)}
    return [(found[own], stages[own]) for own in shown], ceil(len(stages) / PER_PAGE)
