"""Coordinators see who has changed what they allow, handle it, and mark it as done."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core.database import db
from core.transactions import committing
from evidence import consent_changes, consent_mail
from evidence.contributions import list_participant_contributions
from evidence.models import ConsentChange, Contribution, Mode
from evidence.views.blueprint import bp
from evidence.views.lookups import load_staff_names


@bp.get("/staff/consent-changes")
@requires(Permission.MANAGE_VOLUNTEERS)
def list_consent_changes() -> ResponseReturnValue:
    rows = consent_changes.list_unsettled()
    return render_template(
        "evidence/list_consent_changes.html",
        changes=rows,
        describe_changes=consent_mail.describe_changes,
        list_interviews=_list_interviews,
        names=load_staff_names(),
        own_id=current_person_or_403().id,
    )


@bp.post("/staff/consent-changes/<uuid:change_id>/take-on")
@requires(Permission.MANAGE_VOLUNTEERS)
def take_on_consent_change(change_id: UUID) -> ResponseReturnValue:
    change = db.get_or_404(ConsentChange, change_id)
    with committing(f"You handle this change of {change.participant.reference}."):
        consent_changes.take_on(change, by=current_person_or_403().id)
    return redirect(url_for("evidence.list_consent_changes"))


@bp.post("/staff/consent-changes/<uuid:change_id>/settle")
@requires(Permission.MANAGE_VOLUNTEERS)
def settle_consent_change(change_id: UUID) -> ResponseReturnValue:
    change = db.get_or_404(ConsentChange, change_id)
    with committing(f"The change of {change.participant.reference} is marked as done."):
        consent_changes.settle(change, by=current_person_or_403().id)
    return redirect(url_for("evidence.list_consent_changes"))


def _list_interviews(change: ConsentChange) -> list[Contribution]:
    rows = list_participant_contributions(change.participant_id)
    return [row for row in rows if row.call_id == change.call_id and row.mode is Mode.INTERVIEW]
