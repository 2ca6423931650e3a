"""The forms of a call's parts. Each reads a draft and gives a changed one."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect
from wtforms import Field, SelectField
from wtforms.validators import InputRequired, ValidationError

from core.colours import explain_unusable_accent
from core.form_fields import (
    build_select_choices,
    checkbox_field,
    date_field,
    email_field,
    line_field,
    multiline_field,
    whole_number_field,
)
from core.text_cleaning import clean_single_line
from evidence.call_json import MAX_INTERVIEW_MINUTES, CallDraft, SiteDraft
from evidence.call_page import (
    BACKGROUND_QUESTIONS,
    MAX_TEXT_CHARACTERS,
    TEXT_NAMES,
    Asker,
    RelatedDocument,
    is_link_usable,
)
from evidence.consent_terms import ConsentTermDraft, ConsentUse
from evidence.labels import BACKGROUND_QUESTION_LABELS, CONSENT_USE_LABELS
from evidence.participation_modes import PARTICIPATION_MODES
from evidence.question_keys import build_key

SPARE_ROWS = 3  # empty rows to fill, after those that are there
MAX_TARGET = 10_000
MARKDOWN_HINT = "You can use Markdown: **bold**, lists that begin with “- ”, and [links](https://example.org)."


def text_field(label: str, hint: str = "") -> Field:
    return multiline_field(label, hint=hint, max_characters=MAX_TEXT_CHARACTERS)


def split_lines(text: str | None) -> tuple[str, ...]:
    lines = (clean_single_line(line) for line in (text or "").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


class TitleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    title = line_field(
        "Title of the call",
        hint="For example “Waiting well: a call for evidence on the treatment backlog”.",
        required="Enter a title.",
    )


class CallFileForm(FlaskForm):  # type: ignore[misc]
    file = FileField("The call’s JSON file", validators=[InputRequired("Choose a file.")], widget=GovFileInput())


class CallAboutForm(FlaskForm):  # type: ignore[misc]
    title = line_field("Title", required="Enter a title.")
    summary = multiline_field("Summary", hint="Two or three sentences. They are also in the list of calls.")
    purpose = text_field("What we want to find out, and why", MARKDOWN_HINT)
    background = text_field("Background", "What is known, and how this call came about. Markdown works here too.")
    who_may_answer = text_field("Who can answer", "Markdown works here too.")
    what_happens = text_field(
        "What happens with the answers, and when", "Who reads them, what comes out of it and when. Markdown works."
    )
    closing_words = text_field("Closing words", "Shown to people when they have sent their answers. Markdown works.")
    documents = text_field(
        "Related documents", "One on each line: the title, a space, then its link. For example: Our report https://…"
    )

    def validate_documents(self, field: Field) -> None:
        for line in split_lines(field.data):
            title, _, url = line.rpartition(" ")
            if not title or not is_link_usable(url):
                raise ValidationError(f"“{line[:60]}” needs a title and a link, like: Our report https://example.org")

    def apply(self, draft: CallDraft) -> CallDraft:
        texts: dict[str, Any] = {name: self[name].data or "" for name in TEXT_NAMES}
        parts = [line.rpartition(" ") for line in split_lines(self.documents.data)]
        documents = tuple(RelatedDocument(title.strip(), url) for title, _, url in parts)
        page = replace(draft.page, **texts, documents=documents)
        return replace(draft, title=self.title.data, page=page)

    @staticmethod
    def read(draft: CallDraft) -> dict[str, Any]:
        documents = "\n".join(f"{document.title} {document.url}" for document in draft.page.documents)
        return {
            "title": draft.title,
            "documents": documents,
            **{name: getattr(draft.page, name) for name in TEXT_NAMES},
        }


def validate_accent(_form: FlaskForm, field: Field) -> None:
    if field.data and (problem := explain_unusable_accent(field.data)):
        raise ValidationError(problem)


class CallAskerForm(FlaskForm):  # type: ignore[misc]
    organisation = line_field("Organisation or coalition", required="Enter who is asking.")
    contact = line_field("Contact person", hint="Somebody people can ask about this call.")
    email = email_field("Email address", required_message="")
    phone = line_field("Phone number", max_characters=40)
    postal_address = multiline_field("Postal address", hint="Lines as on an envelope.", max_characters=500)
    accent = line_field("Colour", hint="Like #17564f. Leave it blank for the usual one.", max_characters=7)

    validate_accent = validate_accent

    def apply(self, draft: CallDraft) -> CallDraft:
        asker = Asker(**{part.name: self[part.name].data or "" for part in fields(Asker)})
        return replace(draft, page=replace(draft.page, asker=asker))

    @staticmethod
    def read(draft: CallDraft) -> dict[str, Any]:
        return {part.name: getattr(draft.page.asker, part.name) for part in fields(Asker)}


class CallTimingForm(FlaskForm):  # type: ignore[misc]
    opens_on = date_field("First day")
    closes_on = date_field("Last day")
    zone = SelectField("Time zone", choices=build_select_choices([]), widget=GovSelect())
    interview_minutes = whole_number_field(
        "How many minutes an interview takes", minimum=1, maximum=MAX_INTERVIEW_MINUTES
    )
    modes = checkbox_field(
        "Ways to take part",
        [(item.mode.value, item.title) for item in PARTICIPATION_MODES],
        required_message="Select at least one way to take part.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.zone.choices = build_select_choices([(zone, zone.replace("_", " ")) for zone in zones])

    def validate_opens_on(self, field: Field) -> None:
        if field.data is None:
            raise ValidationError("Enter the first day.")

    def validate_closes_on(self, field: Field) -> None:
        if field.data is None:
            raise ValidationError("Enter the last day.")
        if self.opens_on.data is not None and field.data < self.opens_on.data:
            raise ValidationError("The last day has to be after the first day.")

    def apply(self, draft: CallDraft) -> CallDraft:
        known = {item.mode.value for item in PARTICIPATION_MODES}
        others = [name for name in draft.participation_modes if name not in known]
        return replace(
            draft,
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
            zone=self.zone.data,
            interview_minutes=self.interview_minutes.data,
            participation_modes=(*self.modes.data, *others),
        )

    @staticmethod
    def read(draft: CallDraft) -> dict[str, Any]:
        names = ("opens_on", "closes_on", "zone", "interview_minutes")
        return {name: getattr(draft, name) for name in names} | {"modes": list(draft.participation_modes)}


class _RowsForm(FlaskForm):  # type: ignore[misc]
    """Numbered rows: those of the draft, in its order, and a few to fill. A row that is emptied is removed."""

    row_count = 0

    @property
    def rows(self) -> Iterator[int]:
        return iter(range(self.row_count))


def build_background_form(draft: CallDraft) -> Any:
    row_count = len(draft.aims) + SPARE_ROWS
    questions = checkbox_field(
        "Questions about each case",
        [(name, BACKGROUND_QUESTION_LABELS[name]) for name in BACKGROUND_QUESTIONS],
        hint="Asked before your own questions. Places and aims are only asked if there are some to choose from.",
    )
    area_types = multiline_field("Kinds of place", hint="One on each line, for example urban and rural.")
    aims = {f"aim_{n}": line_field(f"Aim {n + 1}", max_characters=500) for n in range(row_count)}
    rows = {"row_count": row_count, "questions": questions, "area_types": area_types, **aims}
    form_class = type("BackgroundForm", (_RowsForm,), rows)
    data = {"questions": list(draft.page.background_questions), "area_types": "\n".join(draft.area_types)}
    return form_class(data=data | {f"aim_{n}": text for n, (_, text) in enumerate(draft.aims)})


def apply_background(form: Any, draft: CallDraft) -> CallDraft:
    keys = [key for key, _ in draft.aims]
    aims = _keep_keys(keys, [form[f"aim_{n}"].data for n in form.rows], fallback="aim")
    chosen = tuple(name for name in BACKGROUND_QUESTIONS if name in (form.questions.data or ()))
    return replace(
        draft,
        aims=tuple(aims),
        area_types=split_lines(form.area_types.data),
        page=replace(draft.page, background_questions=chosen),
    )


def build_sites_form(draft: CallDraft) -> Any:
    row_count = len(draft.sites) + SPARE_ROWS
    rows: dict[str, Any] = {}
    for n in range(row_count):
        rows[f"site_{n}"] = line_field(f"Site {n + 1}")
        for name, label in (("low", "Fewest interviews"), ("high", "Most interviews")):
            rows[f"{name}_{n}"] = whole_number_field(label, minimum=0, maximum=MAX_TARGET)
    form_class = type("SitesForm", (_SitesForm,), {"row_count": row_count, **rows})
    data: dict[str, Any] = {f"low_{n}": 0 for n in range(row_count)} | {f"high_{n}": 0 for n in range(row_count)}
    for n, site in enumerate(draft.sites):
        data |= {f"site_{n}": site.title, f"low_{n}": site.target_range[0], f"high_{n}": site.target_range[1]}
    return form_class(data=data)


class _SitesForm(_RowsForm):
    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        for n in self.rows:
            low, high = self[f"low_{n}"], self[f"high_{n}"]
            if low.data is not None and high.data is not None and low.data > high.data:
                high.errors = [*high.errors, "Enter a number that is not smaller than the fewest interviews."]
                is_valid = False
        return is_valid


def apply_sites(form: Any, draft: CallDraft) -> CallDraft:
    titles = [form[f"site_{n}"].data for n in form.rows]
    ranges = [(form[f"low_{n}"].data, form[f"high_{n}"].data) for n, title in enumerate(titles) if title]
    keyed = _keep_keys([site.key for site in draft.sites], titles, fallback="site")
    sites = (SiteDraft(key, title, span) for (key, title), span in zip(keyed, ranges, strict=True))
    return replace(draft, sites=tuple(sites))


def build_consent_form(draft: CallDraft) -> Any:
    """A wording for each use. One that is left blank is not asked for."""
    rows = {use.value: multiline_field(label, max_characters=500) for use, label in CONSENT_USE_LABELS.items()}
    wordings = {term.use.value: term.wording for term in draft.consent_terms}
    return type("WordingsForm", (FlaskForm,), rows)(data=wordings)


def apply_consent(form: Any, draft: CallDraft) -> CallDraft:
    """In the order of the draft, then the new ones."""
    order = [*(term.use for term in draft.consent_terms), *ConsentUse]
    terms = (ConsentTermDraft(use, form[use.value].data) for use in dict.fromkeys(order) if form[use.value].data)
    return replace(draft, consent_terms=tuple(terms))


def _keep_keys(keys: Sequence[str], texts: Sequence[str], *, fallback: str) -> list[tuple[str, str]]:
    """Rows that were there keep their keys, which answers and interviews name. New ones get theirs from the text."""
    taken = set(keys)
    rows: list[tuple[str, str]] = []
    for n, text in enumerate(texts):
        if not text:
            continue
        key = keys[n] if n < len(keys) else build_key(text, taken, fallback=fallback)
        taken.add(key)
        rows.append((key, text))
    return rows
