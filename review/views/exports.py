"""Choose an export, follow how it is made, download it, delete it."""

from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, url_for
from flask import request as current_request
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.errors import RuleError
from core.exits import ExitAudience, ExitUse
from core.file_storage import current_storage, format_size
from core.transactions import committing
from evidence.models import Call
from evidence.views.lookups import load_staff_names, published_call_or_404
from review.exports import export_requests
from review.forms.exports import PURPOSE_LABELS, ExportForm, build_export_form, describe_kind, read_filters
from review.models import ExportRequest
from review.reading import labels
from review.reading.filters import parse_filters
from review.views.blueprint import bp


@bp.get("/staff/read/<slug>/exports")
@requires(Permission.READ_EVIDENCE)
def list_exports(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    return _render_page(call, build_export_form(call, parse_filters(current_request.args)))


@bp.post("/staff/read/<slug>/exports")
@requires(Permission.READ_EVIDENCE)
def request_export(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    form = build_export_form(call, parse_filters({}))
    if form.validate_on_submit():
        with committing("We are making your file. It appears in the list below.", at=form.kind) as saved:
            options = form.build_options(read_filters(form))
            export_requests.request_export(call, options, by=current_person_or_403().id)
        if saved:
            return redirect(url_for("review.list_exports", slug=slug, _anchor="files"))
    return _render_page(call, form)


@bp.get("/staff/read/<slug>/exports/files")
@requires(Permission.READ_EVIDENCE)
def list_export_files(slug: str) -> ResponseReturnValue:
    """The list alone, for a page that waits for a file."""
    call = published_call_or_404(slug)
    return render_template("review/exports/_export_files.html", call=call, **_list_files(call))


@bp.get("/staff/exports/<uuid:export_id>/file")
@requires(Permission.READ_EVIDENCE)
@exits.returns(
    "a file made for export",
    ExitUse.EXPORT,
    ExitUse.SHARING,
    ExitUse.ARCHIVING,
    ExitUse.LISTENING,
    to=ExitAudience.OUTSIDE,
)
def download_export(export_id: UUID) -> ResponseReturnValue:
    row = _export_or_404(export_id)
    try:
        export_requests.require_download(row)
    except RuleError as error:
        flash(str(error))
        return redirect(url_for("review.list_exports", slug=row.call.slug))
    storage, path, size = current_storage(), str(row.storage_path), row.size_bytes or 0
    response = Response(storage.iter_range(path, 0, size), mimetype="application/octet-stream")
    response.content_length = size
    response.headers["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/staff/exports/<uuid:export_id>/delete")
@requires(Permission.READ_EVIDENCE)
def delete_export(export_id: UUID) -> ResponseReturnValue:
    row = _export_or_404(export_id)
    with committing("The file is deleted."):
        export_requests.erase_file(row, export_requests.DELETED_BY_STAFF)
    return redirect(url_for("review.list_exports", slug=row.call.slug, _anchor="files"))


def _render_page(call: Call, form: ExportForm) -> str:
    return render_template("review/exports/list_exports.html", call=call, form=form, labels=labels, **_list_files(call))


def _list_files(call: Call) -> dict[str, object]:
    return {
        "listed": export_requests.list_requests(call),
        "names": load_staff_names(),
        "describe_kind": describe_kind,
        "purposes": PURPOSE_LABELS,
        "format_size": format_size,
        "days": export_requests.FILE_LIFETIME.days,
    }


def _export_or_404(export_id: UUID) -> ExportRequest:
    return db.session.get(ExportRequest, export_id) or abort(404)
