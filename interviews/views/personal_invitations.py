"""Coordinators invite people by their addresses; whoever is invited signs up and chooses a time at once."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, public, requires, signed_in
from accounts.links import LinkNotValidError, lasting_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence.calls import CallNotFoundError, published_call
from evidence.forms import consent_field_names
from evidence.models import Call
from interviews import personal_invitations as personal
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.invitations import InvitePeopleForm
from interviews.forms.offers import invited_form, offer_in
from interviews.models import PersonalInvitation, Volunteer
from interviews.offering.zones import zone_choices
from interviews.volunteers import require_interviews


@bp.route("/staff/calls/<slug>/invitations", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def personal_invitations(slug: str) -> ResponseReturnValue:
    call = _call(slug)
    form = InvitePeopleForm(call=call)
    if form.validate_on_submit():
        try:
            addresses = personal.addresses_in(form.addresses.data)
            written = personal.invite(call, addresses, site=form.chosen_site(), by=signed_in().id)
            db.session.commit()
            flash(_what_was_written(written), "success" if written.invited else "notice")
            return redirect(url_for("interviews.personal_invitations", slug=slug))
        except RuleError as error:
            refuse(form.addresses, error)
    found = personal.invitations(call)
    drafts = sum(standing.state == "draft" for standing in found)
    return render_template("interviews/personal_invitations.html", form=form, call=call, found=found, drafts=drafts)


@bp.post("/staff/calls/<slug>/invitations/release")
@requires(Permission.MANAGE_VOLUNTEERS)
def release_invitations(slug: str) -> ResponseReturnValue:
    try:
        count = personal.release(_call(slug))
        db.session.commit()
        flash(f"{count} {'invitation leaves' if count == 1 else 'invitations leave'} within a minute.", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.personal_invitations", slug=slug))


@bp.post("/staff/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.MANAGE_VOLUNTEERS)
def withdraw_invitation(invitation_id: UUID) -> ResponseReturnValue:
    invitation = db.get_or_404(PersonalInvitation, invitation_id)
    personal.withdraw(invitation)
    db.session.commit()
    flash("The invitation is withdrawn: its link opens nothing any more.", "success")
    return redirect(url_for("interviews.personal_invitations", slug=invitation.call.slug))


@bp.route("/invited/<token>", methods=["GET", "POST"])
@public
def open_invitation(token: str) -> ResponseReturnValue:
    try:
        invitation = personal.invitation_behind(token)
        require_interviews(invitation.call)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.link_needed"))
    except RuleError as error:
        return render_template("interviews/no_interviews.html", call=invitation.call, words=str(error))
    form = invited_form(invitation.call, asks_site=invitation.site_id is None)
    if form.validate_on_submit():
        return _take_up(token, form)
    return render_template(
        "interviews/open_invitation.html",
        form=form,
        call=invitation.call,
        email=invitation.email,
        consent_names=consent_field_names(form),
        zone_groups=zone_choices(),
    )


def _take_up(token: str, form: object) -> ResponseReturnValue:
    """Somebody who sends the form twice finds the link used up, and their own page in their mail."""
    try:
        volunteer = personal.take_up(token, offer_in(form))
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.link_needed"))
    _begin_session(volunteer)
    db.session.commit()
    flash("Thank you. Now choose a time that suits you. We have mailed you your personal link too.", "success")
    return redirect(url_for("interviews.book_slot", volunteer_id=volunteer.id))


def _begin_session(volunteer: Volunteer) -> None:
    link = lasting_link(LinkPurpose.OWN_PAGE, volunteer.participant_id)
    if link is not None:
        begin_participant_session(link)


def _what_was_written(written: personal.Written) -> str:
    wait = f"{written.invited} {'invitation waits' if written.invited == 1 else 'invitations wait'} to be released."
    if not written.left_out:
        return wait
    were = "address was" if written.left_out == 1 else "addresses were"
    return f"{wait} {written.left_out} {were} left out: invited, or offering an interview, already."


def _call(slug: str) -> Call:
    try:
        return published_call(slug)
    except CallNotFoundError:
        abort(404)
