"""Coordinators withdraw or erase on behalf of somebody, with a second look, and settle what people want corrected."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.people import list_staff
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.transactions import committing
from evidence.contributions import list_participant_contributions
from evidence.forms import ButtonForm
from evidence.models import Participant
from evidence.participants import find_participant
from privacy.erasure.subjects import build_whole_subject
from privacy.forms.withdrawals import ProposeWithdrawalForm
from privacy.models import CorrectionRequest, WithdrawalRequest
from privacy.own_data import corrections
from privacy.views.blueprint import bp
from privacy.views.lookups import part_or_404
from privacy.views.withdrawals.own_withdrawals import list_grades
from privacy.withdrawals import requests, second_look


@bp.get("/staff/privacy")
@requires(Permission.MANAGE_VOLUNTEERS)
@exits.returns("what somebody wants corrected", ExitUse.ARRANGING)
def list_withdrawals() -> ResponseReturnValue:
    if reference := request.args.get("reference", ""):
        found = find_participant(reference)
        if found is not None:
            return redirect(url_for("privacy.propose_withdrawal", participant_id=found.id))
        flash(f"Nobody has the reference {reference}.")
    return render_template(
        "privacy/withdrawals/list_withdrawals.html",
        withdrawals=requests.list_all(),
        references=second_look.load_references(requests.list_all()),
        corrections=corrections.list_open(),
        names={member.id: member.name for member in list_staff()},
        own_id=current_person_or_403().id,
    )


@bp.route("/staff/privacy/people/<uuid:participant_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def propose_withdrawal(participant_id: UUID) -> ResponseReturnValue:
    participant = db.session.get(Participant, participant_id) or abort(404)
    part = part_or_404(participant, request.args.get("contribution", type=UUID), "")
    form = ProposeWithdrawalForm(list_grades(part))
    if form.validate_on_submit():
        with committing("Another coordinator has to look at this before it runs.", at=form.grade) as saved:
            requests.propose(part, form.chosen_grade, reason=form.reason.data, by=current_person_or_403().id)
        if saved:
            return redirect(url_for("privacy.list_withdrawals"))
    return render_template(
        "privacy/withdrawals/propose_withdrawal.html",
        form=form,
        part=part,
        contributions=list_participant_contributions(participant.id),
    )


@bp.route("/staff/privacy/withdrawals/<uuid:request_id>/confirm", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def confirm_withdrawal(request_id: UUID) -> ResponseReturnValue:
    row = db.get_or_404(WithdrawalRequest, request_id)
    form = ButtonForm()
    if form.validate_on_submit():
        with committing("This runs now."):
            requests.confirm(row, by=current_person_or_403().id)
        return redirect(url_for("privacy.list_withdrawals"))
    participant = db.session.get(Participant, row.participant_id) or abort(404) if row.participant_id else abort(404)
    return render_template(
        "privacy/withdrawals/confirm_withdrawal.html",
        form=form,
        withdrawal=row,
        participant=participant,
        traces=second_look.list_traces(build_whole_subject(participant), row.contribution_id),
    )


@bp.post("/staff/privacy/withdrawals/<uuid:request_id>/decline")
@requires(Permission.MANAGE_VOLUNTEERS)
def decline_withdrawal(request_id: UUID) -> ResponseReturnValue:
    with committing("Nothing was withdrawn."):
        requests.decline(db.get_or_404(WithdrawalRequest, request_id), by=current_person_or_403().id)
    return redirect(url_for("privacy.list_withdrawals"))


@bp.post("/staff/privacy/withdrawals/<uuid:request_id>/undo")
@requires(Permission.MANAGE_VOLUNTEERS)
def undo_for_person(request_id: UUID) -> ResponseReturnValue:
    with committing("What they gave counts again."):
        requests.undo(db.get_or_404(WithdrawalRequest, request_id))
    return redirect(url_for("privacy.list_withdrawals"))


@bp.post("/staff/privacy/corrections/<uuid:correction_id>/settle")
@requires(Permission.MANAGE_VOLUNTEERS)
def settle_correction(correction_id: UUID) -> ResponseReturnValue:
    with committing("Marked as done."):
        corrections.settle(db.get_or_404(CorrectionRequest, correction_id), by=current_person_or_403().id)
    return redirect(url_for("privacy.list_withdrawals"))
