"""The rows of this package."""

from review.models.anchors import AnchoredWords
from review.models.exports import ExportedContributionLink, ExportRequest
from review.models.memos import Memo
from review.models.quotes import Attribution, Quote, QuoteChange, QuoteState, QuoteWords
from review.models.rounds import CodingRound, CodingTask
from review.models.search import SearchEntry, SearchKind, SearchVector
from review.models.themes import CodedSpan, CodingSource, Theme, ThemeAction, ThemeChange, ThemeColour, ThemePattern

__all__ = [
    "AnchoredWords",
    "Attribution",
    "CodedSpan",
    "CodingRound",
    "CodingSource",
    "CodingTask",
    "ExportRequest",
    "ExportedContributionLink",
    "Memo",
    "Quote",
    "QuoteChange",
    "QuoteState",
    "QuoteWords",
    "SearchEntry",
    "SearchKind",
    "SearchVector",
    "Theme",
    "ThemeAction",
    "ThemeChange",
    "ThemeColour",
    "ThemePattern",
]
