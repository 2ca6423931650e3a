"""An interviewer's interviews: who comes and what they need, the script, moving and cancelling."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.models import StaffMember
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence import consent
from evidence.background import background_of
from evidence.calls import schedule_of
from evidence.consent_terms import Use
from interviews import bookings
from interviews.availability.profiles import clocks_of
from interviews.blueprint import bp
from interviews.by_staff import letters, outcomes, staff_calendar
from interviews.by_staff.calendar_days import clock_time
from interviews.by_staff.staff_calendar import Wanted
from interviews.calendars import invitations
from interviews.forms.fields import CancelInterviewForm, MoveInterviewForm, refuse
from interviews.script import script_of
from interviews.views.choosing import chosen_slot
from interviews.views.found import (
    already_over,
    interview_to_see,
    is_without_email,
    may_change,
    page_after,
    told,
    waits_for_outcome,
)
from interviews.views.paging import chosen_page, page_links
from interviews.views.staff_choosing import times_for
from interviews.wording import when

MOST_UNSETTLED = 200  # of the marks in one list


@bp.get("/staff/interviews")
@requires(Permission.SEE_OWN_INTERVIEWS)
def own_interviews() -> ResponseReturnValue:
    own = Wanted(interviewer_id=signed_in().id)
    coming_page, past_page = chosen_page("coming"), chosen_page("past")
    coming, coming_pages = staff_calendar.coming_entries(own, page=coming_page)
    past, past_pages = staff_calendar.past_entries(own, page=past_page)
    return render_template(
        "interviews/own_interviews.html",
        coming=coming,
        coming_pages=page_links(coming_page, coming_pages, "coming"),
        past=past,
        past_pages=page_links(past_page, past_pages, "past"),
        unsettled={booking.id for booking in outcomes.waiting_for_outcome(signed_in().id, most=MOST_UNSETTLED)},
        clock_time=clock_time,
        zone=clocks_of(signed_in().id, otherwise=""),
    )


@bp.get("/staff/interviews/<uuid:booking_id>")
@requires(Permission.SEE_OWN_INTERVIEWS)
def show_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    volunteer = booking.volunteer
    return render_template(
        "interviews/show_interview.html",
        booking=booking,
        volunteer=volunteer,
        background=background_of(volunteer.contribution),
        decisions=consent.decisions_now(volunteer.participant_id, volunteer.call_id),
        may_record=consent.allows(volunteer.participant_id, volunteer.call_id, Use.RECORD),
        may_change=may_change(booking),
        waits_for_outcome=waits_for_outcome(booking),
        news=letters.news_of(booking, request.args.get("news", "")).value,
        is_without_email=is_without_email(volunteer),
        settled_by=db.session.get(StaffMember, booking.settled_by) if booking.settled_by else None,
        booked_by=db.session.get(StaffMember, booking.booked_by) if booking.booked_by else None,
    )


@bp.get("/staff/interviews/<uuid:booking_id>/script")
@requires(Permission.SEE_OWN_INTERVIEWS)
def show_script(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    contribution = booking.volunteer.contribution
    script = script_of(schedule_of(contribution.schedule_version))
    return render_template("interviews/show_script.html", booking=booking, script=script)


@bp.route("/staff/interviews/<uuid:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def move_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    if not may_change(booking):
        return already_over(booking)
    form = MoveInterviewForm()
    if form.validate_on_submit():
        try:
            bookings.move(booking, chosen_slot(form, booking.volunteer), reason=form.reason.data, by_staff=True)
            db.session.commit()
            flash(f"The interview has moved: {when(booking.slot)}. {told(booking)}", "success")
            return redirect(page_after(booking))
        except RuleError as error:
            refuse(form.slot, error)
    return render_template(
        "interviews/move_interview.html",
        form=form,
        booking=booking,
        **times_for(booking.volunteer, leaving=booking),
    )


@bp.route("/staff/interviews/<uuid:booking_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def cancel_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    if not may_change(booking):
        return already_over(booking)
    form = CancelInterviewForm()
    if form.validate_on_submit():
        try:
            bookings.cancel(booking, reason=form.reason.data, by_staff=True)
            db.session.commit()
            flash(f"The interview is cancelled. {told(booking)}", "success")
            return redirect(url_for("interviews.show_interview", booking_id=booking.id))
        except RuleError as error:
            refuse(form.reason, error)
    return render_template("interviews/cancel_interview.html", form=form, booking=booking)


@bp.post("/staff/interviews/<uuid:booking_id>/send-again")
@requires(Permission.SEE_OWN_INTERVIEWS)
def send_invitation_again(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    if not may_change(booking):
        return already_over(booking)
    invitations.send_again(booking)
    db.session.commit()
    flash("The invitation is sent again.", "success")
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))
