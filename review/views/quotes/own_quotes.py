"""The participant's own quotes: approve, correct or refuse each until the last day."""

from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db
from core.exits import ExitAudience, ExitUse
from core.transactions import committing
from evidence.calls import get_local_date
from evidence.views.lookups import published_call_or_404
from review.forms.quotes import AnswerQuoteForm
from review.models import Quote, QuoteState
from review.quotes import quotes
from review.quotes.quote_bank import find_shown_quote, list_own_quotes
from review.views.blueprint import bp


@bp.get("/my/<slug>/quotes")
@requires(Permission.WRITE_OWN_CONTRIBUTION)
@exits.returns("quotes of their own words", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def show_own_quotes(slug: str) -> ResponseReturnValue:
    call = published_call_or_404(slug)
    return render_template(
        "review/quotes/show_own_quotes.html",
        call=call,
        quotes=list_own_quotes(current_person_or_403().id, call),
        today=get_local_date(call),
        states=QuoteState,
    )


@bp.route("/my/quotes/<uuid:quote_id>", methods=["GET", "POST"])
@requires(Permission.WRITE_OWN_CONTRIBUTION)
@exits.returns("a quote of their own words", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def answer_quote(quote_id: UUID) -> ResponseReturnValue:
    quote = db.session.get(Quote, quote_id)
    if quote is None or quote.contribution.participant_id != current_person_or_403().id:
        abort(404)
    shown = find_shown_quote(quote) if quote.state in quotes.SHOWN_TO_PARTICIPANT else None
    if shown is None:
        abort(404)
    form = AnswerQuoteForm(data={"text": shown.text})
    if form.validate_on_submit():
        with committing("Thank you. Your answer is saved.", at=form.answer) as saved:
            quotes.answer_quote(quote, QuoteState(form.answer.data), form.text.data)
        if saved:
            return redirect(url_for("review.show_own_quotes", slug=quote.contribution.call.slug))
    return render_template(
        "review/quotes/answer_quote.html",
        call=quote.contribution.call,
        quote=shown,
        form=form,
        may_answer=quotes.may_answer(quote),
    )
