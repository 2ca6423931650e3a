"""End sessions: one of one's own, all others of one's own, or all of somebody else."""

from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from accounts import audit, second_factor, sessions
from accounts.access import current_person_or_403, current_staff_session, requires
from accounts.models import StaffMember, StaffSession
from accounts.roles import Permission
from accounts.views.blueprint import bp
from core.database import db
from core.transactions import committing


@bp.post("/staff/account/sessions/<uuid:session_id>/end")
@requires(Permission.SEE_STAFF_PAGES)
def end_own_session(session_id: UUID) -> ResponseReturnValue:
    row = db.session.get(StaffSession, session_id)
    if row is None or row.staff_member_id != current_person_or_403().id:
        abort(404)
    with committing("This browser is signed out."):
        sessions.end(row)
        audit.record("session ended", row)
    return redirect(url_for("accounts.show_account"))


@bp.post("/staff/account/sessions/end-others")
@requires(Permission.SEE_STAFF_PAGES)
def end_other_sessions() -> ResponseReturnValue:
    person, own = current_person_or_403(), current_staff_session()
    with committing("All other browsers are signed out."):
        sessions.end_all(person.id, except_id=own.id if own else None)
        audit.record("all other sessions ended")
    return redirect(url_for("accounts.show_account"))


@bp.post("/staff/people/<uuid:member_id>/sign-out")
@requires(Permission.MANAGE_PEOPLE)
def sign_out_person(member_id: UUID) -> ResponseReturnValue:
    member = db.get_or_404(StaffMember, member_id)
    with committing(f"{member.name} is signed out everywhere."):
        sessions.end_all(member.id)
        audit.record("sessions ended", member)
    return redirect(url_for("accounts.change_person", member_id=member.id))


@bp.post("/staff/people/<uuid:member_id>/reset-second-factor")
@requires(Permission.MANAGE_PEOPLE)
def reset_second_factor(member_id: UUID) -> ResponseReturnValue:
    member = db.get_or_404(StaffMember, member_id)
    if member.id == current_person_or_403().id:
        flash("Another coordinator has to reset this for you.", "error")
        return redirect(url_for("accounts.change_person", member_id=member.id))
    with committing(f"{member.name} sets up a new second factor when they next sign in."):
        second_factor.reset(member)
        sessions.end_all(member.id)
    return redirect(url_for("accounts.change_person", member_id=member.id))
