"""What calendars answered: times that people propose, who declined, which mails did not arrive."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews.inbox import proposals as decisions
from interviews.inbox.mailbox_status import get_mailbox_failure
from interviews.inbox.needs_attention import list_attention_items, list_invitation_replies
from interviews.models import Booking, CalendarReply
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import format_notified_message, get_next_url, may_see_interview
from interviews.wordings.slot_descriptions import format_slot_time

ANSWER_LABELS = {
    "ACCEPTED": "Accepted",
    "DECLINED": "Declined",
    "TENTATIVE": "May come",
    "DELEGATED": "Passed on to somebody else",
}


@bp.context_processor
def _add_reply_helpers() -> dict[str, Any]:
    """For the part of an interview's page that shows them."""
    return {
        "answers_about": list_invitation_replies,
        "answer_words": ANSWER_LABELS,
        "is_open_proposal": decisions.is_open_proposal,
    }


@bp.get("/staff/replies")
@requires(Permission.SEE_OWN_INTERVIEWS)
def list_proposals() -> ResponseReturnValue:
    person = current_person_or_403()
    sees_all = person.may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/inbox/proposals.html",
        found=list_attention_items(None if sees_all else person.id),
        sees_all=sees_all,
        trouble=get_mailbox_failure() if sees_all else "",
    )


@bp.post("/staff/replies/<uuid:reply_id>/take-up")
@requires(Permission.SEE_OWN_INTERVIEWS)
def accept_proposal(reply_id: UUID) -> ResponseReturnValue:
    reply, booking = _reply_or_404(reply_id)
    try:
        decisions.accept_proposal(reply)
        db.session.commit()
        flash(
            f"The interview has moved: {format_slot_time(booking.slot)}. {format_notified_message(booking)}", "success"
        )
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(get_next_url(booking))


@bp.post("/staff/replies/<uuid:reply_id>/decline")
@requires(Permission.SEE_OWN_INTERVIEWS)
def decline_proposal(reply_id: UUID) -> ResponseReturnValue:
    reply, booking = _reply_or_404(reply_id)
    try:
        decisions.decline_proposal(reply)
        db.session.commit()
        flash("The proposal is declined. Whoever made it is mailed.", "success")
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(get_next_url(booking))


def _reply_or_404(reply_id: UUID) -> tuple[CalendarReply, Booking]:
    """About one's own interview; a coordinator sees every one."""
    reply = db.get_or_404(CalendarReply, reply_id)
    booking = reply.invitation.booking
    if booking is None or not may_see_interview(booking):
        abort(404)
    return reply, booking
