"""Public pages of calls: which there are, what one is, and leaving an address to hear what comes next."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from core.database import db
from evidence import calls, ways
from evidence.calls import Standing
from evidence.forms import InterestForm
from evidence.views.blueprint import bp
from evidence.views.finding import call_or_404


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    published = calls.published_calls()
    if len(published) == 1:
        return redirect(url_for("evidence.show_call", slug=published[0].slug))
    return render_template("evidence/home.html", calls=[(call, calls.standing(call)) for call in published])


@bp.get("/calls/<slug>")
@public
def show_call(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    return render_template(
        "evidence/show_call.html",
        call=call,
        standing=calls.standing(call),
        Standing=Standing,
        ways=[(way, ways.address_of_way(way, call)) for way in ways.offered_ways(call)],
        schedule=calls.schedule_of(calls.current_version(call)),
    )


@bp.route("/calls/<slug>/hear-more", methods=["GET", "POST"])
@public
def leave_address(slug: str) -> ResponseReturnValue:
    call = call_or_404(slug)
    form = InterestForm()
    if form.validate_on_submit():
        calls.note_interest(call, form.email.data or "")
        db.session.commit()
        flash("Thank you. We will write to you when there is news.", "success")
        return redirect(url_for("evidence.show_call", slug=call.slug))
    return render_template("evidence/leave_address.html", form=form, call=call)
