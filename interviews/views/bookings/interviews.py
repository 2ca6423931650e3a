"""An interviewer's interviews: details, script, moving and cancelling."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.paging import build_page_links, get_requested_page
from core.transactions import committing
from evidence import consent
from evidence.calls import get_schedule
from evidence.case_profile import get_case_profile
from interviews.availability.profiles import get_interviewer_zone
from interviews.bookings import bookings, letters, outcomes
from interviews.bookings.interview_script import build_script
from interviews.forms.bookings import CancelInterviewForm, MoveInterviewForm
from interviews.invitations import invitations
from interviews.models import Booking
from interviews.staff_calendar import calendar_entries
from interviews.staff_calendar.calendar_days import format_24_hour_time
from interviews.staff_calendar.calendar_entries import CalendarFilter
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import (
    format_notified_message,
    get_chosen_slot,
    get_next_url,
    has_no_email,
    interview_or_404,
    may_change_interview,
    needs_outcome,
    redirect_as_not_changeable,
)
from interviews.views.matching.staff_times import list_staff_times
from interviews.wordings.slot_descriptions import format_slot_time

MAX_WITHOUT_OUTCOME = 200  # links to record an outcome in one list


@bp.get("/staff/interviews")
@requires(Permission.SEE_OWN_INTERVIEWS)
def list_own_interviews() -> ResponseReturnValue:
    own = CalendarFilter(interviewer_id=current_person_or_403().id)
    upcoming_page, past_page = get_requested_page("coming"), get_requested_page("past")
    upcoming, upcoming_pages = calendar_entries.list_upcoming_entries(own, page=upcoming_page)
    past, past_pages = calendar_entries.list_past_entries(own, page=past_page)
    return render_template(
        "interviews/bookings/list_own_interviews.html",
        upcoming=upcoming,
        upcoming_pages=build_page_links(upcoming_page, upcoming_pages, "coming"),
        past=past,
        past_pages=build_page_links(past_page, past_pages, "past"),
        without_outcome={
            booking.id
            for booking in outcomes.list_interviews_without_outcome(
                current_person_or_403().id, limit=MAX_WITHOUT_OUTCOME
            )
        },
        format_time=format_24_hour_time,
        zone=get_interviewer_zone(current_person_or_403().id, default=""),
    )


@bp.get("/staff/interviews/<uuid:booking_id>")
@requires(Permission.SEE_OWN_INTERVIEWS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def show_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    volunteer = booking.volunteer
    return render_template(
        "interviews/bookings/show_interview.html",
        booking=booking,
        volunteer=volunteer,
        background=get_case_profile(volunteer.contribution),
        decisions=consent.get_current_decisions(volunteer.participant_id, volunteer.call_id),
        may_record=consent.decide(ExitUse.LISTENING, volunteer.contribution).is_allowed,
        may_change=may_change_interview(booking),
        shows_contact=may_see_contact(booking),
        needs_outcome=needs_outcome(booking),
        topic=letters.get_letter_topic(booking, request.args.get("news", "")).value,
        is_without_email=has_no_email(volunteer),
        outcome_recorded_by=_find_member(booking.outcome_recorded_by),
        booked_by=_find_member(booking.booked_by),
    )


def may_see_contact(booking: Booking) -> bool:
    """In a group session the invitations reach everyone, so its interviewer needs nobody's address."""
    return not booking.is_group or current_person_or_403().may(Permission.MANAGE_VOLUNTEERS)


def _find_member(member_id: UUID | None) -> StaffMember | None:
    return db.session.get(StaffMember, member_id) if member_id else None


@bp.get("/staff/interviews/<uuid:booking_id>/script")
@requires(Permission.SEE_OWN_INTERVIEWS)
def show_script(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    contribution = booking.volunteer.contribution
    script = build_script(get_schedule(contribution.schedule_version))
    return render_template("interviews/bookings/show_script.html", booking=booking, script=script)


@bp.route("/staff/interviews/<uuid:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def move_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    if not may_change_interview(booking):
        return redirect_as_not_changeable(booking)
    form = MoveInterviewForm()
    if form.validate_on_submit():
        with committing(at=form.slot) as saved:
            bookings.move(booking, get_chosen_slot(form, booking.volunteer), reason=form.reason.data, by_staff=True)
        if saved:
            message = f"Interview moved to {format_slot_time(booking.slot)}. {format_notified_message(booking)}"
            flash(message, "success")
            return redirect(get_next_url(booking))
    return render_template(
        "interviews/bookings/move_interview.html",
        form=form,
        booking=booking,
        **list_staff_times(booking.volunteer, replaced_booking=booking),
    )


@bp.route("/staff/interviews/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def cancel_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    if not may_change_interview(booking):
        return redirect_as_not_changeable(booking)
    form = CancelInterviewForm()
    if form.validate_on_submit():
        with committing(f"Interview cancelled. {format_notified_message(booking)}", at=form.reason) as saved:
            bookings.cancel(booking, reason=form.reason.data, by_staff=True)
        if saved:
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
    return render_template("interviews/bookings/cancel_interview.html", form=form, booking=booking)


@bp.post("/staff/interviews/<uuid:booking_id>/send-again")
@requires(Permission.SEE_OWN_INTERVIEWS)
def resend_invitation(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    if not may_change_interview(booking):
        return redirect_as_not_changeable(booking)
    invitations.resend_invitations(booking)
    db.session.commit()
    flash("Invitation sent again.", "success")
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))
