"""Coordinators write to many: draft, look, send themselves a test, release or discard."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.models import StaffMember
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.mail_pages import blocks
from evidence.models import Call
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.notices import WHOLE_CALL, MassMailForm, ReleaseForm
from interviews.models import MassMail, MassMailState
from interviews.notices import mass_mails as many
from interviews.notices.audiences import GROUP_WORDS, Group
from interviews.notices.mass_mails import DecidedError, NobodyError, NoSiteError, Words
from interviews.notices.placeholders import MEANING, WordingError
from interviews.views.board import staff_call

GROUPS = [(group.value, words) for group, words in GROUP_WORDS.items()]


@bp.get("/staff/mail/many")
@requires(Permission.MANAGE_VOLUNTEERS)
def mass_mails() -> ResponseReturnValue:
    return render_template("interviews/mass_mails.html", mails=many.mass_mails(), groups=dict(GROUPS))


@bp.route("/staff/calls/<slug>/mail/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def write_mass_mail(slug: str) -> ResponseReturnValue:
    call = staff_call(slug)
    form = _form(call)
    if form.validate_on_submit() and _is_usable(form, call):
        try:
            mail = many.write(call, _words(form, call), by=signed_in().id)
            db.session.commit()
            return redirect(url_for("interviews.show_mass_mail", mail_id=mail.id))
        except RuleError as error:
            _refuse(form, error)
    return render_template("interviews/write_mass_mail.html", call=call, form=form, **_offered())


@bp.get("/staff/mail/many/<uuid:mail_id>")
@requires(Permission.MANAGE_VOLUNTEERS)
def show_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    return render_template(
        "interviews/show_mass_mail.html",
        mail=mail,
        group=GROUP_WORDS[Group(mail.audience)],
        count=many.count(mail),
        states=many.states_of(mail),
        preview=many.preview(mail),
        blocks=blocks,
        writer=db.session.get(StaffMember, mail.written_by),
        releaser=db.session.get(StaffMember, mail.released_by) if mail.released_by else None,
    )


@bp.route("/staff/mail/many/<uuid:mail_id>/change", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def change_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    if mail.state is not MassMailState.DRAFT:
        return _decided(mail)
    form = _form(mail.call, mail)
    if form.validate_on_submit() and _is_usable(form, mail.call):
        try:
            many.rewrite(mail, _words(form, mail.call))
            db.session.commit()
            flash("The drafts are written anew. Nothing has been sent.", "success")
            return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))
        except RuleError as error:
            _refuse(form, error)
    return render_template("interviews/change_mass_mail.html", mail=mail, form=form, **_offered())


@bp.post("/staff/mail/many/<uuid:mail_id>/test")
@requires(Permission.MANAGE_VOLUNTEERS)
def send_test_mail(mail_id: UUID) -> ResponseReturnValue:
    many.send_test(db.get_or_404(MassMail, mail_id), db.session.get_one(StaffMember, signed_in().id))
    db.session.commit()
    flash("A test with example values is on its way to you. Nobody else gets it.", "success")
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


@bp.route("/staff/mail/many/<uuid:mail_id>/release", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def release_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    mail = db.get_or_404(MassMail, mail_id)
    if mail.state is not MassMailState.DRAFT:
        return _decided(mail)
    form = ReleaseForm()
    if not form.validate_on_submit():
        return render_template("interviews/release_mass_mail.html", mail=mail, form=form, count=many.count(mail))
    try:
        counted = many.release(mail, by=signed_in().id)
        db.session.commit()
        left = f" {counted.left_out} left out, because they are in the group no longer." if counted.left_out else ""
        flash(f"Mails released: {counted.leaving}. They leave within minutes.{left}", "success")
    except DecidedError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


@bp.post("/staff/mail/many/<uuid:mail_id>/discard")
@requires(Permission.MANAGE_VOLUNTEERS)
def discard_mass_mail(mail_id: UUID) -> ResponseReturnValue:
    try:
        many.discard(db.get_or_404(MassMail, mail_id))
        db.session.commit()
        flash("The drafts are discarded. Nothing was sent.", "success")
    except DecidedError as error:
        flash(str(error))
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail_id))


def _form(call: Call, mail: MassMail | None = None) -> MassMailForm:
    site = mail.site.key if mail and mail.site else WHOLE_CALL
    chosen = {"audience": mail.audience, "subject": mail.subject, "text": mail.text, "site": site} if mail else {}
    return MassMailForm(data=chosen, audiences=GROUPS, sites=[(site.key, site.title) for site in call.sites])


def _is_usable(form: MassMailForm, call: Call) -> bool:
    """Say at each field what is wrong with it."""
    try:
        many.check_subject(call, form.subject.data)
    except WordingError as error:
        refuse(form.subject, error)
    try:
        many.check_text(Group(form.audience.data), form.text.data)
    except WordingError as error:
        refuse(form.text, error)
    return not form.errors


def _words(form: MassMailForm, call: Call) -> Words:
    site = next((site for site in call.sites if site.key == form["site"].data), None)
    return Words(Group(form.audience.data), site, form.subject.data, form.text.data)


def _refuse(form: MassMailForm, error: RuleError) -> None:
    fields = {NobodyError: form.audience, NoSiteError: form["site"]}
    refuse(fields.get(type(error), form.text), error)


def _offered() -> dict[str, Any]:
    """Which placeholders there are, and for whom."""
    known = {GROUP_WORDS[group]: many.known_in(group) for group in Group}
    return {"known": known, "meaning": MEANING, "names": ("call", "reference", "own_page", "when")}


def _decided(mail: MassMail) -> ResponseReturnValue:
    flash(f"This mail was {mail.state.value} already.")
    return redirect(url_for("interviews.show_mass_mail", mail_id=mail.id))
