"""The quotes of a call and each of them, for staff."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitUse
from core.transactions import committing
from evidence.views.hidden_words import require_use
from evidence.views.lookups import load_staff_names, published_call_or_404
from review.coding.theme_lookup import parse_ids
from review.forms.quotes import QuoteForm, SendQuotesForm, UseQuoteForm
from review.models import Attribution, Quote, QuoteState
from review.quotes import quote_bank, quotes
from review.quotes.attributions import NO_RIGHTS, load_rights
from review.quotes.quote_mail import send_quotes
from review.reading import labels
from review.reading.filters import parse_filters
from review.views.blueprint import bp
from review.views.coding.lookups import words_or_404


@bp.get("/staff/read/<slug>/quotes")
@requires(Permission.READ_EVIDENCE)
@exits.returns("quotes", ExitUse.QUOTE_NAMED, ExitUse.QUOTE_UNNAMED)
def list_quotes(slug: str) -> ResponseReturnValue:
    call, filters = published_call_or_404(slug), parse_filters(request.args)
    state = next((one for one in QuoteState if one.value == request.args.get("state")), None)
    return render_template(
        "review/quotes/list_quotes.html",
        call=call,
        filters=filters,
        state=state,
        states=[(one.value, one.value.capitalize()) for one in QuoteState],
        labels=labels,
        bank=quote_bank.load_quote_bank(call, state, filters),
        send_form=SendQuotesForm(formdata=None),
    )


@bp.post("/staff/words/<anchor>/quote")
@requires(Permission.CODE_EVIDENCE)
def create_quote(anchor: str) -> ResponseReturnValue:
    chosen = words_or_404(anchor)
    with committing("The quote is a candidate. Shorten it here if you need to.") as saved:
        quote = quotes.create_quote(chosen.anchor, by=current_person_or_403().id)
    if not saved:
        return redirect(url_for("review.code_words", anchor=anchor))
    return redirect(url_for("review.edit_quote", quote_id=quote.id))


@bp.route("/staff/quotes/<uuid:quote_id>", methods=["GET", "POST"])
@requires(Permission.CODE_EVIDENCE)
@exits.returns("a quote with what is around it", ExitUse.QUOTE_NAMED, ExitUse.QUOTE_UNNAMED)
def edit_quote(quote_id: UUID) -> ResponseReturnValue:
    quote = quote_or_404(quote_id)
    allowed = load_rights([quote.contribution_id]).get(quote.contribution_id, NO_RIGHTS).allowed
    values = {"text": quotes.get_text(quote), "attribution": quote.attribution, "intended_use": quote.intended_use}
    form = QuoteForm(data=values).offer(allowed)
    if form.validate_on_submit():
        with committing("The quote is saved.", at=form.text) as saved:
            kind = Attribution(form.attribution.data)
            quotes.edit_quote(quote, form.text.data, kind, form.intended_use.data, by=current_person_or_403().id)
        if saved:
            return redirect(url_for("review.edit_quote", quote_id=quote_id))
    return render_template(
        "review/quotes/edit_quote.html",
        quote=quote,
        shown=quote_bank.find_shown_quote(quote),
        form=form,
        use_form=UseQuoteForm(formdata=None),
        states=QuoteState,
        staff_names=load_staff_names(),
    )


@bp.post("/staff/quotes/<uuid:quote_id>/state")
@requires(Permission.CODE_EVIDENCE)
def set_quote_state(quote_id: UUID) -> ResponseReturnValue:
    quote = quote_or_404(quote_id)
    state = next((one for one in quotes.STAFF_STATES if one.value == request.form.get("state")), None)
    with committing("The quote is saved."):
        if state is None:
            raise quotes.QuoteStateError("Choose a state.")
        quotes.set_state(quote, state, by=current_person_or_403().id, used_in=request.form.get("used_in", ""))
    return redirect(url_for("review.edit_quote", quote_id=quote_id))


@bp.post("/staff/quotes/<uuid:quote_id>/delete")
@requires(Permission.CODE_EVIDENCE)
def delete_quote(quote_id: UUID) -> ResponseReturnValue:
    quote = quote_or_404(quote_id)
    slug = quote.contribution.call.slug
    with committing("The quote is deleted."):
        quotes.delete_quote(quote)
    return redirect(url_for("review.list_quotes", slug=slug))


@bp.post("/staff/read/<slug>/quotes/send")
@requires(Permission.CODE_EVIDENCE)
def send_to_participants(slug: str) -> ResponseReturnValue:
    call, form = published_call_or_404(slug), SendQuotesForm()
    rows = [row for row in map(_find_quote, parse_ids(request.form.getlist("quote"))) if row]
    own = [row for row in rows if row.contribution.call_id == call.id]
    without_address = 0
    with committing() as saved:
        if not own or not form.validate() or form.answer_by.data is None:
            raise quotes.QuoteStateError("Select at least one quote, and enter the day until which they can answer.")
        without_address = send_quotes(own, form.answer_by.data, by=current_person_or_403().id)
    if saved:
        flash(_describe_sent(len(own), without_address), "success")
    return redirect(url_for("review.list_quotes", slug=slug))


def quote_or_404(quote_id: UUID) -> Quote:
    quote = _find_quote(quote_id) or abort(404)
    require_use(ExitUse.CORRECTING, quote.contribution)
    return quote


def _find_quote(quote_id: UUID) -> Quote | None:
    return db.session.get(Quote, quote_id)


def _describe_sent(count: int, without_address: int) -> str:
    text = f"{count} {'quote is' if count == 1 else 'quotes are'} on the participants’ pages."
    if without_address:
        text += f" {without_address} of them have no email address, so we could not write to them."
    return text
