"""Withdraw an answer, an interview or everything; undo it; the receipt."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person, public, requires
from accounts.links import LinkNotValidError
from accounts.roles import Permission
from core.transactions import committing
from evidence.calls import get_schedule
from evidence.consent_rules import Withdrawal
from evidence.forms import ButtonForm
from privacy.forms.withdrawals import WithdrawForm
from privacy.models import WithdrawalState
from privacy.views.blueprint import bp
from privacy.views.lookups import own_participant_or_404, own_request_or_404, part_or_404
from privacy.withdrawals import receipts, requests
from privacy.withdrawals.requests import WithdrawnPart


def list_grades(part: WithdrawnPart) -> tuple[Withdrawal, ...]:
    if part.question_key:
        return (Withdrawal.ERASE,)
    if part.contribution is not None:
        return (Withdrawal.NO_USE, Withdrawal.ERASE)
    return (Withdrawal.NO_CONTACT, Withdrawal.NO_USE, Withdrawal.ERASE)


@bp.route("/my/withdraw", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def withdraw() -> ResponseReturnValue:
    contribution_id = request.args.get("contribution", type=UUID)
    part = part_or_404(own_participant_or_404(), contribution_id, request.args.get("question", ""))
    form = WithdrawForm(list_grades(part))
    if form.validate_on_submit():
        with committing(at=form.grade) as saved:
            _, address = requests.withdraw(part, form.chosen_grade, is_immediate=form.is_immediate)
        if saved:
            return redirect(address)
    return render_template("privacy/withdrawals/withdraw.html", form=form, part=part, prompt=_get_prompt(part))


@bp.route("/my/withdrawals/<uuid:request_id>/undo", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def undo_withdrawal(request_id: UUID) -> ResponseReturnValue:
    row = own_request_or_404(request_id)
    form = ButtonForm()
    if form.validate_on_submit():
        with committing("You have changed your mind. What you gave counts again."):
            requests.undo(row)
        return redirect(url_for("privacy.show_own_data"))
    return render_template("privacy/withdrawals/undo_withdrawal.html", form=form, withdrawal=row)


@bp.get("/receipts/<token>")
@public
def show_receipt(token: str) -> ResponseReturnValue:
    try:
        row = receipts.get_request_by_token(token)
    except LinkNotValidError as error:
        return render_template("privacy/withdrawals/receipt_not_found.html", message=str(error)), 404
    person = current_person()
    return render_template(
        "privacy/withdrawals/show_receipt.html",
        withdrawal=row,
        traces=receipts.list_traces(row),
        is_done=receipts.is_done(row),
        WithdrawalState=WithdrawalState,
        is_own_page_open=person is not None and not person.is_staff and person.id == row.participant_id,
    )


def _get_prompt(part: WithdrawnPart) -> str:
    if part.contribution is None or not part.question_key:
        return ""
    return get_schedule(part.contribution.schedule_version).get_question(part.question_key).prompt
