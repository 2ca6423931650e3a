"""Coordinators set when a call reminds people, and word its mails."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from core.mail_pages import blocks
from evidence.models import Call
from interviews.blueprint import bp
from interviews.forms.fields import refuse
from interviews.forms.notices import ReminderTimesForm, WordingForm
from interviews.notices import schedules, wordings
from interviews.notices.placeholders import MEANING, WordingError
from interviews.notices.reminder_times import ReminderTimesError, from_words, in_words
from interviews.notices.wording_kinds import KINDS, Kind
from interviews.notices.wordings import Wording
from interviews.views.board import staff_call


@bp.route("/staff/calls/<slug>/notices", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def call_notices(slug: str) -> ResponseReturnValue:
    """When people are reminded, and the mails that the call may word itself."""
    call = staff_call(slug)
    form = ReminderTimesForm(times="\n".join(in_words(number) for number in schedules.times_of(call)))
    if form.validate_on_submit():
        try:
            schedules.set_times(call, from_words(form.times.data or ""))
            db.session.commit()
            flash("People are reminded at these times.", "success")
            return redirect(url_for("interviews.call_notices", slug=slug))
        except ReminderTimesError as error:
            refuse(form.times, error)
    return render_template(
        "interviews/call_notices.html",
        call=call,
        form=form,
        is_usual=schedules.is_usual(call),
        kinds=KINDS.values(),
        own=wordings.own_kinds(call),
    )


@bp.post("/staff/calls/<slug>/notices/usual")
@requires(Permission.MANAGE_CALLS)
def usual_reminders(slug: str) -> ResponseReturnValue:
    schedules.back_to_usual(staff_call(slug))
    db.session.commit()
    flash("People are reminded at the usual times again.", "success")
    return redirect(url_for("interviews.call_notices", slug=slug))


@bp.route("/staff/calls/<slug>/notices/<kind_key>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CALLS)
def change_wording(slug: str, kind_key: str) -> ResponseReturnValue:
    call, kind = staff_call(slug), _kind(kind_key)
    own = wordings.words_for(call, kind.key)
    form = WordingForm(obj=own or wordings.our_words(kind))
    if form.validate_on_submit() and _is_usable(form, kind, call):
        wordings.set_words(call, kind, _words(form))
        db.session.commit()
        flash("Mails are worded like this from now on.", "success")
        return redirect(url_for("interviews.change_wording", slug=slug, kind_key=kind_key))
    return render_template(
        "interviews/change_wording.html",
        call=call,
        kind=kind,
        form=form,
        is_own=own is not None,
        meaning=MEANING,
        preview=None if form.errors else wordings.preview(_words(form), call),
        blocks=blocks,
    )


@bp.post("/staff/calls/<slug>/notices/<kind_key>/preview")
@requires(Permission.MANAGE_CALLS)
def preview_wording(slug: str, kind_key: str) -> ResponseReturnValue:
    """The words as they stand in the form, filled with examples; nothing is kept."""
    call, kind = staff_call(slug), _kind(kind_key)
    form = WordingForm()
    is_usable = form.validate() and _is_usable(form, kind, call)
    return render_template(
        "interviews/change_wording.html",
        call=call,
        kind=kind,
        form=form,
        is_own=wordings.words_for(call, kind.key) is not None,
        meaning=MEANING,
        preview=wordings.preview(_words(form), call) if is_usable else None,
        blocks=blocks,
        is_unsaved=True,
    )


@bp.post("/staff/calls/<slug>/notices/<kind_key>/ours")
@requires(Permission.MANAGE_CALLS)
def our_wording(slug: str, kind_key: str) -> ResponseReturnValue:
    wordings.back_to_ours(staff_call(slug), _kind(kind_key))
    db.session.commit()
    flash("The usual words are used again.", "success")
    return redirect(url_for("interviews.change_wording", slug=slug, kind_key=kind_key))


def _is_usable(form: WordingForm, kind: Kind, call: Call) -> bool:
    """Say at each field what is wrong with it."""
    try:
        wordings.check_subject(kind, form.subject.data, call)
    except WordingError as error:
        refuse(form.subject, error)
    try:
        wordings.check_text(kind, form.text.data)
    except WordingError as error:
        refuse(form.text, error)
    return not form.errors


def _words(form: WordingForm) -> Wording:
    return Wording(form.subject.data, form.text.data)


def _kind(key: str) -> Kind:
    return KINDS.get(key) or abort(404)
