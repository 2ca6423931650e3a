"""Coordinators write group emails: draft, preview, send themselves a test, release or discard."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from accounts.access import current_person_or_403, requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import exits
from core.database import db
from core.errors import RuleError
from core.exits import ExitAudience, ExitUse
from core.form_fields import add_field_error
from core.mail_rendering import lay_out_text
from core.transactions import committing
from evidence.models import Call
from interviews.forms.mass_mail import WHOLE_CALL, MassMailForm, ReleaseForm
from interviews.mass_mail import mass_mails
from interviews.mass_mail.audiences import AUDIENCE_LABELS, MailAudience
from interviews.mass_mail.mass_mails import (
    AudienceWithoutSiteError,
    MassMailContent,
    NoRecipientsError,
)
from interviews.models import MassMail, MassMailState
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404
from interviews.wordings.placeholders import PLACEHOLDER_MEANINGS, WordingError

AUDIENCE_CHOICES = [(audience.value, label) for audience, label in AUDIENCE_LABELS.items()]


@bp.get("/staff/mail/many")
@requires(Permission.MANAGE_VOLUNTEERS)
def list_mass_mails() -> ResponseReturnValue:
    return render_template(
        "interviews/mass_mail/list_mass_mails.html",
        mails=mass_mails.list_mass_mails(),
        audience_labels=dict(AUDIENCE_CHOICES),
    )


@bp.route("/staff/calls/<slug>/mail/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def write_mass_mail(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    form = _build_form(call)
    if form.validate_on_submit() and _is_wording_valid(form, call):
        with committing(at=_map_errors_to_fields(form)) as saved:
            mail = mass_mails.write_mass_mail(call, _build_content(form, call), by=current_person_or_403().id)
        if saved:
            return redirect(url_for("interviews.show_mass_mail", mail_id=mail.id))
    return render_template("interviews/mass_mail/write_mass_mail.html", call=call, form=form, **_list_placeholders())


@bp.get("/staff/mail/many/<uuid:mail_id>")
@requires(Permission.MANAGE_VOLUNTEERS)
def show_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    return render_template(
        "interviews/mass_mail/show_mass_mail.html",
        mail=mail,
        audience_label=AUDIENCE_LABELS[MailAudience(mail.audience)],
        count=mass_mails.count_drafts(mail),
        counts_by_state=mass_mails.count_by_state(mail),
        preview=mass_mails.preview_mail(mail),
        blocks=lay_out_text,
        writer=db.session.get(StaffMember, mail.written_by),
        releaser=db.session.get(StaffMember, mail.released_by) if mail.released_by else None,
    )


@bp.route("/staff/mail/many/<uuid:mail_id>/change", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def change_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    if mail.state is not MassMailState.DRAFT:
        return _redirect_as_decided(mail)
    form = _build_form(mail.call, mail)
    if form.validate_on_submit() and _is_wording_valid(form, mail.call):
        with committing("Drafts updated. Nothing has been sent.", at=_map_errors_to_fields(form)) as saved:
            mass_mails.change_mass_mail(mail, _build_content(form, mail.call))
        if saved:
            return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))
    return render_template("interviews/mass_mail/change_mass_mail.html", mail=mail, form=form, **_list_placeholders())


@bp.post("/staff/mail/many/<uuid:mail_id>/test")
@requires(Permission.MANAGE_VOLUNTEERS)
def send_test_mail(mail_id: UUID) -> ResponseReturnValue:
    mass_mails.send_test(db.get_or_404(MassMail, mail_id), db.session.get_one(StaffMember, current_person_or_403().id))
    db.session.commit()
    flash("We have sent you a test email with example values. No one else gets it.", "success")
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


@bp.route("/staff/mail/many/<uuid:mail_id>/release", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
@exits.returns("an email of staff to many", ExitUse.MASS_EMAIL, to=ExitAudience.PERSON)
def release_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    if mail.state is not MassMailState.DRAFT:
        return _redirect_as_decided(mail)
    form = ReleaseForm()
    if not form.validate_on_submit():
        return render_template(
            "interviews/mass_mail/release_mass_mail.html", mail=mail, form=form, count=mass_mails.count_drafts(mail)
        )
    with committing() as saved:
        counts = mass_mails.release_mass_mail(mail, by=current_person_or_403().id)
    if saved:
        excluded = f" {counts.excluded} left out because they are no longer in the group." if counts.excluded else ""
        flash(f"Emails released: {counts.to_send}. They will be sent within minutes.{excluded}", "success")
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


@bp.post("/staff/mail/many/<uuid:mail_id>/discard")
@requires(Permission.MANAGE_VOLUNTEERS)
def discard_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    with committing("Drafts discarded. Nothing was sent."):
        mass_mails.discard_mass_mail(db.get_or_404(MassMail, mail_id))
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


def _build_form(call: Call, mail: MassMail | None = None) -> MassMailForm:
    site = mail.site.key if mail and mail.site else WHOLE_CALL
    chosen = {"audience": mail.audience, "subject": mail.subject, "text": mail.text, "site": site} if mail else {}
    return MassMailForm(data=chosen, audiences=AUDIENCE_CHOICES, sites=[(site.key, site.title) for site in call.sites])


def _is_wording_valid(form: MassMailForm, call: Call) -> bool:
    try:
        mass_mails.check_subject(call, form.subject.data)
    except WordingError as error:
        add_field_error(form.subject, error)
    try:
        mass_mails.check_text(MailAudience(form.audience.data), form.text.data)
    except WordingError as error:
        add_field_error(form.text, error)
    return not form.errors


def _build_content(form: MassMailForm, call: Call) -> MassMailContent:
    site = next((site for site in call.sites if site.key == form["site"].data), None)
    return MassMailContent(MailAudience(form.audience.data), site, form.subject.data, form.text.data)


def _map_errors_to_fields(form: MassMailForm) -> dict[type[RuleError], Field]:
    return {NoRecipientsError: form.audience, AudienceWithoutSiteError: form["site"], RuleError: form.text}


def _list_placeholders() -> dict[str, Any]:
    return {
        "placeholders_by_audience": {
            AUDIENCE_LABELS[audience]: mass_mails.list_known_placeholders(audience) for audience in MailAudience
        },
        "placeholder_meanings": {
            name: PLACEHOLDER_MEANINGS[name] for name in ("call", "reference", "own_page", "when")
        },
    }


def _redirect_as_decided(mail: MassMail) -> ResponseReturnValue:
    flash(f"This email was already {mail.state.value}.")
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail.id))
