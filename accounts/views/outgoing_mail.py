"""Outgoing email: queued, sent, and failed with the reason."""

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import outgoing_mail
from accounts.access import requires
from accounts.access_log import records_view
from accounts.roles import Permission
from accounts.views.blueprint import bp
from core.database import db
from core.models import MailState, OutboxMessage
from core.outbox import render_eml
from core.paging import get_requested_page
from core.transactions import committing

MAX_ROW_NUMBER = 2**31 - 1  # PostgreSQL refuses to look for a larger one
MAIL_FRAME_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@bp.get("/staff/outbox")
@requires(Permission.SEE_OUTBOX)
def list_outgoing_mail() -> ResponseReturnValue:
    state = request.args.get("state", None, type=_parse_state)
    return render_template(
        "accounts/list_outgoing_mail.html",
        page=outgoing_mail.list_mails(state, get_requested_page()),
        counts=outgoing_mail.count_by_state(),
        state=state,
    )


@bp.get("/staff/outbox/<int:number>")
@requires(Permission.SEE_OUTBOX)
@records_view
def show_mail(number: int) -> ResponseReturnValue:
    mail = _mail_or_404(number)
    return render_template(
        "accounts/show_mail.html",
        mail=mail,
        text=outgoing_mail.redact_secret_links(mail),
        can_resend=outgoing_mail.can_resend(mail),
    )


@bp.get("/staff/outbox/<int:number>/laid-out")
@requires(Permission.SEE_OUTBOX)
@records_view
def show_mail_html(number: int) -> ResponseReturnValue:
    response = Response(_readable_mail_or_404(number).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.get("/staff/outbox/<int:number>/mail.eml")
@requires(Permission.SEE_OUTBOX)
@records_view
def download_mail(number: int) -> ResponseReturnValue:
    content = render_eml(_readable_mail_or_404(number), current_app.extensions["settings"])
    headers = {"Content-Disposition": f'attachment; filename="mail-{number:06}.eml"'}
    return Response(content, mimetype="message/rfc822", headers=headers)


@bp.post("/staff/outbox/<int:number>/send-again")
@requires(Permission.SEE_OUTBOX)
def resend_mail(number: int) -> ResponseReturnValue:
    with committing("This email will be sent again."):
        outgoing_mail.resend(_mail_or_404(number))
    return redirect(url_for("accounts.show_mail", number=number))


def _mail_or_404(number: int) -> OutboxMessage:
    return db.get_or_404(OutboxMessage, number) if number <= MAX_ROW_NUMBER else abort(404)


def _readable_mail_or_404(number: int) -> OutboxMessage:
    mail = _mail_or_404(number)
    if mail.is_secret:
        abort(404)
    return mail


def _parse_state(text: str) -> MailState | None:
    return MailState(text) if text else None
