"""The codebook of a call: its themes as a tree, a new one, import and export."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.transactions import committing
from evidence.views.lookups import load_staff_names, published_call_or_404
from review.coding import codebook, codebook_files
from review.coding.theme_lookup import count_uses, parse_ids
from review.forms.coding import ImportCodebookForm, ThemeForm
from review.models import Theme
from review.views.blueprint import bp
from review.views.coding.lookups import theme_or_404

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "qdc": "application/xml"}


@bp.get("/staff/read/<slug>/themes")
@requires(Permission.READ_EVIDENCE)
def list_themes(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    spans, contributions = count_uses(call)
    lines = codebook.list_themes(call, with_retired=True)
    return render_template(
        "review/coding/list_themes.html",
        call=call,
        lines=[line for line in lines if line.theme.retired_at is None],
        retired=[line for line in lines if line.theme.retired_at is not None],
        spans=spans,
        contributions=contributions,
        staff_names=load_staff_names(),
    )


@bp.route("/staff/read/<slug>/themes/new", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
def create_theme(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    parent_id = next(iter(parse_ids([request.args.get("below", "")])), None)
    form = ThemeForm.build(codebook.list_themes(call), parent_id=parent_id)
    if form.validate_on_submit():
        with committing(f"The theme “{form.name.data}” is in the codebook.", at=form.name) as saved:
            codebook.create_theme(call, form.read_details(), _read_parent(form), by=current_person_or_403().id)
        if saved:
            return redirect(url_for("review.list_themes", slug=slug))
    return render_template("review/coding/create_theme.html", call=call, form=form)


@bp.route("/staff/read/<slug>/themes/import", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
def import_codebook(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    form = ImportCodebookForm()
    if form.validate_on_submit():
        with committing(at=form.codebook) as saved:
            file = request.files.get(form.codebook.name)
            outcome = codebook_files.import_codebook(call, file.read() if file else b"", by=current_person_or_403().id)
        if saved:
            flash(codebook_files.describe_outcome(outcome), "success")
            return redirect(url_for("review.list_themes", slug=slug))
    return render_template("review/coding/import_codebook.html", call=call, form=form)


@bp.get("/staff/read/<slug>/themes/codebook.<any(csv, qdc):ending>")
@requires(Permission.READ_EVIDENCE)
def download_codebook(slug: str, ending: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    write = {"csv": codebook_files.write_csv, "qdc": codebook_files.write_qdc}[ending]
    answer = Response(write(codebook.list_themes(call, with_retired=True)), mimetype=MEDIA_TYPES[ending])
    answer.headers["Content-Disposition"] = f'attachment; filename="codebook-{call.slug}.{ending}"'
    return answer


def _read_parent(form: ThemeForm) -> Theme | None:
    ids = parse_ids([form.parent.data or ""])
    return theme_or_404(ids.pop()) if ids else None
