"""Staff reassign an interview, swap interviewers or change the location. Moving, cancelling: interviews.py."""

from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.models import StaffMember
from accounts.roles import Permission
from core import exits
from core.errors import RuleError
from core.exits import ExitUse
from core.transactions import committing
from interviews.availability.commitments import list_free_interviewers
from interviews.bookings import staff_changes
from interviews.bookings.bookings import PhoneMissingError
from interviews.bookings.letters import LetterTopic
from interviews.bookings.staff_changes import InterviewChangedError
from interviews.forms.bookings import ChangeLocationForm, ReassignInterviewForm, SwapInterviewsForm
from interviews.matching import staff_needs
from interviews.matching.needs_match import Need, format_needs_for_staff
from interviews.models import Booking
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import (
    format_notified_message,
    get_next_url,
    interview_or_404,
    may_change_interview,
    redirect_as_not_changeable,
)


@bp.route("/staff/interviews/<uuid:booking_id>/reassign", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def reassign_interview(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    if not may_change_interview(booking):
        return redirect_as_not_changeable(booking)
    free = {str(person.id): person for person in list_free_interviewers(booking.slot)}
    needs = staff_needs.find_unmet_needs(booking, free.values())
    form = ReassignInterviewForm(
        choices=[(id_, _format_interviewer_choice(person, needs[person.id])) for id_, person in free.items()]
    )
    if form.validate_on_submit():
        new_interviewer = free[form.interviewer.data]
        message = f"{new_interviewer.name} is the interviewer now. {format_notified_message(booking)}"
        with committing(message, at=form.interviewer) as saved:
            staff_changes.reassign(booking, new_interviewer, reason=form.reason.data)
        if saved:
            return redirect(get_next_url(booking, LetterTopic.OTHER_INTERVIEWER))
    return render_template("interviews/bookings/reassign_interview.html", form=form, booking=booking, free=free)


@bp.route("/staff/interviews/<uuid:booking_id>/swap", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
@exits.returns("what they need and how they described themselves", ExitUse.ARRANGING)
def swap_interviews(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    if not may_change_interview(booking):
        return redirect_as_not_changeable(booking)
    form = SwapInterviewsForm()
    others = {str(other.id): other for other in staff_changes.list_swap_candidates(booking)}
    if form.validate_on_submit():
        with committing(f"Interviewers swapped. {format_notified_message(booking)}", at=form.other) as saved:
            other = _get_chosen_interview(others, form.other.data)
            staff_changes.swap_interviewers(booking, other, reason=form.reason.data)
        if saved:
            if format_notified_message(other) != format_notified_message(booking):
                flash(f"{other.volunteer.participant.reference}: {format_notified_message(other)}")
            return redirect(get_next_url(booking, LetterTopic.OTHER_INTERVIEWER))
    return render_template(
        "interviews/bookings/swap_interviews.html",
        form=form,
        booking=booking,
        others=_build_swap_choices(booking, others),
    )


@bp.route("/staff/interviews/<uuid:booking_id>/place", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_INTERVIEWS)
def change_location(booking_id: UUID) -> ResponseReturnValue:
    booking = interview_or_404(booking_id)
    if not may_change_interview(booking):
        return redirect_as_not_changeable(booking)
    form = ChangeLocationForm(slot=booking.slot)
    if form.validate_on_submit():
        fields = {PhoneMissingError: form.kind, RuleError: form.location}
        with committing(f"Location changed. {format_notified_message(booking)}", at=fields) as saved:
            staff_changes.change_location(booking, form.build_location(), reason=form.reason.data)
        if saved:
            return redirect(get_next_url(booking, LetterTopic.LOCATION))
    return render_template("interviews/bookings/change_location.html", form=form, booking=booking)


def _format_interviewer_choice(person: StaffMember, needs: frozenset[Need]) -> str:
    return f"{person.name} (not met: {format_needs_for_staff(needs)})" if needs else person.name


def _build_swap_choices(
    booking: Booking, others: dict[str, Booking]
) -> dict[str, tuple[Booking, list[tuple[str, str]]]]:
    needs = staff_needs.find_unmet_needs_after_swaps(booking, others.values())
    return {
        id_: (
            other,
            [
                (whose.volunteer.participant.reference, format_needs_for_staff(missing))
                for whose, missing in zip((booking, other), needs[other.id], strict=True)
                if missing
            ],
        )
        for id_, other in others.items()
    }


def _get_chosen_interview(others: dict[str, Booking], value: str) -> Booking:
    if value not in others:
        raise InterviewChangedError("You can no longer swap with the interview you chose. Choose another.")
    return others[value]
