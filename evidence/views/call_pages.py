"""Public pages of calls: which there are, what one is, and leaving an address to hear what comes next."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from core.database import db
from evidence import calls, participation_modes
from evidence.calls import CallStatus
from evidence.forms import InterestForm
from evidence.views.blueprint import bp
from evidence.views.lookups import call_or_404


@bp.get("/")
@public
def show_home() -> ResponseReturnValue:
    published = calls.list_published_calls()
    if len(published) == 1:
        return redirect(url_for("evidence.show_call", slug=published[0].slug))
    return render_template("evidence/show_home.html", calls=[(call, calls.get_call_status(call)) for call in published])


@bp.get("/calls/<slug>")
@public
def show_call(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    return render_template(
        "evidence/show_call.html",
        call=call,
        standing=calls.get_call_status(call),
        Standing=CallStatus,
        ways=[
            (way, participation_modes.build_mode_url(way, call)) for way in participation_modes.list_offered_modes(call)
        ],
        schedule=calls.get_schedule(calls.get_current_version(call)),
    )


@bp.route("/calls/<slug>/hear-more", methods=["GET", "POST"])
@public
def leave_email(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    form = InterestForm()
    if form.validate_on_submit():
        calls.add_interested_address(call, form.email.data or "")
        db.session.commit()
        flash("Thank you. We will write to you when there is news.", "success")
        return redirect(url_for("evidence.show_call", slug=call.slug))
    return render_template("evidence/leave_email.html", form=form, call=call)
