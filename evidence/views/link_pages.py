"""Personal links: open one, ask for a new one, leave on a shared computer. Opening changes nothing in the database."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import (
    begin_participant_session,
    current_person_or_403,
    end_session,
    public,
    requires,
)
from accounts.links import LinkNotValidError, find_longest_valid_link, get_valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from evidence import participants
from evidence.forms import ButtonForm, EmailForm, RequestLinkForm
from evidence.models import Participant
from evidence.views.blueprint import bp


@bp.get("/link/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    try:
        link = get_valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        form = RequestLinkForm(formdata=None)
        return render_template("evidence/request_link.html", form=form, message=str(error)), 404
    begin_participant_session(link)
    return redirect(url_for("interviews.show_my_page"))


@bp.route("/link", methods=["GET", "POST"])
@public
def request_link() -> ResponseReturnValue:
    form = RequestLinkForm()
    if form.validate_on_submit():
        with committing():
            participants.mail_links(form.email.data or "")
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
        with committing(
            f"We have sent a new link to {form.email.data}. Your earlier links no longer work.", at=form.email
        ) as saved:
            participants.update_email(participant, form.email.data or "")
            _continue_with_new_link(participant)
        if saved:
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
        begin_participant_session(link)
