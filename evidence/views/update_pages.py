"""Updates by email: leave an address, confirm it, stop them. A link changes nothing before the button is pressed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public
from accounts.links import LinkNotValidError
from core.database import db
from core.pages import csrf
from core.transactions import committing
from evidence import updates
from evidence.forms import ButtonForm, InterestForm
from evidence.views.blueprint import bp
from evidence.views.lookups import published_call_or_404


@bp.route("/calls/<slug>/hear-more", methods=["GET", "POST"])
@public
def leave_email(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    form = InterestForm()
    if form.validate_on_submit():
        with committing("Thank you. To confirm your address, open the link in the email we are sending you."):
            updates.request_updates(call, form.email.data or "")
        return redirect(url_for("evidence.show_call", slug=call.slug))
    return render_template("evidence/leave_email.html", form=form, call=call)


@bp.route("/updates/<token>", methods=["GET", "POST"])
@public
def confirm_updates(token: str) -> ResponseReturnValue:
    try:
        call = updates.get_call_by_token(token)
        form = ButtonForm()
        if call is None:
            return redirect(url_for("evidence.show_home"))
        if not form.validate_on_submit():
            return render_template("evidence/confirm_updates.html", form=form, call=call)
        updates.confirm_updates(token)
    except LinkNotValidError as error:
        return render_template("evidence/link_not_valid.html", message=str(error)), 404
    db.session.commit()
    flash("Thank you. We will email you when there is news.", "success")
    return redirect(url_for("evidence.show_call", slug=call.slug))


@bp.route("/no-updates/<token>", methods=["GET", "POST"])
@public
def stop_updates(token: str) -> ResponseReturnValue:
    """Mail programs post here without a session (RFC 8058)."""
    form = ButtonForm(meta={"csrf": False})
    if form.validate_on_submit():
        updates.stop_updates(token)
        db.session.commit()
    return render_template("evidence/stop_updates.html", call=updates.find_call_to_stop(token))


csrf.exempt(stop_updates)  # its token is in the address
