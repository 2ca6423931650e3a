"""Names and terms to expect in recordings, from lines that people type. Pure."""

from collections.abc import Iterable

from core.errors import RuleError
from core.text_cleaning import clean_single_line

MAX_TERMS = 500
MAX_TERM_LENGTH = 80  # characters
TYPICAL_PROMPT_WORDS = 90  # Whisper's prompt has 223 tokens; this many words of the example fit


class GlossaryError(RuleError): ...


def parse_glossary_terms(lines: Iterable[str]) -> tuple[str, ...]:
    terms = tuple(dict.fromkeys(term for term in map(clean_single_line, lines) if term))
    if len(terms) > MAX_TERMS:
        raise GlossaryError(f"The list has {len(terms)} terms. Shorten it to {MAX_TERMS} or fewer.")
    long = next((term for term in terms if len(term) > MAX_TERM_LENGTH), None)
    if long is not None:
        raise GlossaryError(
            f"“{long[:30]}…” is longer than {MAX_TERM_LENGTH} characters. Put each name or term on its own line."
        )
    return terms


def count_words(terms: Iterable[str]) -> int:
    return sum(len(term.split()) for term in terms)
