"""Staff pass an interview on, swap two interviewers, or change the place. Moving and cancelling: interviews.py."""

from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews.blueprint import bp
from interviews.bookings import PhoneNeededError
from interviews.by_staff import changes
from interviews.by_staff.changes import ChangedMeanwhileError
from interviews.by_staff.engagements import free_interviewers
from interviews.by_staff.letters import News
from interviews.forms.fields import refuse
from interviews.forms.staff import ChangePlaceForm, ReassignInterviewForm, SwapInterviewsForm
from interviews.models import Booking
from interviews.offering.fitting import Need, staff_words
from interviews.views.found import already_over, interview_to_see, may_change, page_after, told


@bp.route("/staff/interviews/<uuid:booking_id>/reassign", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def reassign_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    if not may_change(booking):
        return already_over(booking)
    free = {str(person.id): person for person in free_interviewers(booking.slot)}
    needs = changes.needs_unmet(booking, free.values())
    form = ReassignInterviewForm(choices=[(id_, _named(person, needs[person.id])) for id_, person in free.items()])
    if form.validate_on_submit():
        try:
            changes.reassign(booking, free[form.interviewer.data], reason=form.reason.data)
            db.session.commit()
            flash(f"{booking.slot.interviewer.name} holds this interview now. {told(booking)}", "success")
            return redirect(page_after(booking, News.OTHER_INTERVIEWER.value))
        except RuleError as error:
            refuse(form.interviewer, error)
    return render_template("interviews/reassign_interview.html", form=form, booking=booking, free=free)


@bp.route("/staff/interviews/<uuid:booking_id>/swap", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def swap_interviews(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    if not may_change(booking):
        return already_over(booking)
    form = SwapInterviewsForm()
    others = {str(other.id): other for other in changes.swappable_with(booking)}
    if form.validate_on_submit():
        try:
            other = _chosen(others, form.other.data)
            changes.swap(booking, other, reason=form.reason.data)
            db.session.commit()
            flash(f"The interviewers are swapped. {told(booking)}", "success")
            if told(other) != told(booking):
                flash(f"{other.volunteer.participant.reference}: {told(other)}")
            return redirect(page_after(booking, News.OTHER_INTERVIEWER.value))
        except RuleError as error:
            refuse(form.other, error)
    return render_template(
        "interviews/swap_interviews.html", form=form, booking=booking, others=_judged(booking, others)
    )


@bp.route("/staff/interviews/<uuid:booking_id>/place", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def change_place(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_to_see(booking_id)
    if not may_change(booking):
        return already_over(booking)
    form = ChangePlaceForm(slot=booking.slot)
    if form.validate_on_submit():
        try:
            changes.change_place(booking, form.chosen(), reason=form.reason.data)
            db.session.commit()
            flash(f"The place has changed. {told(booking)}", "success")
            return redirect(page_after(booking, News.PLACE.value))
        except PhoneNeededError as error:
            refuse(form.kind, error)
        except RuleError as error:
            refuse(form.place, error)
    return render_template("interviews/change_place.html", form=form, booking=booking)


def _named(person: StaffMember, needs: frozenset[Need]) -> str:
    """An interviewer to choose, with what the volunteer would go without."""
    return f"{person.name} (not met: {staff_words(needs)})" if needs else person.name


def _judged(booking: Booking, others: dict[str, Booking]) -> dict[str, tuple[Booking, list[tuple[str, str]]]]:
    """Each interview to swap with, and by reference what either person would go without."""
    needs = changes.needs_unmet_by_swaps(booking, others.values())
    return {
        id_: (
            other,
            [
                (whose.volunteer.participant.reference, staff_words(missing))
                for whose, missing in zip((booking, other), needs[other.id], strict=True)
                if missing
            ],
        )
        for id_, other in others.items()
    }


def _chosen(others: dict[str, Booking], value: str) -> Booking:
    """Raises ChangedMeanwhileError when it is no longer among those that can be swapped."""
    if value not in others:
        raise ChangedMeanwhileError("This interview can no longer be swapped with the one chosen. Choose another.")
    return others[value]
