"""Names and terms that a model is asked to spell right, chosen for each window. Pure.

A long list in the prompt of every window costs more words than it saves: it pushes names into sentences that have none.
So a window is read without any first, and again with the few terms that its text comes close to.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_TERMS_PER_WINDOW = 6
MIN_LIKENESS = 0.65  # of letters, between a term and what was written
MIN_LETTERS = 4  # shorter ones are like too many words
MAX_EXTRA_WORDS = 3  # a term that is not known is heard as several short words
NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Glossary:
    included: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # they did not fit


def fit_glossary(terms: Sequence[str], count_tokens: Callable[[str], int], max_tokens: int) -> Glossary:
    """A term that alone is longer than the prompt is left out, as are all where a model reads none."""
    included: list[str] = []
    left_out: list[str] = []
    for term in filter(None, (" ".join(term.split()) for term in terms)):
        fits = count_tokens(term) <= max_tokens // MAX_TERMS_PER_WINDOW
        (included if fits else left_out).append(term)
    return Glossary(tuple(included), tuple(left_out))


def select_terms(terms: Sequence[str], text: str) -> tuple[str, ...]:
    """The terms that `text` comes close to without having them, the likeliest first."""
    words = [word for word in (_plain(word) for word in text.split()) if word]
    rated = [(rate_likeness(term, words), term) for term in terms]
    likely = sorted((pair for pair in rated if pair[0] >= MIN_LIKENESS), key=lambda pair: -pair[0])
    return tuple(term for _, term in likely[:MAX_TERMS_PER_WINDOW])


def rate_likeness(term: str, words: Sequence[str]) -> float:
    """0..1, with the words that are most like it; 0 where it is written already. `words`: plain."""
    plain, count = _plain(term), len(term.split())
    if len(plain) < MIN_LETTERS:
        return 0.0
    runs = set(_list_runs(words, range(max(1, count - 1), count + MAX_EXTRA_WORDS + 1), len(plain)))
    if plain in runs:
        return 0.0
    return max((SequenceMatcher(None, plain, run, autojunk=False).ratio() for run in runs), default=0.0)


def contains_term(terms: Sequence[str], text: str) -> bool:
    plain = _plain(text)
    return any(_plain(term) in plain for term in terms)


def make_prompt(terms: Sequence[str]) -> str:
    return ", ".join(terms)


def split_terms(text: str) -> tuple[str, ...]:
    return tuple(term for term in (part.strip() for part in text.split(",")) if term)


def _list_runs(words: Sequence[str], lengths: range, letters: int) -> Iterator[str]:
    """Neighbouring words written together, of about as many letters."""
    for length in lengths:
        for first in range(len(words) - length + 1):
            run = "".join(words[first : first + length])
            if 0.6 * letters <= len(run) <= 1.6 * letters:
                yield run


def _plain(text: str) -> str:
    return NOT_LETTERS.sub("", text).casefold()
