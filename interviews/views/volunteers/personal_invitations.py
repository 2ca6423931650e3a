"""Coordinators invite people by email address; invited people sign up and choose a time straight away."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import begin_session_by_mail, current_person_or_403, public, requires
from accounts.links import LinkNotValidError, find_longest_valid_link
from accounts.models import LinkPurpose
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.transactions import committing
from evidence.forms import list_consent_field_names
from evidence.views.lookups import published_call_or_404
from interviews.availability.time_zones import list_zone_choices
from interviews.forms.personal_invitations import InvitePeopleForm
from interviews.forms.volunteers import build_invited_sign_up_form, parse_sign_up
from interviews.models import PersonalInvitation, Volunteer
from interviews.views.blueprint import bp
from interviews.volunteers import personal_invitations
from interviews.volunteers.personal_invitations import InvitationState
from interviews.volunteers.volunteers import require_interviews_open


@bp.route("/staff/calls/<slug>/invitations", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def invite_people(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    form = InvitePeopleForm(call=call)
    if form.validate_on_submit():
        with committing(at=form.addresses) as saved:
            summary = personal_invitations.invite(
                call,
                personal_invitations.parse_addresses(form.addresses.data),
                site=form.get_chosen_site(),
                by=current_person_or_403().id,
            )
        if saved:
            flash(_format_invite_summary(summary), "success" if summary.drafted else "notice")
            return redirect(url_for("interviews.invite_people", slug=slug))
    statuses = personal_invitations.list_invitations(call)
    return render_template(
        "interviews/volunteers/invite_people.html",
        form=form,
        call=call,
        statuses=statuses,
        draft_count=sum(status.state is InvitationState.DRAFT for status in statuses),
    )


@bp.post("/staff/calls/<slug>/invitations/release")
@requires(Permission.MANAGE_VOLUNTEERS)
def release_invitations(slug: str) -> ResponseReturnValue:
    with committing() as saved:
        count = personal_invitations.release_drafts(published_call_or_404(slug))
    if saved:
        flash(f"{count} {'invitation' if count == 1 else 'invitations'} will be sent within a minute.", "success")
    return redirect(url_for("interviews.invite_people", slug=slug))


@bp.post("/staff/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.MANAGE_VOLUNTEERS)
def withdraw_invitation(invitation_id: UUID) -> ResponseReturnValue:
    invitation = db.get_or_404(PersonalInvitation, invitation_id)
    personal_invitations.withdraw(invitation)
    db.session.commit()
    flash("Invitation withdrawn. Its link no longer works.", "success")
    return redirect(url_for("interviews.invite_people", slug=invitation.call.slug))


@bp.route("/invited/<token>", methods=["GET", "POST"])
@public
def open_invitation(token: str) -> ResponseReturnValue:
    try:
        invitation = personal_invitations.get_invitation_by_token(token)
        require_interviews_open(invitation.call)
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))
    except RuleError as error:
        return render_template("interviews/volunteers/no_interviews.html", call=invitation.call, reason=str(error))
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
    try:
        volunteer = personal_invitations.accept_invitation(token, parse_sign_up(form))
    except LinkNotValidError as error:
        flash(str(error))
        return redirect(url_for("evidence.request_link"))
    _begin_session(volunteer)
    db.session.commit()
    flash("Thank you. Now choose a time that suits you. We have also emailed you your personal link.", "success")
    return redirect(url_for("interviews.book_slot", volunteer_id=volunteer.id))


def _begin_session(volunteer: Volunteer) -> None:
    link = find_longest_valid_link(LinkPurpose.OWN_PAGE, volunteer.participant_id)
    if link is not None:
        begin_session_by_mail(link)


def _format_invite_summary(summary: personal_invitations.InviteSummary) -> str:
    drafted = f"{summary.drafted} {'invitation is' if summary.drafted == 1 else 'invitations are'} ready to send."
    if not summary.skipped:
        return drafted
    people = "person was" if summary.skipped == 1 else "people were"
    return f"{drafted} {summary.skipped} {people} left out because they are already invited or have made an offer."
