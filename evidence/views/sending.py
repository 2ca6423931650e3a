"""Check, send and read what one wrote, and have a copy mailed."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.database import db
from evidence import calls, consent, writing
from evidence.calls import schedule_of
from evidence.forms import GIVEN_AS_WORDS, SHOWS_WORDS, ButtonForm
from evidence.models import Contribution, ContributionState, Mode
from evidence.participants import TooManyLinksError, require_room_for_link
from evidence.views.blueprint import bp
from evidence.views.finding import open_written, own_written
from evidence.writing import Gap, Part


@bp.route("/my/<slug>/written/check", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def check_written(slug: str) -> ResponseReturnValue:
    contribution = open_written(slug)
    form = ButtonForm()
    gaps: list[Gap] = []
    if form.validate_on_submit():
        gaps = writing.gaps(contribution)
        if not gaps:
            writing.submit(contribution)
            db.session.commit()
            return redirect(url_for("evidence.written_sent", slug=slug))
    return render_template(
        "evidence/check_written.html",
        form=form,
        gaps=[(gap.words, _address_of(gap, slug)) for gap in gaps],
        **_everything(contribution),
    )


@bp.get("/my/<slug>/written/sent")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def written_sent(slug: str) -> ResponseReturnValue:
    contribution = own_written(slug)
    if contribution.state is ContributionState.DRAFT:
        return redirect(url_for("evidence.written_tasks", slug=slug))
    return render_template("evidence/written_sent.html", **_everything(contribution))


@bp.get("/my/<slug>/written/read")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def read_written(slug: str) -> ResponseReturnValue:
    """The whole text, to read only; the page that remains after the call has closed."""
    contribution = own_written(slug)
    return render_template(
        "evidence/read_written.html", is_open=calls.is_open(contribution.call), **_everything(contribution)
    )


@bp.post("/my/<slug>/written/copy")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def mail_copy(slug: str) -> ResponseReturnValue:
    contribution = own_written(slug)
    email = writing.email_of(contribution.participant)
    if ButtonForm().validate_on_submit() and email:
        try:
            require_room_for_link(email)
            writing.mail_copy(contribution)
            db.session.commit()
            flash(f"A copy is on its way to {email}.", "success")
        except TooManyLinksError as error:
            flash(str(error))
    return redirect(url_for("evidence.read_written", slug=slug))


def _everything(contribution: Contribution) -> dict[str, Any]:
    """What the pages show that show all of it."""
    call, participant = contribution.call, contribution.participant
    return {
        "contribution": contribution,
        "call": call,
        "email": writing.email_of(participant),
        "schedule": schedule_of(contribution.schedule_version),
        "texts": writing.texts_of(contribution),
        "terms": consent.terms_for(call, {Mode.WRITTEN}),
        "decisions": consent.decisions_on_these_words(participant.id, call.id),
        "given_as": GIVEN_AS_WORDS.get(contribution.given_as) if contribution.given_as else "",
        "shows": SHOWS_WORDS.get(contribution.shows) if contribution.shows else "",
        "places": [place for place in call.places if place in {row.place for row in contribution.places}],
        "aims": [aim.text for aim in call.aims if aim.key in {row.aim_key for row in contribution.aims}],
    }


def _address_of(gap: Gap, slug: str) -> str:
    """The page, and on it the field, that mends it; from there back to the check."""
    endpoints = {Part.CASE_STUDY: "evidence.case_study", Part.CONSENT: "evidence.allow_uses"}
    endpoint = endpoints.get(gap.part, "evidence.answer_section")
    return url_for(endpoint, slug=slug, key=gap.section_key or None, back="check", _anchor=gap.field)
