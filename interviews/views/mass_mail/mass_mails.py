"""Coordinators write to many: draft, look, send themselves a test, release or discard."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from core.mail_rendering import split_into_blocks
from evidence.models import Call
from interviews.forms.mass_mail import WHOLE_CALL, MassMailForm, ReleaseForm
from interviews.mass_mail import mass_mails as many
from interviews.mass_mail.audiences import AUDIENCE_LABELS, MailAudience
from interviews.mass_mail.mass_mails import (
    AudienceWithoutSiteError,
    MassMailContent,
    MassMailDecidedError,
    NoRecipientsError,
)
from interviews.models import MassMail, MassMailState
from interviews.views.blueprint import bp
from interviews.views.lookups import staff_call_or_404
from interviews.wordings.placeholders import PLACEHOLDER_MEANINGS, WordingError

AUDIENCE_CHOICES = [(group.value, words) for group, words in AUDIENCE_LABELS.items()]


@bp.get("/staff/mail/many")
@requires(Permission.MANAGE_VOLUNTEERS)
def list_mass_mails() -> ResponseReturnValue:
    return render_template(
        "interviews/mass_mail/mass_mails.html", mails=many.list_mass_mails(), groups=dict(AUDIENCE_CHOICES)
    )


@bp.route("/staff/calls/<slug>/mail/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def write_mass_mail(slug: str) -> ResponseReturnValue:
    call = staff_call_or_404(slug)
    form = _build_form(call)
    if form.validate_on_submit() and _is_wording_valid(form, call):
        try:
            mail = many.write_mass_mail(call, _build_content(form, call), by=current_person_or_403().id)
            db.session.commit()
            return redirect(url_for("interviews.show_mass_mail", mail_id=mail.id))
        except RuleError as error:
            _show_error(form, error)
    return render_template("interviews/mass_mail/write_mass_mail.html", call=call, form=form, **_list_placeholders())


@bp.get("/staff/mail/many/<uuid:mail_id>")
@requires(Permission.MANAGE_VOLUNTEERS)
def show_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    return render_template(
        "interviews/mass_mail/show_mass_mail.html",
        mail=mail,
        group=AUDIENCE_LABELS[MailAudience(mail.audience)],
        count=many.count_drafts(mail),
        states=many.count_by_state(mail),
        preview=many.preview_mail(mail),
        blocks=split_into_blocks,
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
        try:
            many.change_mass_mail(mail, _build_content(form, mail.call))
            db.session.commit()
            flash("The drafts are written anew. Nothing has been sent.", "success")
            return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))
        except RuleError as error:
            _show_error(form, error)
    return render_template("interviews/mass_mail/change_mass_mail.html", mail=mail, form=form, **_list_placeholders())


@bp.post("/staff/mail/many/<uuid:mail_id>/test")
@requires(Permission.MANAGE_VOLUNTEERS)
def send_test_mail(mail_id: UUID) -> ResponseReturnValue:
    many.send_test(db.get_or_404(MassMail, mail_id), db.session.get_one(StaffMember, current_person_or_403().id))
    db.session.commit()
    flash("A test with example values is on its way to you. Nobody else gets it.", "success")
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


@bp.route("/staff/mail/many/<uuid:mail_id>/release", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def release_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    if mail.state is not MassMailState.DRAFT:
        return _redirect_as_decided(mail)
    form = ReleaseForm()
    if not form.validate_on_submit():
        return render_template(
            "interviews/mass_mail/release_mass_mail.html", mail=mail, form=form, count=many.count_drafts(mail)
        )
    try:
        counted = many.release_mass_mail(mail, by=current_person_or_403().id)
        db.session.commit()
        left = f" {counted.excluded} left out, because they are in the group no longer." if counted.excluded else ""
        flash(f"Mails released: {counted.to_send}. They leave within minutes.{left}", "success")
    except MassMailDecidedError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


@bp.post("/staff/mail/many/<uuid:mail_id>/discard")
@requires(Permission.MANAGE_VOLUNTEERS)
def discard_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    try:
        many.discard_mass_mail(db.get_or_404(MassMail, mail_id))
        db.session.commit()
        flash("The drafts are discarded. Nothing was sent.", "success")
    except MassMailDecidedError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


def _build_form(call: Call, mail: MassMail | None = None) -> MassMailForm:
    site = mail.site.key if mail and mail.site else WHOLE_CALL
    chosen = {"audience": mail.audience, "subject": mail.subject, "text": mail.text, "site": site} if mail else {}
    return MassMailForm(data=chosen, audiences=AUDIENCE_CHOICES, sites=[(site.key, site.title) for site in call.sites])


def _is_wording_valid(form: MassMailForm, call: Call) -> bool:
    """Say at each field what is wrong with it."""
    try:
        many.check_subject(call, form.subject.data)
    except WordingError as error:
        add_field_error(form.subject, error)
    try:
        many.check_text(MailAudience(form.audience.data), form.text.data)
    except WordingError as error:
        add_field_error(form.text, error)
    return not form.errors


def _build_content(form: MassMailForm, call: Call) -> MassMailContent:
    site = next((site for site in call.sites if site.key == form["site"].data), None)
    return MassMailContent(MailAudience(form.audience.data), site, form.subject.data, form.text.data)


def _show_error(form: MassMailForm, error: RuleError) -> None:
    fields = {NoRecipientsError: form.audience, AudienceWithoutSiteError: form["site"]}
    add_field_error(fields.get(type(error), form.text), error)


def _list_placeholders() -> dict[str, Any]:
    """Which placeholders there are, and for whom."""
    known = {AUDIENCE_LABELS[group]: many.list_known_placeholders(group) for group in MailAudience}
    return {"known": known, "meaning": PLACEHOLDER_MEANINGS, "names": ("call", "reference", "own_page", "when")}


def _redirect_as_decided(mail: MassMail) -> ResponseReturnValue:
    flash(f"This mail was {mail.state.value} already.")
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail.id))
