"""Names and terms likely to be said, from lines that people type. Pure: the recogniser reads them elsewhere."""

from collections.abc import Iterable

from core.errors import RuleError
from core.text_cleaning import clean_single_line

MAX_TERMS = 500
MAX_TERM_LENGTH = 80  # characters
TYPICAL_PROMPT_WORDS = (
    90  # Whisper reads 223 pieces of words before each stretch of sound; so many of the example's words fit
)


class GlossaryError(RuleError):
    """A list of terms cannot be kept; the text says what is wrong."""


def parse_glossary_terms(lines: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order given, without empty lines. Raises GlossaryError."""
    terms = tuple(dict.fromkeys(term for term in map(clean_single_line, lines) if term))
    if len(terms) > MAX_TERMS:
        raise GlossaryError(f"These are {len(terms)} terms. Keep the {MAX_TERMS} that matter most, or fewer.")
    long = next((term for term in terms if len(term) > MAX_TERM_LENGTH), None)
    if long is not None:
        raise GlossaryError(
            f"“{long[:30]}…” is longer than {MAX_TERM_LENGTH} characters. Put each name or term on a line of its own."
        )
    return terms


def count_words(terms: Iterable[str]) -> int:
    return sum(len(term.split()) for term in terms)
