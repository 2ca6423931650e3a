"""Whom a call still seeks: targets, the board, closing, and the counts of the equality form."""
