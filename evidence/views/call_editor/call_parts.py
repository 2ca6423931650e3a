"""A page for each part of a call's draft. Nothing public changes here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.transactions import committing
from evidence import call_forms, calls
from evidence.call_json import CallDraft
from evidence.models import Call
from evidence.views.blueprint import bp
from evidence.views.lookups import call_or_404


@dataclass(frozen=True, slots=True)
class PartPage:
    title: str
    template: str
    build: Callable[[CallDraft], Any]
    apply: Callable[[Any, CallDraft], CallDraft]
    first_field: str  # where a broken rule is shown


def _describe_form(title: str, template: str, form_class: Any, first_field: str) -> PartPage:
    return PartPage(
        title,
        template,
        lambda draft: form_class(data=form_class.read(draft)),
        lambda form, draft: form.apply(draft),
        first_field,
    )


ABOUT = _describe_form("What it is about", "edit_call_about", call_forms.CallAboutForm, "title")
ASKER = _describe_form("Who is asking", "edit_call_asker", call_forms.CallAskerForm, "organisation")
TIMING = _describe_form("Dates and ways to take part", "edit_call_timing", call_forms.CallTimingForm, "opens_on")
BACKGROUND = PartPage(
    "Background questions and aims",
    "edit_call_background",
    call_forms.build_background_form,
    call_forms.apply_background,
    "questions",
)
SITES = PartPage("Sites", "edit_call_sites", call_forms.build_sites_form, call_forms.apply_sites, "site_0")
CONSENT = PartPage(
    "Permissions we ask for", "edit_call_consent", call_forms.build_consent_form, call_forms.apply_consent, "record"
)


@bp.route("/staff/calls/<slug>/about", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_call_about(slug: str) -> ResponseReturnValue:
    return _edit_part(slug, ABOUT)


@bp.route("/staff/calls/<slug>/asker", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_call_asker(slug: str) -> ResponseReturnValue:
    return _edit_part(slug, ASKER)


@bp.route("/staff/calls/<slug>/timing", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_call_timing(slug: str) -> ResponseReturnValue:
    return _edit_part(slug, TIMING)


@bp.route("/staff/calls/<slug>/background", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_call_background(slug: str) -> ResponseReturnValue:
    return _edit_part(slug, BACKGROUND)


@bp.route("/staff/calls/<slug>/sites", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_call_sites(slug: str) -> ResponseReturnValue:
    return _edit_part(slug, SITES)


@bp.route("/staff/calls/<slug>/permissions", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def edit_call_consent(slug: str) -> ResponseReturnValue:
    return _edit_part(slug, CONSENT)


def _edit_part(slug: str, part: PartPage) -> ResponseReturnValue:
    call = call_or_404(slug)
    form = part.build(calls.read_draft(call))
    if form.validate_on_submit():
        with committing("Saved in the draft.", at=form[part.first_field]) as saved:
            _save_part(call, part, form)
        if saved:
            return redirect(url_for("evidence.show_call_overview", slug=slug))
    return render_template(f"evidence/call_editor/{part.template}.html", form=form, call=call, part=part)


def _save_part(call: Call, part: PartPage, form: Any) -> None:
    calls.edit_draft(call, lambda draft: part.apply(form, draft))
