"""Choose words of an answer or of speech, and give them a theme. Works without JavaScript too."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitUse
from core.transactions import committing
from evidence import consent
from evidence.views.lookups import load_staff_names
from review.coding import code_applications, codebook, memos
from review.coding.anchors import Anchor
from review.coding.code_applications import ChosenWords
from review.coding.codebook import ThemeDetails
from review.coding.shown_words import list_overlapping
from review.coding.span_text import list_words
from review.coding.theme_lookup import parse_ids
from review.coding.word_lists import WordList, WordsNotInTextError
from review.forms.coding import CodeWordsForm, MemoForm
from review.models import CodedSpan, Theme
from review.views.blueprint import bp
from review.views.coding.lookups import coded_span_or_404, theme_or_404, words_or_404
from review.views.coding.themes import find_reading_page


@bp.get("/staff/words/<anchor>/choose")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("a text to choose words from", ExitUse.READING)
def choose_words(anchor: str) -> ResponseReturnValue:
    """By the numbers of words, which the reading pages send; or by sentences, and the words that they start with."""
    chosen = words_or_404(anchor)
    words, message = list_words(chosen.anchor), ""
    if request.args.keys() - {"task"}:
        try:
            return redirect(_build_words_url(str(_read_choice(words, request.args))))
        except WordsNotInTextError as error:
            message = str(error)
    return render_template(
        "review/coding/choose_words.html",
        chosen=chosen,
        anchor=anchor,
        sentences=words.list_sentences(),
        typed=request.args,
        message=message,
        page=find_reading_page(chosen.contribution),
    )


@bp.route("/staff/words/<anchor>", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
@exits.returns("words that somebody chose, with what is around them", ExitUse.READING)
def code_words(anchor: str) -> ResponseReturnValue:
    chosen = words_or_404(anchor)
    form = CodeWordsForm.build(codebook.list_themes(chosen.contribution.call))
    if form.validate_on_submit():
        with committing("These words have the theme.", at=form.theme) as saved:
            _give_theme(chosen, form)
        if saved:
            return redirect(url_for("review.code_words", anchor=anchor))
    spans = list_overlapping(chosen.anchor)
    return render_template(
        "review/coding/code_words.html",
        chosen=chosen,
        anchor=anchor,
        form=form,
        spans=spans,
        span_memos=memos.load_span_memos(span.id for span in spans),
        consent_labels=consent.load_labels([chosen.contribution]),
        staff_names=load_staff_names(),
        page=find_reading_page(chosen.contribution),
    )


@bp.post("/staff/coded/<uuid:span_id>/remove")
@requires(Permission.CODE_EVIDENCE)
def remove_code(span_id: UUID) -> ResponseReturnValue:
    span = coded_span_or_404(span_id)
    contribution, theme_id = span.contribution, span.theme_id
    with committing(f"These words no longer have the theme “{span.theme.name}”."):
        code_applications.remove_code(span)
    if request.form.get("back") == "theme":
        return redirect(url_for("review.show_theme", theme_id=theme_id))
    return redirect(find_reading_page(contribution))


@bp.post("/staff/coded/<uuid:span_id>/notes")
@requires(Permission.CODE_EVIDENCE)
def write_span_memo(span_id: UUID) -> ResponseReturnValue:
    span, form = coded_span_or_404(span_id), MemoForm()
    with committing("Your note is saved."):
        memos.write_memo(span, form.memo.data or "", by=current_person_or_403().id)
    return redirect(url_for("review.show_theme", theme_id=span.theme_id, _anchor=f"words-{span.id}"))


def _give_theme(chosen: ChosenWords, form: CodeWordsForm) -> CodedSpan:
    by = current_person_or_403().id
    span = code_applications.code_words(chosen.anchor, _choose_theme(chosen, form), by=by)
    if form.memo.data:
        memos.write_memo(span, form.memo.data, by=by)
    return span


def _choose_theme(chosen: ChosenWords, form: CodeWordsForm) -> Theme:
    by = current_person_or_403().id
    if form.new_theme.data:
        return codebook.create_theme(chosen.contribution.call, ThemeDetails(form.new_theme.data), by=by)
    ids = parse_ids([form.theme.data or ""])
    if not ids:
        raise code_applications.ThemeNotUsableError("Choose a theme, or enter the name of a new one.")
    return theme_or_404(ids.pop())


def _build_words_url(anchor: str) -> str:
    """In a round of double coding, the page that only its coder sees."""
    ids = parse_ids([request.args.get("task", "")])
    if ids:
        return url_for("review.code_round_words", task_id=ids.pop(), anchor=anchor)
    return url_for("review.code_words", anchor=anchor)


def _read_choice(words: WordList, typed: MultiDict[str, str]) -> Anchor:
    if "from" in typed:
        return words.make_anchor(_read_number(typed.get("from")), _read_number(typed.get("to")) - 1)
    sentences = words.list_sentences()
    numbers = [number for number in map(_read_number, typed.getlist("sentence")) if 0 <= number < len(sentences)]
    if not numbers and not typed.get("starts", "").strip():
        raise WordsNotInTextError("Choose at least one sentence, or copy the words that it starts with.")
    first = sentences[min(numbers)].first if numbers else 0
    last = sentences[max(numbers)].last if numbers else None
    return words.make_anchor(*words.find_run(typed.get("starts", ""), typed.get("ends", ""), first, last))


def _read_number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else -1
