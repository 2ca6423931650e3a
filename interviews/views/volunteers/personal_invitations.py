"""Coordinators invite people by their addresses; whoever is invited signs up and chooses a time at once."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_participant_session, current_person_or_403, public, requires
from accounts.links import LinkNotValidError, find_longest_valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from evidence.forms import list_consent_field_names
from evidence.views.lookups import published_call_or_404
from interviews.availability.time_zones import list_zone_choices
from interviews.forms.personal_invitations import InvitePeopleForm
from interviews.forms.volunteers import build_invited_sign_up_form, parse_sign_up
from interviews.models import PersonalInvitation, Volunteer
from interviews.views.blueprint import bp
from interviews.volunteers import personal_invitations as personal
from interviews.volunteers.volunteers import require_interviews_open


@bp.route("/staff/calls/<slug>/invitations", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def invite_people(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    form = InvitePeopleForm(call=call)
    if form.validate_on_submit():
        try:
            addresses = personal.parse_addresses(form.addresses.data)
            written = personal.invite(call, addresses, site=form.get_chosen_site(), by=current_person_or_403().id)
            db.session.commit()
            flash(_format_invite_summary(written), "success" if written.drafted else "notice")
            return redirect(url_for("interviews.invite_people", slug=slug))
        except RuleError as error:
            add_field_error(form.addresses, error)
    found = personal.list_invitations(call)
    drafts = sum(standing.state == "draft" for standing in found)
    return render_template(
        "interviews/volunteers/personal_invitations.html", form=form, call=call, found=found, drafts=drafts
    )


@bp.post("/staff/calls/<slug>/invitations/release")
@requires(Permission.MANAGE_VOLUNTEERS)
def release_invitations(slug: str) -> ResponseReturnValue:
    try:
        count = personal.release_drafts(published_call_or_404(slug))
        db.session.commit()
        flash(f"{count} {'invitation leaves' if count == 1 else 'invitations leave'} within a minute.", "success")
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.invite_people", slug=slug))


@bp.post("/staff/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.MANAGE_VOLUNTEERS)
def withdraw_invitation(invitation_id: UUID) -> ResponseReturnValue:
    invitation = db.get_or_404(PersonalInvitation, invitation_id)
    personal.withdraw(invitation)
    db.session.commit()
    flash("The invitation is withdrawn: its link opens nothing any more.", "success")
    return redirect(url_for("interviews.invite_people", slug=invitation.call.slug))


@bp.route("/invited/<token>", methods=["GET", "POST"])
@public
def open_invitation(token: str) -> ResponseReturnValue:
    try:
        invitation = personal.get_invitation_by_token(token)
        require_interviews_open(invitation.call)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))
    except RuleError as error:
        return render_template("interviews/volunteers/no_interviews.html", call=invitation.call, words=str(error))
    form = build_invited_sign_up_form(invitation.call, asks_site=invitation.site_id is None)
    if form.validate_on_submit():
        return _accept_invitation(token, form)
    return render_template(
        "interviews/volunteers/open_invitation.html",
        form=form,
        call=invitation.call,
        email=invitation.email,
        consent_names=list_consent_field_names(form),
        zone_groups=list_zone_choices(),
    )


def _accept_invitation(token: str, form: object) -> ResponseReturnValue:
    """Somebody who sends the form twice finds the link used up, and their own page in their mail."""
    try:
        volunteer = personal.accept_invitation(token, parse_sign_up(form))
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))
    _begin_session(volunteer)
    db.session.commit()
    flash("Thank you. Now choose a time that suits you. We have mailed you your personal link too.", "success")
    return redirect(url_for("interviews.book_slot", volunteer_id=volunteer.id))


def _begin_session(volunteer: Volunteer) -> None:
    link = find_longest_valid_link(LinkPurpose.OWN_PAGE, volunteer.participant_id)
    if link is not None:
        begin_participant_session(link)


def _format_invite_summary(written: personal.InviteSummary) -> str:
    wait = f"{written.drafted} {'invitation waits' if written.drafted == 1 else 'invitations wait'} to be released."
    if not written.skipped:
        return wait
    were = "address was" if written.skipped == 1 else "addresses were"
    return f"{wait} {written.skipped} {were} left out: invited, or offering an interview, already."
