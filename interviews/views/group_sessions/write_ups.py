"""Staff write up a group session, look at it as those who came will see it, and send it to them."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from core.form_fields import add_field_error
from interviews.forms.group_sessions import WriteUpForm
from interviews.group_sessions import write_ups
from interviews.group_sessions.write_ups import WriteUpChangedError, WriteUpTooEarlyError
from interviews.views.blueprint import bp
from interviews.views.group_sessions.lookups import session_or_404


@bp.route("/staff/sessions/<uuid:slot_id>/write-up", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def edit_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    row, is_behind = write_ups.find_write_up(slot), False
    form = WriteUpForm(text=row.text if row else "", seen=write_ups.get_draft_version(row))
    if form.validate_on_submit():
        try:
            write_ups.save_draft(
                slot, str(form.text.data), by=current_person_or_403().id, expected_version=str(form.seen.data or "")
            )
            db.session.commit()
            flash("The text is saved. It goes to nobody until you send it.", "success")
            is_ready = "preview" in request.form
            page = "interviews.preview_write_up" if is_ready else "interviews.edit_write_up"
            return redirect(url_for(page, slot_id=slot.id))
        except WriteUpTooEarlyError as error:
            add_field_error(form.text, error)
        except WriteUpChangedError as error:
            add_field_error(form.text, error)
            row, is_behind = write_ups.find_write_up(slot), True
            form.seen.data = write_ups.get_draft_version(row)
    return render_template(
        "interviews/group_sessions/write_up.html",
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
    try:
        count = write_ups.send_to_attendees(row, expected_version=request.form.get("sent_before", ""))
        db.session.commit()
        flash(
            f"The write-up goes to {count} {'person' if count == 1 else 'people'}, each in a mail of their own.",
            "success",
        )
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.edit_write_up", slot_id=slot.id))


@bp.post("/staff/sessions/<uuid:slot_id>/write-up/comments/<uuid:comment_id>/read")
@requires(Permission.OPEN_SLOTS)
def mark_comment_read(slot_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    slot = session_or_404(slot_id)
    row = write_ups.find_write_up(slot) or abort(404)
    write_ups.mark_comment_read(row, comment_id, by=current_person_or_403().id)
    db.session.commit()
    return redirect(url_for("interviews.edit_write_up", slot_id=slot.id, _anchor="comments"))
