"""Begin to write: what to expect, and the address that the personal link goes to."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, public
from accounts.links import lasting_link
from accounts.models import LinkPurpose
from core.database import db
from evidence import calls, participants, writing
from evidence.contributions import find_written
from evidence.fields import refuse
from evidence.forms import AddressForm, ButtonForm
from evidence.models import Call, Participant
from evidence.participants import TooManyLinksError
from evidence.views.blueprint import bp
from evidence.views.finding import call_or_404, participant_here


@bp.route("/calls/<slug>/write", methods=["GET", "POST"])
@public
def start_written(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    if not calls.is_open(call):
        return redirect(url_for("evidence.show_call", slug=call.slug))
    participant = participant_here()
    form = ButtonForm()
    if form.validate_on_submit():
        return _go_on(call, participant) if participant else redirect(url_for("evidence.give_address", slug=call.slug))
    return render_template(
        "evidence/start_written.html",
        call=call,
        form=form,
        schedule=calls.schedule_of(calls.current_version(call)),
        has_begun=participant is not None and find_written(participant.id, call) is not None,
    )


@bp.route("/calls/<slug>/write/address", methods=["GET", "POST"])
@public
def give_address(slug: str) -> ResponseReturnValue:
    """Anyone may type any address, so an address alone opens nothing that was written before."""
    call = call_or_404(slug)
    if not calls.is_open(call):
        return redirect(url_for("evidence.show_call", slug=call.slug))
    form = AddressForm()
    if form.validate_on_submit():
        try:
            return _begin(call, form.email.data or "")
        except TooManyLinksError as error:
            refuse(form, "email", str(error))
    return render_template("evidence/give_address.html", form=form, call=call)


def _begin(call: Call, email: str) -> ResponseReturnValue:
    participants.require_room_for_link(email)
    participant = participants.new_participant(email=email)
    writing.mail_link(writing.start(call, participant))
    link = lasting_link(LinkPurpose.OWN_PAGE, participant.id)
    db.session.commit()
    if link is not None:
        begin_participant_session(link)
    return redirect(url_for("evidence.written_tasks", slug=call.slug))


def _go_on(call: Call, participant: Participant) -> ResponseReturnValue:
    """Somebody whose link is open already needs no other."""
    writing.start(call, participant)
    db.session.commit()
    return redirect(url_for("evidence.written_tasks", slug=call.slug))
