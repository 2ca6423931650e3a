"""Whether the person who looks at a page may use somebody's words there; if not, the page that says why."""

from flask import abort, make_response, render_template

from accounts.access import current_person_or_403
from accounts.roles import Permission
from core.exits import ExitUse
from evidence import consent
from evidence.consent_rules import ExitDecision
from evidence.models import Contribution


def decide_for_reader(use: ExitUse, contribution: Contribution) -> ExitDecision:
    person = current_person_or_403()
    return consent.decide(use, contribution, reader_id=person.id if person.may(Permission.MANAGE_VOLUNTEERS) else None)


def require_use(use: ExitUse, contribution: Contribution) -> ExitDecision:
    """Ends the request with 403 and the reason where the use is not allowed."""
    decision = decide_for_reader(use, contribution)
    if not decision.is_allowed:
        reason = decision.explain(contribution.participant.reference)
        may_listen = decide_for_reader(ExitUse.LISTENING, contribution).is_allowed
        page = render_template(
            "evidence/words_hidden.html", contribution=contribution, reason=reason, may_listen=may_listen
        )
        abort(make_response(page, 403))
    return decision
