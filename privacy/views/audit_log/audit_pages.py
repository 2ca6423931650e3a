"""Coordinators search who did and who opened what, and download it."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.access_log import records_view
from accounts.people import list_staff
from accounts.roles import Permission
from core.paging import get_requested_page
from privacy.audit_log.search import LOG_KINDS, LogFilter, iter_all_lines, list_lines
from privacy.views.blueprint import bp

COLUMNS = ("time (UTC)", "who", "what", "about", "details")
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take the cell for a formula
MAX_YEAR_OFFSET = 1


@bp.get("/staff/audit")
@requires(Permission.MANAGE_PEOPLE)
def show_audit_log() -> ResponseReturnValue:
    page = get_requested_page()
    lines, is_last = list_lines(_read_kind(), _read_filter(), page)
    return render_template(
        "privacy/audit_log/show_audit_log.html",
        lines=lines,
        page=page,
        is_last=is_last,
        kind=_read_kind(),
        chosen=request.args,
        members=list_staff(),
        names={member.id: member.name for member in list_staff()},
    )


@bp.get("/staff/audit.csv")
@requires(Permission.MANAGE_PEOPLE)
@records_view
def download_audit_log() -> ResponseReturnValue:
    names = {member.id: member.name for member in list_staff()}
    headers = {"Content-Disposition": 'attachment; filename="audit-log.csv"'}
    return Response("".join(_iter_csv(names)), mimetype="text/csv", headers=headers)


def _iter_csv(names: dict[UUID, str]) -> Iterator[str]:
    yield _format_row(COLUMNS)
    for line in iter_all_lines(_read_kind(), _read_filter()):
        who = names.get(line.actor_id, str(line.actor_id)) if line.actor_id else ""
        yield _format_row((line.at.isoformat(timespec="seconds"), who, line.action, line.subject, line.details))


def _format_row(cells: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([f"'{cell}" if cell.startswith(RISKY_STARTS) else cell for cell in cells])
    return buffer.getvalue()


def _read_kind() -> str:
    kind = request.args.get("kind", "")
    return kind if kind in LOG_KINDS else LOG_KINDS[0]


def _read_filter() -> LogFilter:
    """What cannot be read is left out: these are addresses, not forms."""
    return LogFilter(
        actor_id=request.args.get("who", None, type=UUID),
        word=request.args.get("what", "").strip()[:100],
        subject_id=request.args.get("about", None, type=UUID),
        since=request.args.get("since", None, type=_parse_day),
        until=request.args.get("until", None, type=_parse_day),
    )


def _parse_day(text: str) -> date:
    day = date.fromisoformat(text)
    if not date.min.year + MAX_YEAR_OFFSET < day.year < date.max.year - MAX_YEAR_OFFSET:
        raise ValueError(text)
    return day
