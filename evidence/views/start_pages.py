"""Start a written contribution: what to expect, and the email address for the personal link."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, public
from accounts.links import find_longest_valid_link
from accounts.models import AccessLink, LinkPurpose
from core.transactions import committing
from evidence import calls, participants, written_contributions
from evidence.contributions import find_written_contribution
from evidence.forms import ButtonForm, EmailForm
from evidence.models import Call, Participant
from evidence.views.blueprint import bp
from evidence.views.lookups import get_current_participant, published_call_or_404


@bp.route("/calls/<slug>/write", methods=["GET", "POST"])
@public
def start_written(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    if not calls.is_open(call):
        return redirect(url_for("evidence.show_call", slug=call.slug))
    participant = get_current_participant()
    form = ButtonForm()
    if form.validate_on_submit():
        return (
            _start_as_known_participant(call, participant)
            if participant
            else redirect(url_for("evidence.give_email", slug=call.slug))
        )
    return render_template(
        "evidence/start_written.html",
        call=call,
        form=form,
        schedule=calls.get_schedule(calls.get_current_version(call)),
        has_begun=participant is not None and find_written_contribution(participant.id, call) is not None,
    )


@bp.route("/calls/<slug>/write/address", methods=["GET", "POST"])
@public
def give_email(slug: str) -> ResponseReturnValue:
    """Anyone can enter any address, so an address alone never opens an existing contribution."""
    call = published_call_or_404(slug)
    if not calls.is_open(call):
        return redirect(url_for("evidence.show_call", slug=call.slug))
    form = EmailForm()
    if form.validate_on_submit():
        link: AccessLink | None = None
        with committing(at=form.email) as saved:
            link = _start_as_new_participant(call, form.email.data or "")
        if saved:
            if link is not None:
                begin_participant_session(link)
            return redirect(url_for("evidence.show_written_tasks", slug=call.slug))
    return render_template("evidence/give_email.html", form=form, call=call)


def _start_as_new_participant(call: Call, email: str) -> AccessLink | None:
    participant = participants.create_participant(email=email)
    written_contributions.mail_return_link(written_contributions.start_or_resume(call, participant))
    return find_longest_valid_link(LinkPurpose.OWN_PAGE, participant.id)


def _start_as_known_participant(call: Call, participant: Participant) -> ResponseReturnValue:
    with committing():
        written_contributions.start_or_resume(call, participant)
    return redirect(url_for("evidence.show_written_tasks", slug=call.slug))
