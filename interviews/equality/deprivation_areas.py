"""Deprivation of postcode areas, from a table that the operator loads. No postcode of a person is kept."""

import csv
import re
from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from accounts import audit
from core.database import db
from core.errors import RuleError
from interviews.equality.equality_questions import AREA_NOT_KNOWN, parse_district_and_area
from interviews.models import AreaDeprivation

AREA_PATTERN = re.compile(r"[A-Z]{1,2}(\d[A-Z\d]?)?")


class AreaFileError(RuleError): ...


def load_areas(lines: Iterable[str]) -> int:
    fifths: dict[str, int] = {}
    for number, row in enumerate(csv.reader(lines), 1):
        if not row or (number == 1 and not row[-1].strip().isdigit()):
            continue  # an empty line, or the headings
        area, fifth = _parse_area_row(row, number)
        if area in fifths:
            raise AreaFileError(f"Line {number}: {area} is in the table twice.")
        fifths[area] = fifth
    if not fifths:
        raise AreaFileError("The file has no areas. Each line must look like this: LS6,2")
    db.session.execute(delete(AreaDeprivation))
    db.session.execute(insert(AreaDeprivation), [{"area": area, "fifth": fifth} for area, fifth in fifths.items()])
    audit.record("areas loaded", areas=len(fifths))
    return len(fifths)


def has_areas() -> bool:
    return db.session.scalars(select(AreaDeprivation.id).limit(1)).first() is not None


def get_deprivation_fifth(postcode: str) -> str:
    """Returns an answer key. Raises PostcodeError."""
    district, area = parse_district_and_area(postcode)
    known = select(AreaDeprivation.area, AreaDeprivation.fifth).where(AreaDeprivation.area.in_([district, area]))
    fifths = {row.area: row.fifth for row in db.session.execute(known)}
    fifth = fifths.get(district) or fifths.get(area)
    return str(fifth) if fifth else AREA_NOT_KNOWN


def _parse_area_row(row: list[str], number: int) -> tuple[str, int]:
    parts = [part.strip().upper() for part in row]
    if len(parts) != 2 or not AREA_PATTERN.fullmatch(parts[0]):
        raise AreaFileError(f"Line {number} must be an area or a district and its fifth, like this: LS6,2")
    if parts[1] not in {"1", "2", "3", "4", "5"}:
        raise AreaFileError(f"Line {number}: the fifth must be a number from 1 (most deprived) to 5.")
    return parts[0], int(parts[1])
