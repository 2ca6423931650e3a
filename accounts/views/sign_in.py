"""Sign in with an emailed link, and sign out. Links in mails never act on GET: mail scanners open them."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import sign_in_links
from accounts.access import find_member_to_verify, public
from accounts.forms import SignInForm
from accounts.links import LinkNotValidError
from accounts.local_paths import parse_local_path
from accounts.views.blueprint import bp
from core.database import db
from core.transactions import committing


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate_on_submit():
        with committing():
            sign_in_links.request_sign_in_link(
                form.email.data or "", next_path=parse_local_path(request.args.get("next"))
            )
        return redirect(url_for("accounts.show_link_sent"))
    return render_template("accounts/sign_in.html", form=form)


@bp.get("/sign-in/sent")
@public
def show_link_sent() -> ResponseReturnValue:
    return render_template("accounts/show_link_sent.html", minutes=sign_in_links.LINK_LIFETIME_MINUTES)


@bp.route("/sign-in/<token>", methods=["GET", "POST"])
@public
def confirm_sign_in(token: str) -> ResponseReturnValue:
    try:
        if request.method == "POST":
            sign_in_links.sign_in_by_token(token)
            db.session.commit()
            next_path = parse_local_path(request.args.get("next"))
            if find_member_to_verify() is not None:
                return redirect(url_for("accounts.enter_second_factor", next=next_path))
            return redirect(next_path or url_for("review.show_dashboard"))
        return render_template("accounts/confirm_sign_in.html", member=sign_in_links.get_member_by_token(token))
    except LinkNotValidError as error:
        if request.method == "POST":
            sign_in_links.record_failure()
            db.session.commit()
        return render_template("accounts/confirm_sign_in.html", message=str(error)), 404


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    with committing():
        sign_in_links.sign_out()
    return redirect(url_for("accounts.sign_in"))
