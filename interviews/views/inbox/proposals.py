"""Calendar replies: proposed times, people who declined, emails that did not arrive."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from interviews.ical.partstat import PartStat
from interviews.inbox import proposals
from interviews.inbox.mailbox_status import get_mailbox_failure
from interviews.inbox.needs_attention import list_attention_items, list_invitation_replies
from interviews.models import Booking, CalendarReply
from interviews.views.blueprint import bp
from interviews.views.bookings.lookups import format_notified_message, get_next_url, may_see_interview
from interviews.wordings.slot_descriptions import format_slot_time

PARTSTAT_LABELS = {
    PartStat.ACCEPTED: "Accepted",
    PartStat.DECLINED: "Declined",
    PartStat.TENTATIVE: "Tentative",
    PartStat.DELEGATED: "Delegated to someone else",
}


@bp.context_processor
def _add_reply_formatters() -> dict[str, Any]:
    return {
        "list_invitation_replies": list_invitation_replies,
        "partstat_labels": PARTSTAT_LABELS,
        "is_open_proposal": proposals.is_open_proposal,
    }


@bp.get("/staff/replies")
@requires(Permission.SEE_OWN_INTERVIEWS)
def list_proposals() -> ResponseReturnValue:
    person = current_person_or_403()
    may_see_all = person.may(Permission.MANAGE_VOLUNTEERS)
    return render_template(
        "interviews/inbox/list_proposals.html",
        items=list_attention_items(None if may_see_all else person.id),
        may_see_all=may_see_all,
        mailbox_failure=get_mailbox_failure() if may_see_all else "",
    )


@bp.post("/staff/replies/<uuid:reply_id>/take-up")
@requires(Permission.SEE_OWN_INTERVIEWS)
def accept_proposal(reply_id: UUID) -> ResponseReturnValue:
    reply, booking = _reply_or_404(reply_id)
    with committing() as saved:
        proposals.accept_proposal(reply)
    if saved:
        flash(f"Interview moved to {format_slot_time(booking.slot)}. {format_notified_message(booking)}", "success")
    return redirect(get_next_url(booking))


@bp.post("/staff/replies/<uuid:reply_id>/decline")
@requires(Permission.SEE_OWN_INTERVIEWS)
def decline_proposal(reply_id: UUID) -> ResponseReturnValue:
    reply, booking = _reply_or_404(reply_id)
    with committing("Proposal declined. We have emailed the person who made it."):
        proposals.decline_proposal(reply)
    return redirect(get_next_url(booking))


def _reply_or_404(reply_id: UUID) -> tuple[CalendarReply, Booking]:
    reply = db.get_or_404(CalendarReply, reply_id)
    booking = reply.invitation.booking
    if booking is None or not may_see_interview(booking):
        abort(404)
    return reply, booking
