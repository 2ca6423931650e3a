"""Make quotes and take them through their states. Each change is kept, without words. Callers commit."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.text_cleaning import clean_single_line, clean_text
from evidence import consent
from evidence.calls import get_local_date
from review.coding.anchors import Anchor, read_anchor, write_anchor
from review.coding.code_applications import find_words
from review.coding.span_text import SpanReader
from review.models import Attribution, Quote, QuoteChange, QuoteState, QuoteWords
from review.quotes.attributions import NO_RIGHTS, USES, load_rights
from review.quotes.quote_text import MAX_QUOTE_CHARACTERS, check_edit

STAFF_STATES = {QuoteState.CANDIDATE, QuoteState.CHOSEN, QuoteState.USED}
ANSWER_STATES = {QuoteState.APPROVED, QuoteState.CHANGED, QuoteState.REFUSED}
SHOWN_TO_PARTICIPANT = {QuoteState.SENT, *ANSWER_STATES, QuoteState.USED}


class QuoteNotAllowedError(RuleError): ...


class QuoteStateError(RuleError): ...


def create_quote(anchor: Anchor, *, by: UUID) -> Quote:
    words = find_words(anchor)
    contribution = words.contribution
    lock_row(contribution)
    rights = load_rights([contribution.id]).get(contribution.id, NO_RIGHTS)
    if not rights.allowed:
        raise QuoteNotAllowedError(
            consent.decide(USES[Attribution.UNNAMED], contribution).explain(contribution.participant.reference)
        )
    number = db.session.scalar(select(func.max(Quote.number)).where(Quote.contribution_id == contribution.id)) or 0
    quote = Quote(contribution_id=contribution.id, number=number + 1, created_at=clock.now(), created_by=by)
    quote.state = QuoteState.CANDIDATE
    is_unnamed = Attribution.UNNAMED in rights.allowed
    quote.attribution = Attribution.UNNAMED if is_unnamed else Attribution.NAMED
    quote.words = QuoteWords(contribution_id=contribution.id)
    write_anchor(quote.words, anchor)
    db.session.add(quote)
    db.session.flush()
    _note(quote, by)
    return quote


def edit_quote(quote: Quote, text: str, attribution: Attribution, intended_use: str, *, by: UUID) -> None:
    lock_row(quote)
    if quote.words is None:
        raise QuoteStateError("The words of this quote were erased.")
    if attribution not in load_rights([quote.contribution_id]).get(quote.contribution_id, NO_RIGHTS).allowed:
        raise QuoteNotAllowedError(f"{_get_reference(quote)} has not agreed to be quoted {attribution.value}.")
    original = get_original_text(quote)
    edited = check_edit(original, clean_text(text))
    is_new_text = edited != get_text(quote)
    quote.words.edited_text = None if edited == " ".join(original.split()) else edited
    quote.attribution, quote.intended_use = attribution, clean_single_line(intended_use)
    if is_new_text:  # what the participant answered was about another text
        quote.words.participant_text = None
        if quote.state in {QuoteState.SENT, *ANSWER_STATES}:
            quote.state, quote.answer_by = QuoteState.CHOSEN, None
    db.session.flush()
    _note(quote, by, "text changed" if is_new_text else "use or attribution changed")


def set_state(quote: Quote, state: QuoteState, *, by: UUID, used_in: str = "") -> None:
    """By staff. A refused quote can be used by nobody."""
    lock_row(quote)
    if state not in STAFF_STATES:
        raise QuoteStateError("Only the participant can say this.")
    if quote.state is QuoteState.REFUSED:
        raise QuoteStateError(f"{_get_reference(quote)} refused this quote, so it cannot be used.")
    if state is QuoteState.USED:
        _require_usable(quote)
        if not clean_single_line(used_in):
            raise QuoteStateError("Enter where it is used, for example “report, chapter 2”.")
        quote.used_in = clean_single_line(used_in)
    quote.state = state
    db.session.flush()
    _note(quote, by)


def answer_quote(quote: Quote, state: QuoteState, text: str = "") -> None:
    """By the participant, until the last day."""
    lock_row(quote)
    if not may_answer(quote) or state not in ANSWER_STATES or quote.words is None:
        raise QuoteStateError("This quote can no longer be answered here. Write to us instead.")
    cleaned = clean_text(text).strip()
    if state is QuoteState.CHANGED and (not cleaned or len(cleaned) > MAX_QUOTE_CHARACTERS):
        raise QuoteStateError(f"Enter the quote as you want it, in at most {MAX_QUOTE_CHARACTERS:,} characters.")
    quote.words.participant_text = cleaned if state is QuoteState.CHANGED else None
    quote.state, quote.answered_at = state, clock.now()
    db.session.flush()
    _note(quote, None)


def may_answer(quote: Quote) -> bool:
    is_asked = quote.state in {QuoteState.SENT, *ANSWER_STATES}
    return is_asked and quote.answer_by is not None and get_local_date(quote.contribution.call) <= quote.answer_by


def mark_sent(quote: Quote, answer_by: date, *, by: UUID) -> None:
    lock_row(quote)
    _require_usable(quote)
    if quote.state in {QuoteState.REFUSED, QuoteState.USED}:
        raise QuoteStateError("A quote that was refused or used cannot be sent.")
    if answer_by < get_local_date(quote.contribution.call):
        raise QuoteStateError("Choose a day that is not over.")
    quote.state, quote.answer_by, quote.sent_at = QuoteState.SENT, answer_by, clock.now()
    db.session.flush()
    _note(quote, by)


def delete_quote(quote: Quote) -> None:
    if quote.state is QuoteState.USED:
        raise QuoteStateError("A quote that was used stays here, so that it can be found.")
    audit.record("quote deleted", quote)
    db.session.delete(quote)
    db.session.flush()


def get_original_text(quote: Quote) -> str:
    """Empty if the words were deleted or erased."""
    if quote.words is None:
        return ""
    anchor = read_anchor(quote.words)
    span = SpanReader([anchor]).read(anchor)
    return span.text if span else ""


def get_text(quote: Quote) -> str:
    edited = quote.words.edited_text if quote.words else None
    return edited if edited is not None else " ".join(get_original_text(quote).split())


def _require_usable(quote: Quote) -> None:
    rights = load_rights([quote.contribution_id]).get(quote.contribution_id, NO_RIGHTS)
    if quote.words is None or rights.choose(quote.attribution) is None:
        raise QuoteNotAllowedError(f"{_get_reference(quote)} does not allow this quote.")


def _get_reference(quote: Quote) -> str:
    return quote.contribution.participant.reference


def _note(quote: Quote, by: UUID | None, note: str = "") -> None:
    newest = db.session.scalar(select(func.max(QuoteChange.number)).where(QuoteChange.quote_id == quote.id)) or 0
    row = QuoteChange(quote_id=quote.id, number=newest + 1, state=quote.state, made_at=clock.now(), made_by=by)
    row.note = note
    db.session.add(row)
    db.session.flush()
    audit.record("quote changed", quote, state=quote.state.value)
