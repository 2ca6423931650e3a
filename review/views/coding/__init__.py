"""Pages of the codebook, of one theme, and of choosing words."""

from review.views.coding import codebook, themes, words

__all__ = ["codebook", "themes", "words"]
