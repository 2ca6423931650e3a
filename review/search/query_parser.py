"""What somebody types into the search box: words, "phrases", -not, prefix*. One parser for both databases. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_CHARACTERS = 500
MAX_TERMS = 20
TERM = re.compile(r"(?P<minus>-?)(?:[\"“”](?P<phrase>[^\"“”]*)[\"“”]?|(?P<word>[^\s\"“”]+))")
WORDS = re.compile(r"\w+")


class EmptyQueryError(ValueError): ...


class TermKind(StrEnum):
    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Term:
    words: tuple[str, ...]
    kind: TermKind
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class SearchQuery:
    terms: tuple[Term, ...]

    @property
    def included_terms(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.is_excluded)

    @property
    def excluded_terms(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.is_excluded)

    @property
    def plain_text(self) -> str:
        """For search by meaning."""
        return " ".join(" ".join(term.words) for term in self.included_terms)


def parse_query(text: str) -> SearchQuery:
    """Raises EmptyQueryError if there is nothing to look for."""
    visible = "".join(char for char in text[:MAX_CHARACTERS] if char.isspace() or not _is_invisible(char))
    terms = [term for match in TERM.finditer(visible) if (term := _build_term(match))][:MAX_TERMS]
    query = SearchQuery(tuple(terms))
    if not query.included_terms:
        raise EmptyQueryError("Enter a word to look for.")
    return query


def fold(text: str) -> str:
    """Without accents, as people type it."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def _build_term(match: re.Match[str]) -> Term | None:
    phrase, word = match["phrase"], match["word"] or ""
    words = tuple(WORDS.findall(phrase if phrase is not None else word))
    if not words:
        return None
    kind = TermKind.PHRASE if phrase is not None or len(words) > 1 else TermKind.WORD
    if phrase is None and word.endswith("*") and len(words) == 1:
        kind = TermKind.PREFIX
    return Term(words, kind, is_excluded=bool(match["minus"]))
