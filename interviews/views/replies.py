"""What calendars answered: times that people propose, who declined, which mails did not arrive."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews.blueprint import bp
from interviews.calendars import proposals as decisions
from interviews.calendars.attention import answers_about, attention
from interviews.calendars.tasks import mailbox_trouble
from interviews.models import Booking, CalendarReply
from interviews.views.found import may_see, page_after, told
from interviews.wording import when

ANSWER_WORDS = {
    "ACCEPTED": "Accepted",
    "DECLINED": "Declined",
    "TENTATIVE": "May come",
    "DELEGATED": "Passed on to somebody else",
}


@bp.context_processor
def _answers() -> dict[str, Any]:
    """For the part of an interview's page that shows them."""
    return {"answers_about": answers_about, "answer_words": ANSWER_WORDS, "is_open_proposal": decisions.is_open}


@bp.get("/staff/replies")
@requires(Permission.SEE_OWN_INTERVIEWS)
def proposals() -> ResponseReturnValue:
    person = signed_in()
    sees_all = person.may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/proposals.html",
        found=attention(None if sees_all else person.id),
        sees_all=sees_all,
        trouble=mailbox_trouble() if sees_all else "",
    )


@bp.post("/staff/replies/<uuid:reply_id>/take-up")
@requires(Permission.SEE_OWN_INTERVIEWS)
def take_up_proposal(reply_id: UUID) -> ResponseReturnValue:
    reply, booking = _reply(reply_id)
    try:
        decisions.take_up(reply)
        db.session.commit()
        flash(f"The interview has moved: {when(booking.slot)}. {told(booking)}", "success")
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(page_after(booking))


@bp.post("/staff/replies/<uuid:reply_id>/decline")
@requires(Permission.SEE_OWN_INTERVIEWS)
def decline_proposal(reply_id: UUID) -> ResponseReturnValue:
    reply, booking = _reply(reply_id)
    try:
        decisions.decline(reply)
        db.session.commit()
        flash("The proposal is declined. Whoever made it is mailed.", "success")
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(page_after(booking))


def _reply(reply_id: UUID) -> tuple[CalendarReply, Booking]:
    """About one's own interview; a coordinator sees every one."""
    reply = db.get_or_404(CalendarReply, reply_id)
    booking = reply.invitation.booking
    if booking is None or not may_see(booking):
        abort(404)
    return reply, booking
