"""Personal links: open one, ask for a new one, leave on a shared computer. Opening changes nothing in the database."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import (
    begin_session_by_mail,
    current_person_or_403,
    end_session,
    has_opened_mailed_link,
    public,
    requires,
)
from accounts.links import LinkNotValidError, find_longest_valid_link, get_valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from evidence import email_changes, participants
from evidence.email_changes import EmailChange
from evidence.forms import ButtonForm, EmailForm, RequestLinkForm
from evidence.models import Participant
from evidence.views.blueprint import bp

CHANGE_MESSAGES = {
    EmailChange.UNCHANGED: "We already write to {email}.",
    EmailChange.SET: "We have sent your personal link to {email}.",
    EmailChange.WAITING: "We have emailed a link to {email}. Nothing changes until you open it there and confirm.",
}


@bp.get("/link/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    try:
        link = get_valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        form = RequestLinkForm(formdata=None)
        return render_template("evidence/request_link.html", form=form, message=str(error)), 404
    begin_session_by_mail(link)
    participant = db.session.get(Participant, link.subject_id)
    if participant is not None and not participants.is_email_confirmed(participant):
        return redirect(url_for("evidence.confirm_email"))
    return redirect(url_for("interviews.show_my_page"))


@bp.route("/my/address/confirm", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def confirm_email() -> ResponseReturnValue:
    """Only for somebody who opened a link that we mailed, not for somebody who only typed the address."""
    participant = db.session.get_one(Participant, current_person_or_403().id)
    form = ButtonForm()
    if form.validate_on_submit() and has_opened_mailed_link(participant.id):
        with committing("Thank you. Your email address is confirmed."):
            email_changes.confirm_email(participant)
        return redirect(url_for("interviews.show_my_page"))
    return render_template(
        "evidence/confirm_email.html",
        form=form,
        participant=participant,
        has_opened_link=has_opened_mailed_link(participant.id),
    )


@bp.route("/new-address/<token>", methods=["GET", "POST"])
@public
def confirm_new_address(token: str) -> ResponseReturnValue:
    try:
        participant = email_changes.get_participant_by_token(token)
        form = ButtonForm()
        if not form.validate_on_submit():
            return render_template("evidence/confirm_new_address.html", form=form, participant=participant)
        with committing("Thank you. We will write to your new email address from now on."):
            email_changes.complete_change(token)
            _continue_with_new_link(participant)
    except LinkNotValidError as error:
        return render_template("evidence/link_not_valid.html", message=str(error)), 404
    return redirect(url_for("interviews.show_my_page"))


@bp.route("/link", methods=["GET", "POST"])
@public
def request_link() -> ResponseReturnValue:
    form = RequestLinkForm()
    if form.validate_on_submit():
        with committing():
            participants.request_links(form.email.data or "")
        return redirect(url_for("evidence.show_link_sent"))
    return render_template("evidence/request_link.html", form=form)


@bp.get("/link-sent")
@public
def show_link_sent() -> ResponseReturnValue:
    return render_template("evidence/show_link_sent.html")


@bp.route("/my/address", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def change_email() -> ResponseReturnValue:
    participant = db.session.get_one(Participant, current_person_or_403().id)
    form = EmailForm()
    if form.validate_on_submit():
        with committing(at=form.email) as saved:
            change = email_changes.request_change(participant, form.email.data or "")
        if saved:
            flash(CHANGE_MESSAGES[change].format(email=form.email.data), "success")
            return redirect(url_for("interviews.show_my_page"))
    return render_template("evidence/change_email.html", form=form, participant=participant)


@bp.post("/my/leave")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def leave_own_page() -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        end_session()
        flash("You have left your page. To come back, use your personal link.", "success")
    return redirect(url_for("evidence.show_home"))


def _continue_with_new_link(participant: Participant) -> None:
    link = find_longest_valid_link(LinkPurpose.OWN_PAGE, participant.id)
    if link is not None:
        begin_session_by_mail(link)
