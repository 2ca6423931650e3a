"""Find the theme, coded words or anchor that an address names, or answer with the right page instead."""

from uuid import UUID

from flask import abort

from core.database import db
from core.exits import ExitUse
from evidence.views.hidden_words import require_use
from review.coding.anchors import UnclearWordsError, parse_anchor
from review.coding.code_applications import ChosenWords, WordsNotFoundError, find_words
from review.models import CodedSpan, Theme


def theme_or_404(theme_id: UUID) -> Theme:
    return db.session.get(Theme, theme_id) or abort(404)


def coded_span_or_404(span_id: UUID) -> CodedSpan:
    span = db.session.get(CodedSpan, span_id) or abort(404)
    require_use(ExitUse.CORRECTING, span.contribution)
    return span


def words_or_404(text: str) -> ChosenWords:
    """Not open to somebody who only handles a change of consent, because here things are changed."""
    try:
        chosen = find_words(parse_anchor(text))
    except (UnclearWordsError, WordsNotFoundError):
        abort(404)
    require_use(ExitUse.CORRECTING, chosen.contribution)
    return chosen
