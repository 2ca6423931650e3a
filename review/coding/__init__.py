"""Themes: the codebook, the words that themes were given to, and memos."""
