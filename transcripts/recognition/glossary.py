"""Names and terms as the words that come before each window, as far as Whisper's room for them goes. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glossary:
    included: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # there was no room for them

    @property
    def prompt(self) -> str:
        return ", ".join(self.included)


def fit_glossary(terms: Sequence[str], count_tokens: Callable[[str], int], max_tokens: int) -> Glossary:
    """Terms in the order given, each whole or not at all."""
    read: list[str] = []
    left_out: list[str] = []
    for term in filter(None, (" ".join(term.split()) for term in terms)):
        fits = count_tokens(", ".join([*read, term])) <= max_tokens
        (read if fits else left_out).append(term)
    return Glossary(tuple(read), tuple(left_out))


def split_terms(text: str) -> tuple[str, ...]:
    """The terms of one line, as a person types them on a command line: between commas."""
    return tuple(term for term in (part.strip() for part in text.split(",")) if term)
