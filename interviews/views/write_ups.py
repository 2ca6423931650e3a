"""Staff write up a group session, look at it as those who came will see it, and send it to them."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.groups import WriteUpForm
from interviews.groups import write_ups
from interviews.groups.write_ups import ChangedSinceError, NotHeldYetError
from interviews.views.found_sessions import session_of_staff


@bp.route("/staff/sessions/<uuid:slot_id>/write-up", methods=["GET", "POST"])
@requires(Permission.OPEN_SLOTS)
def write_up(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    row, is_behind = write_ups.write_up_of(slot), False
    form = WriteUpForm(text=row.text if row else "", seen=write_ups.mark(row))
    if form.validate_on_submit():
        try:
            write_ups.save(slot, str(form.text.data), by=signed_in().id, seen=str(form.seen.data or ""))
            db.session.commit()
            flash("The text is saved. It goes to nobody until you send it.", "success")
            is_ready = "preview" in request.form
            page = "interviews.preview_write_up" if is_ready else "interviews.write_up"
            return redirect(url_for(page, slot_id=slot.id))
        except NotHeldYetError as error:
            refuse(form.text, error)
        except ChangedSinceError as error:
            refuse(form.text, error)
            row, is_behind = write_ups.write_up_of(slot), True
            form.seen.data = write_ups.mark(row)
    return render_template(
        "interviews/write_up.html",
        form=form,
        slot=slot,
        write_up=row,
        is_behind=is_behind,
        comments=write_ups.comments_on(row) if row else [],
    )


@bp.get("/staff/sessions/<uuid:slot_id>/write-up/preview")
@requires(Permission.OPEN_SLOTS)
def preview_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    row = write_ups.write_up_of(slot) or abort(404)
    return render_template(
        "interviews/preview_write_up.html",
        slot=slot,
        write_up=row,
        came=write_ups.who_came(slot),
        sent_before=write_ups.sent_mark(row),
    )


@bp.post("/staff/sessions/<uuid:slot_id>/write-up/send")
@requires(Permission.OPEN_SLOTS)
def send_write_up(slot_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    row = write_ups.write_up_of(slot) or abort(404)
    try:
        count = write_ups.send(row, sent_before=request.form.get("sent_before", ""))
        db.session.commit()
        flash(
            f"The write-up goes to {count} {'person' if count == 1 else 'people'}, each in a mail of their own.",
            "success",
        )
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("interviews.write_up", slot_id=slot.id))


@bp.post("/staff/sessions/<uuid:slot_id>/write-up/comments/<uuid:comment_id>/read")
@requires(Permission.OPEN_SLOTS)
def mark_comment_read(slot_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    slot = session_of_staff(slot_id)
    row = write_ups.write_up_of(slot) or abort(404)
    write_ups.mark_read(row, comment_id, by=signed_in().id)
    db.session.commit()
    return redirect(url_for("interviews.write_up", slot_id=slot.id, _anchor="comments"))
