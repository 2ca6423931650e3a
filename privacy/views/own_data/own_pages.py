"""What we have of the person who looks: see it, correct it, get a copy. Without an account and without JavaScript."""

from uuid import UUID

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitAudience, ExitUse
from core.file_storage import current_storage
from core.transactions import committing
from evidence.forms import ButtonForm
from evidence.models import Participant
from privacy.forms.own_data import ContactForm, CorrectionForm
from privacy.models import CopyState
from privacy.own_data import copies, corrections
from privacy.own_data.overview import build_own_data, list_spoken_lines
from privacy.views.blueprint import bp
from privacy.views.lookups import own_participant_or_404, part_or_404
from privacy.withdrawals import requests


@bp.get("/my/data")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
@exits.returns("everything that we have of them", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def show_own_data() -> ResponseReturnValue:
    participant = own_participant_or_404()
    return render_template(
        "privacy/own_data/show_own_data.html",
        data=build_own_data(participant),
        own_copy=copies.find_copy(participant.id),
        withdrawals=requests.list_own(participant.id),
        list_spoken_lines=list_spoken_lines,
        CopyState=CopyState,
    )


@bp.route("/my/data/contact", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def correct_contact() -> ResponseReturnValue:
    participant = own_participant_or_404()
    form = ContactForm() if request.method == "POST" else _build_contact_form(participant)
    if form.validate_on_submit():
        with committing("Your details have been changed.", at=form.name) as saved:
            corrections.correct_contact(
                participant, name=form.name.data, phone=form.phone.data, postal_address=form.postal_address.data
            )
        if saved:
            return redirect(url_for("privacy.show_own_data"))
    return render_template("privacy/own_data/correct_contact.html", form=form, participant=participant)


@bp.route("/my/data/correction", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def ask_for_correction() -> ResponseReturnValue:
    participant = own_participant_or_404()
    contribution_id = request.args.get("contribution", type=UUID)
    part = part_or_404(participant, contribution_id, request.args.get("question", ""))
    form = CorrectionForm()
    if form.validate_on_submit():
        with committing("Thank you. We will look at this and correct it.", at=form.text) as saved:
            corrections.ask_for_correction(participant, part.contribution, part.question_key, form.text.data)
        if saved:
            return redirect(url_for("privacy.show_own_data"))
    return render_template("privacy/own_data/ask_for_correction.html", form=form)


@bp.post("/my/data/copy")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
def request_copy() -> ResponseReturnValue:
    if ButtonForm().validate_on_submit():
        with committing("We are preparing your copy. It will be on this page in a few minutes."):
            copies.request_copy(own_participant_or_404())
    return redirect(url_for("privacy.show_own_data"))


@bp.get("/my/data/copy.zip")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
@exits.returns("their copy, as a ZIP file", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def download_copy() -> ResponseReturnValue:
    row = copies.find_copy(own_participant_or_404().id)
    if row is None or row.state is not CopyState.READY:
        abort(404)
    storage, path = current_storage(), row.storage_path
    size = storage.get_size(path)
    headers = {"Content-Disposition": 'attachment; filename="what-we-have-of-you.zip"', "Content-Length": str(size)}
    return Response(storage.iter_range(path, 0, size), mimetype="application/zip", headers=headers)


def _build_contact_form(participant: Participant) -> ContactForm:
    contact = participant.contact
    if contact is None:
        return ContactForm()
    return ContactForm(name=contact.name, phone=contact.phone, postal_address=contact.postal_address)
