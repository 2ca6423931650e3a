"""Which language each window is read in, from the model's shares for it and for the whole recording. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LanguageShares = Mapping[str, float]  # code -> 0..1
SURE_SHARE = 0.8  # from which a single window may leave the recording's main language
FAINT_SHARE = 0.1  # of the main language in such a window
MIN_SECONDS = 2.0  # of it: a shorter one says little


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    main: str
    share: float | None = None  # of the main language in the recording's first windows; None: a person chose it

    @property
    def is_given(self) -> bool:
        return self.share is None

    def choose(self, shares: LanguageShares, seconds: float) -> str:
        if self.is_given or not shares:
            return self.main
        likeliest = max(shares, key=lambda code: shares[code])
        is_sure = shares[likeliest] >= SURE_SHARE and shares.get(self.main, 0.0) <= FAINT_SHARE
        return likeliest if is_sure and seconds >= MIN_SECONDS else self.main

    def rate(self, code: str, shares: LanguageShares) -> float | None:
        """How sure it is that a window is in this language: a short one is likely to be in that of the others."""
        if self.share is None:
            return None
        return max(shares.get(code, 0.0), self.share if code == self.main else 0.0)


def choose_main_language(shares: Sequence[LanguageShares], seconds: Sequence[float]) -> LanguageChoice:
    """`seconds`: how long each window is."""
    totals: dict[str, float] = {}
    for of_window, length in zip(shares, seconds, strict=True):
        for code, share in of_window.items():
            totals[code] = totals.get(code, 0.0) + share * length
    if not totals:
        return LanguageChoice("en", 0.0)
    main = max(totals, key=lambda code: totals[code])
    return LanguageChoice(main, totals[main] / sum(seconds))
