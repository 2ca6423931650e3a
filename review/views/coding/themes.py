"""One theme: its words, its history, and every change of it."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitUse
from core.transactions import committing
from evidence import consent
from evidence.models import Contribution
from evidence.views.lookups import load_staff_names
from review.coding import codebook, memos
from review.coding.codebook import ThemeDetails, ThemeLine
from review.coding.coded_spans import SpanFilters, list_coded_spans
from review.coding.theme_lookup import load_contributions, parse_ids
from review.forms.coding import MemoForm, SplitThemeForm, ThemeChoiceForm, ThemeForm
from review.models import Theme
from review.reading import labels
from review.reading.filters import parse_filters
from review.reading.questions import list_call_questions
from review.views.blueprint import bp
from review.views.coding.lookups import theme_or_404

NO_PARENT = "Nothing: to the first level"


@bp.get("/staff/themes/<uuid:theme_id>")
@requires(Permission.READ_EVIDENCE)
@exits.returns("words with a theme", ExitUse.READING)
def show_theme(theme_id: UUID) -> ResponseReturnValue:
    theme = theme_or_404(theme_id)
    filters, question = parse_filters(request.args), request.args.get("question") or None
    spans = list_coded_spans(theme.call, SpanFilters(frozenset({theme.id}), question_key=question, evidence=filters))
    contributions = load_contributions(span.contribution_id for span in spans)
    questions = {item.question.key: item.question for item in list_call_questions(theme.call)}
    return render_template(
        "review/coding/show_theme.html",
        theme=theme,
        call=theme.call,
        path=codebook.list_ancestors(theme)[:0:-1],
        children=codebook.list_children(theme),
        spans=spans,
        contributions=contributions,
        consent_labels=consent.load_labels(contributions.values()),
        filters=filters,
        question=question,
        questions=questions,
        question_choices=[(key, one.prompt) for key, one in questions.items()],
        labels=labels,
        memos=memos.list_memos(theme),
        span_memos=memos.load_span_memos(span.id for span in spans),
        staff_names=load_staff_names(),
        split_form=SplitThemeForm(formdata=None),
        memo_form=MemoForm(formdata=None),
        find_page=find_reading_page,
    )


@bp.route("/staff/themes/<uuid:theme_id>/edit", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
def edit_theme(theme_id: UUID) -> ResponseReturnValue:
    theme = theme_or_404(theme_id)
    form = ThemeForm.build(_list_others(theme), theme)
    if form.validate_on_submit():
        with committing("The theme is changed.", at=form.name) as saved:
            codebook.edit_theme(theme, form.read_details(), by=current_person_or_403().id)
        if saved:
            return redirect(url_for("review.show_theme", theme_id=theme_id))
    return render_template("review/coding/edit_theme.html", form=form, theme=theme)


@bp.route("/staff/themes/<uuid:theme_id>/move", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
def move_theme(theme_id: UUID) -> ResponseReturnValue:
    theme = theme_or_404(theme_id)
    form = ThemeChoiceForm.build("Move it below", _list_others(theme), no_theme=NO_PARENT)
    if form.validate_on_submit():
        with committing("The theme is moved.", at=form.theme) as saved:
            codebook.move_theme(theme, _read_theme(form), by=current_person_or_403().id)
        if saved:
            return redirect(url_for("review.list_themes", slug=theme.call.slug))
    return render_template("review/coding/move_theme.html", form=form, theme=theme)


@bp.route("/staff/themes/<uuid:theme_id>/merge", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
def merge_theme(theme_id: UUID) -> ResponseReturnValue:
    theme = theme_or_404(theme_id)
    form = ThemeChoiceForm.build("Merge it into", _list_others(theme))
    if form.validate_on_submit() and (into := _read_theme(form)) is not None:
        with committing(f"“{theme.name}” is merged into “{into.name}”.", at=form.theme) as saved:
            codebook.merge_themes(theme, into, by=current_person_or_403().id)
        if saved:
            return redirect(url_for("review.show_theme", theme_id=into.id))
    return render_template("review/coding/merge_theme.html", form=form, theme=theme)


@bp.post("/staff/themes/<uuid:theme_id>/split")
@requires(Permission.CODE_EVIDENCE)
def split_theme(theme_id: UUID) -> ResponseReturnValue:
    theme, form = theme_or_404(theme_id), SplitThemeForm()
    with committing("The passages that you selected have the new theme."):
        details = ThemeDetails(form.name.data if form.validate() else "")
        codebook.split_theme(theme, parse_ids(request.form.getlist("span")), details, by=current_person_or_403().id)
    return redirect(url_for("review.show_theme", theme_id=theme_id))


@bp.post("/staff/themes/<uuid:theme_id>/retire")
@requires(Permission.CODE_EVIDENCE)
def retire_theme(theme_id: UUID) -> ResponseReturnValue:
    theme = theme_or_404(theme_id)
    with committing(f"“{theme.name}” is retired. Its words keep it."):
        codebook.retire_theme(theme, by=current_person_or_403().id)
    return redirect(url_for("review.show_theme", theme_id=theme_id))


@bp.post("/staff/themes/<uuid:theme_id>/revive")
@requires(Permission.CODE_EVIDENCE)
def revive_theme(theme_id: UUID) -> ResponseReturnValue:
    theme = theme_or_404(theme_id)
    with committing(f"“{theme.name}” can be used again."):
        codebook.revive_theme(theme, by=current_person_or_403().id)
    return redirect(url_for("review.show_theme", theme_id=theme_id))


@bp.post("/staff/themes/<uuid:theme_id>/notes")
@requires(Permission.CODE_EVIDENCE)
def write_theme_memo(theme_id: UUID) -> ResponseReturnValue:
    theme, form = theme_or_404(theme_id), MemoForm()
    with committing("Your note is saved."):
        memos.write_memo(theme, form.memo.data or "", by=current_person_or_403().id)
    return redirect(url_for("review.show_theme", theme_id=theme_id, _anchor="notes"))


def find_reading_page(contribution: Contribution, anchor: str = "") -> str:
    endpoint = "review.read_interview_words" if contribution.mode.value == "interview" else "review.read_written"
    return url_for(endpoint, contribution_id=contribution.id, _anchor=anchor or None)


def _list_others(theme: Theme) -> list[ThemeLine]:
    return [line for line in codebook.list_themes(theme.call) if line.theme is not theme]


def _read_theme(form: ThemeChoiceForm) -> Theme | None:
    ids = parse_ids([form.theme.data or ""])
    return theme_or_404(ids.pop()) if ids else None
