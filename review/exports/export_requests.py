"""Ask for an export, record its file, and erase it when it is old or somebody changes what they allow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, and_, func, select

from accounts import audit
from core import clock, jobs
from core.database import db
from core.errors import RuleError
from core.file_storage import StoredFile, current_storage
from core.models import Job
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution
from review.exports.export_options import ExportOptions, options_from_json
from review.models import ExportedContributionLink, ExportRequest

MAKE_EXPORT_JOB = "make export"
FILE_LIFETIME = timedelta(days=7)
MAX_LISTED = 50
EXPIRED = "7 days have passed"
CONSENT_CHANGED = "somebody changed what they allow"
DELETED_BY_STAFF = "deleted by a member of staff"


class ExportGoneError(RuleError): ...


class ConsentChangedError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ListedExport:
    request: ExportRequest
    options: ExportOptions
    job: Job | None
    may_download: bool


def request_export(call: Call, options: ExportOptions, *, by: UUID) -> ExportRequest:
    row = ExportRequest(call_id=call.id, options=options.to_json(), requested_by=by, requested_at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit.record("export requested", row, **_describe(options))
    jobs.enqueue(MAKE_EXPORT_JOB, row.id)
    return row


def list_requests(call: Call) -> list[ListedExport]:
    query = select(ExportRequest).where(ExportRequest.call_id == call.id)
    rows = db.session.scalars(query.order_by(ExportRequest.requested_at.desc()).limit(MAX_LISTED)).all()
    found = jobs.find_latest_by_subject([row.id for row in rows])
    return [
        ListedExport(row, get_options(row), found.get((MAKE_EXPORT_JOB, row.id)), may_be_downloaded(row))
        for row in rows
    ]


def get_options(row: ExportRequest) -> ExportOptions:
    return options_from_json(row.options)


def reserve_path(row: ExportRequest) -> str | None:
    """A new path for the file. Returns that of an earlier attempt, whose file the caller deletes."""
    left, row.storage_path = row.storage_path, f"exports/{uuid4()}"
    return left


def record_made(row: ExportRequest, stored: StoredFile, file_name: str, contribution_ids: Sequence[UUID]) -> None:
    """Raises ConsentChangedError if somebody changed what they allow while it was made."""
    db.session.add_all(ExportedContributionLink(export_id=row.id, contribution_id=one) for one in contribution_ids)
    row.made_at, row.file_name, row.size_bytes = clock.now(), file_name, stored.size_bytes
    row.contribution_count = len(contribution_ids)
    db.session.flush()
    if not is_still_allowed(row):
        raise ConsentChangedError("Somebody changed what they allow while the file was made. Ask for it again.")
    audit.record("export made", row, **_describe(get_options(row)), contributions=len(contribution_ids))


def record_export_by_command(call: Call, options: ExportOptions, contributions: int) -> None:
    audit.record("export made", call, **_describe(options), contributions=contributions, by="command")


def may_be_downloaded(row: ExportRequest) -> bool:
    is_here = row.storage_path is not None and row.made_at is not None
    return is_here and not _is_expired(row, clock.now()) and is_still_allowed(row)


def require_download(row: ExportRequest) -> None:
    """Raises ExportGoneError."""
    if not may_be_downloaded(row):
        raise ExportGoneError("This file is no longer available. Ask for a new one.")


def is_still_allowed(row: ExportRequest) -> bool:
    """Whether everybody whose words are in the file still allows what it is for."""
    linked = select(ExportedContributionLink.contribution_id).where(ExportedContributionLink.export_id == row.id)
    total = db.session.scalar(select(func.count()).select_from(linked.subquery())) or 0
    allowed = and_(*(allows(use) for use in get_options(row).uses))
    query = select(func.count()).select_from(Contribution).where(Contribution.id.in_(linked), allowed)
    return total == (db.session.scalar(query) or 0)


def erase_file(row: ExportRequest, because: str) -> None:
    if row.storage_path is None:
        return
    current_storage().delete(row.storage_path)
    row.storage_path, row.erased_at, row.erased_because = None, clock.now(), because
    audit.record("export erased", row, because=because)


def erase_files_with(contribution_ids: Iterable[UUID]) -> None:
    """For a change of somebody's words that no exported file may outlive, such as a redaction."""
    ids = list(contribution_ids)
    linked = select(ExportedContributionLink.export_id).where(ExportedContributionLink.contribution_id.in_(ids))
    for row in db.session.scalars(_select_with_files().where(ExportRequest.id.in_(linked))):
        erase_file(row, "its words were changed")


def erase_outdated_files() -> None:
    for row in db.session.scalars(_select_with_files().where(ExportRequest.made_at.is_not(None))).all():
        if _is_expired(row, clock.now()):
            erase_file(row, EXPIRED)
        elif not is_still_allowed(row):
            erase_file(row, CONSENT_CHANGED)


def _select_with_files() -> Select[ExportRequest]:
    return select(ExportRequest).where(ExportRequest.storage_path.is_not(None))


def _is_expired(row: ExportRequest, now: datetime) -> bool:
    return row.made_at is not None and row.made_at + FILE_LIFETIME < now


def _describe(options: ExportOptions) -> dict[str, str]:
    return {
        "format": options.format.value,
        "layout": options.layout.value,
        "purpose": options.purpose.value,
        "filters": str(options.filters.as_query()),
    }
