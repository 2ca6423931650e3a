"""Staff write the summary of a group session, preview it, and send it to the people who came."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.transactions import committing
from interviews.forms.group_sessions import WriteUpForm
from interviews.group_sessions import write_ups
from interviews.views.blueprint import bp
from interviews.views.group_sessions.lookups import session_or_404


@bp.route("/staff/sessions/<uuid:slot_id>/write-up", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
@exits.returns("comments on a write-up", ExitUse.ARRANGING)
def edit_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    row = write_ups.find_write_up(slot)
    is_behind = False
    form = WriteUpForm(text=row.text if row else "", seen=write_ups.get_draft_version(row))
    if form.validate_on_submit():
        seen = str(form.seen.data or "")
        with committing("Summary saved. No one can see it until you send it.", at=form.text) as saved:
            write_ups.save_draft(slot, str(form.text.data), by=current_person_or_403().id, expected_version=seen)
        if saved:
            page = "interviews.preview_write_up" if "preview" in request.form else "interviews.edit_write_up"
            return redirect(url_for(page, slot_id=slot.id))
        row = write_ups.find_write_up(slot)
        form.seen.data = write_ups.get_draft_version(row)
        is_behind = form.seen.data != seen
    return render_template(
        "interviews/group_sessions/edit_write_up.html",
        form=form,
        slot=slot,
        write_up=row,
        is_behind=is_behind,
        comments=write_ups.list_comments(row) if row else [],
    )


@bp.get("/staff/sessions/<uuid:slot_id>/write-up/preview")
@requires(Permission.OPEN_SLOTS)
def preview_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    row = write_ups.find_write_up(slot) or abort(404)
    return render_template(
        "interviews/group_sessions/preview_write_up.html",
        slot=slot,
        write_up=row,
        came=write_ups.list_attended_bookings(slot),
        sent_before=write_ups.get_sent_version(row),
    )


@bp.post("/staff/sessions/<uuid:slot_id>/write-up/send")
@requires(Permission.OPEN_SLOTS)
def send_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    row = write_ups.find_write_up(slot) or abort(404)
    with committing() as saved:
        count = write_ups.send_to_attendees(row, expected_version=request.form.get("sent_before", ""))
    if saved:
        flash(f"Summary sent to {count} {'person' if count == 1 else 'people'}.", "success")
    return redirect(url_for("interviews.edit_write_up", slot_id=slot.id))


@bp.post("/staff/sessions/<uuid:slot_id>/write-up/comments/<uuid:comment_id>/read")
@requires(Permission.OPEN_SLOTS)
def mark_comment_read(slot_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    row = write_ups.find_write_up(slot) or abort(404)
    write_ups.mark_comment_read(row, comment_id, by=current_person_or_403().id)
    db.session.commit()
    return redirect(url_for("interviews.edit_write_up", slot_id=slot.id, _anchor="comments"))
