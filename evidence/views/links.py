"""Personal links: open one, ask for a new one, leave on a shared computer. Opening changes nothing in the database."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, end_session, public, requires, signed_in
from accounts.links import LinkNotValidError, lasting_link, valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from evidence import participants
from evidence.fields import refuse
from evidence.forms import AddressForm, ButtonForm, LinkForm
from evidence.models import Participant
from evidence.participants import TooManyLinksError
from evidence.views.blueprint import bp


@bp.get("/link/<token>")
@public
def open_link(token: str) -> ResponseReturnValue:
    """Begin the session of one person, at an address that no longer holds the token."""
    try:
        link = valid_link(token, LinkPurpose.OWN_PAGE)
    except LinkNotValidError as error:
        return render_template("evidence/link_needed.html", form=LinkForm(formdata=None), words=str(error)), 404
    begin_participant_session(link)
    return redirect(url_for("interviews.my_page"))


@bp.route("/link", methods=["GET", "POST"])
@public
def link_needed() -> ResponseReturnValue:
    form = LinkForm()
    if form.validate_on_submit():
        participants.mail_links(form.email.data or "")
        db.session.commit()
        return redirect(url_for("evidence.link_sent"))
    return render_template("evidence/link_needed.html", form=form)


@bp.get("/link-sent")
@public
def link_sent() -> ResponseReturnValue:
    return render_template("evidence/link_sent.html")


@bp.route("/my/address", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def change_address() -> ResponseReturnValue:
    participant = db.session.get_one(Participant, signed_in().id)
    form = AddressForm()
    if form.validate_on_submit():
        try:
            participants.move_to_address(participant, form.email.data or "")
            _go_on_with_new_link(participant)
            db.session.commit()
            flash(f"We sent a new link to {form.email.data}. Earlier links no longer open anything.", "success")
            return redirect(url_for("interviews.my_page"))
        except TooManyLinksError as error:
            refuse(form, "email", str(error))
    return render_template("evidence/change_address.html", form=form, participant=participant)


@bp.post("/my/leave")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def leave() -> ResponseReturnValue:
    """For computers that others use."""
    form = ButtonForm()
    if form.validate_on_submit():
        end_session()
        flash("You have left your page. Your personal link opens it again.", "success")
    return redirect(url_for("evidence.home"))


def _go_on_with_new_link(participant: Participant) -> None:
    """Who has just changed the address stays on the page; other sessions ended with the earlier links."""
    link = lasting_link(LinkPurpose.OWN_PAGE, participant.id)
    if link is not None:
        begin_participant_session(link)
