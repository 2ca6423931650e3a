"""Names and terms as the prompt of each window, as many as fit. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glossary:
    included: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # they did not fit

    @property
    def prompt(self) -> str:
        return ", ".join(self.included)


def fit_glossary(terms: Sequence[str], count_tokens: Callable[[str], int], max_tokens: int) -> Glossary:
    included: list[str] = []
    left_out: list[str] = []
    for term in filter(None, (" ".join(term.split()) for term in terms)):
        fits = count_tokens(", ".join([*included, term])) <= max_tokens
        (included if fits else left_out).append(term)
    return Glossary(tuple(included), tuple(left_out))


def split_terms(text: str) -> tuple[str, ...]:
    return tuple(term for term in (part.strip() for part in text.split(",")) if term)
