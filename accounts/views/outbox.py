"""Outgoing mail: what waits, what was sent, what failed and why."""

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import mails
from accounts.access import requires
from accounts.mails import MailNotToBeSentAgainError
from accounts.roles import Permission
from accounts.views.blueprint import bp
from core.database import db
from core.models import MailState, OutboxMessage
from core.outbox import as_eml

MAX_PAGE = 1_000_000
MAX_NUMBER = 2**31 - 1  # of a row: PostgreSQL refuses to look for a larger one
ONLY_THE_MAIL = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@bp.get("/staff/outbox")
@requires(Permission.SEE_OUTBOX)
def outbox() -> ResponseReturnValue:
    state = request.args.get("state", None, type=_state)
    page = min(max(request.args.get("page", 1, type=int), 1), MAX_PAGE)
    return render_template("accounts/outbox.html", page=mails.mails(state, page), counts=mails.counts(), state=state)


@bp.get("/staff/outbox/<int:number>")
@requires(Permission.SEE_OUTBOX)
def show_mail(number: int) -> ResponseReturnValue:
    mail = _mail(number)
    return render_template(
        "accounts/show_mail.html",
        mail=mail,
        text=mails.readable_text(mail),
        may_be_sent_again=mails.may_be_sent_again(mail),
    )


@bp.get("/staff/outbox/<int:number>/laid-out")
@requires(Permission.SEE_OUTBOX)
def mail_laid_out(number: int) -> ResponseReturnValue:
    """The HTML part alone, for a sandboxed frame: no script, no form and nothing from elsewhere."""
    response = Response(_open_mail(number).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = ONLY_THE_MAIL
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.get("/staff/outbox/<int:number>/mail.eml")
@requires(Permission.SEE_OUTBOX)
def download_mail(number: int) -> ResponseReturnValue:
    content = as_eml(_open_mail(number), current_app.extensions["settings"])
    headers = {"Content-Disposition": f'attachment; filename="mail-{number:06}.eml"'}
    return Response(content, mimetype="message/rfc822", headers=headers)


@bp.post("/staff/outbox/<int:number>/send-again")
@requires(Permission.SEE_OUTBOX)
def send_mail_again(number: int) -> ResponseReturnValue:
    try:
        mails.send_again(_mail(number))
        db.session.commit()
        flash("This mail will be sent again.", "success")
    except MailNotToBeSentAgainError as error:
        flash(str(error))
    return redirect(url_for("accounts.show_mail", number=number))


def _mail(number: int) -> OutboxMessage:
    return db.get_or_404(OutboxMessage, number) if number <= MAX_NUMBER else abort(404)


def _open_mail(number: int) -> OutboxMessage:
    """A mail that staff may have as it is; not one with somebody's link to sign in."""
    mail = _mail(number)
    if mail.is_secret:
        abort(404)
    return mail


def _state(text: str) -> MailState | None:
    return MailState(text) if text else None
