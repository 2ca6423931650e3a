"""Reminders of a draft: stop them, from the email or from the page that says it is saved."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import public, requires
from accounts.roles import Permission
from core.database import db
from core.pages import csrf
from core.transactions import committing
from evidence import draft_reminders
from evidence.forms import ButtonForm
from evidence.views.blueprint import bp
from evidence.views.lookups import own_written_or_redirect


@bp.route("/no-reminders/<token>", methods=["GET", "POST"])
@public
def stop_reminders(token: str) -> ResponseReturnValue:
    """Mail programs post here without a session (RFC 8058)."""
    contribution = draft_reminders.find_contribution_to_stop(token)
    form = ButtonForm(meta={"csrf": False})
    if contribution is not None and form.validate_on_submit():
        draft_reminders.stop_reminders(contribution)
        db.session.commit()
    return render_template(
        "evidence/stop_reminders.html", wants_reminder=contribution is not None and contribution.wants_reminder
    )


csrf.exempt(stop_reminders)  # its token is in the address


@bp.post("/my/<slug>/written/no-reminder")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def decline_reminder(slug: str) -> ResponseReturnValue:
    contribution = own_written_or_redirect(slug)
    if ButtonForm().validate_on_submit():
        with committing("We will not remind you."):
            draft_reminders.stop_reminders(contribution)
    return redirect(url_for("evidence.show_saved_for_later", slug=slug))
