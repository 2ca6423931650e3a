"""Pages of quotes: the quote bank for staff, and the participant's own quotes."""

from review.views.quotes import own_quotes, quote_bank

__all__ = ["own_quotes", "quote_bank"]
