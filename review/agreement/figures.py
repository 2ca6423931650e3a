"""How far coders agree on one theme. Pure; scikit-learn and nltk are imported late, only by the worker.

Ratings: for each unit of text, what each coder decided; None where somebody did not code it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

Rating = bool | str | None  # text: one of several values
Ratings = Sequence[Sequence[Rating]]  # units by coders
CATEGORIES = (True, False)


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """None: not defined, for example because everybody decided the same everywhere."""

    units: int  # that two or more coders could have coded
    coded_by_all: int  # units to which everybody gave the theme
    coded_by_some: int
    percent: float | None
    kappa: float | None  # Cohen 1960; of several coders the mean of all pairs
    alpha: float | None  # Krippendorff 2011, nominal
    ac1: float | None  # Gwet 2008


def calculate_agreement(ratings: Ratings) -> AgreementFigures:
    shared = [unit for unit in ratings if _count(unit) >= 2]
    given = [[one for one in unit if one is not None] for unit in shared]
    return AgreementFigures(
        units=len(shared),
        coded_by_all=sum(all(unit) for unit in given),
        coded_by_some=sum(any(unit) and not all(unit) for unit in given),
        percent=calculate_percent(shared),
        kappa=calculate_kappa(shared),
        alpha=calculate_alpha(shared),
        ac1=calculate_ac1(shared),
    )


def calculate_percent(ratings: Ratings) -> float | None:
    """The share of pairs of coders on the same unit that decided the same, 0 to 1."""
    pairs = [one == other for unit in ratings for one, other in combinations(unit, 2) if None not in {one, other}]
    return fmean(pairs) if pairs else None


def calculate_kappa(ratings: Ratings) -> float | None:
    """Undefined for a pair of coders whose chance agreement is 1."""
    coders = max(map(len, ratings), default=0)
    found = [_calculate_pair_kappa(ratings, one, other) for one, other in combinations(range(coders), 2)]
    known = [kappa for kappa in found if kappa is not None]
    return fmean(known) if known else None


def calculate_alpha(ratings: Ratings) -> float | None:
    """Units that fewer than two coders have coded do not count."""
    from nltk.metrics.agreement import AnnotationTask

    data = [
        (str(coder), str(number), str(rating))
        for number, unit in enumerate(ratings)
        for coder, rating in enumerate(unit)
        if rating is not None and _count(unit) >= 2
    ]
    if len({label for _, _, label in data}) < 2:
        return None
    return float(AnnotationTask(data=data).alpha())


def calculate_ac1(ratings: Ratings, categories: Sequence[Rating] = CATEGORIES) -> float | None:
    """With missing ratings: Gwet 2014, Handbook of Inter-Rater Reliability, section 4.4."""
    units = [[one for one in unit if one is not None] for unit in ratings]
    units = [unit for unit in units if unit]
    shared = [unit for unit in units if len(unit) >= 2]
    if not shared:
        return None
    observed = fmean(
        sum(number * (number - 1) for number in _count_each(unit, categories)) / (len(unit) * (len(unit) - 1))
        for unit in shared
    )
    by_unit = [[number / len(unit) for number in _count_each(unit, categories)] for unit in units]
    shares = [fmean(column) for column in zip(*by_unit, strict=True)]
    expected = sum(share * (1 - share) for share in shares) / (len(categories) - 1)
    return (observed - expected) / (1 - expected)


def _calculate_pair_kappa(ratings: Ratings, one: int, other: int) -> float | None:
    from sklearn.metrics import cohen_kappa_score

    pairs = [(unit[one], unit[other]) for unit in ratings if unit[one] is not None and unit[other] is not None]
    if not pairs or len({rating for pair in pairs for rating in pair}) < 2:
        return None
    first, second = zip(*pairs, strict=True)
    return float(cohen_kappa_score(first, second))


def _count_each(unit: Sequence[Rating], categories: Sequence[Rating]) -> list[int]:
    return [sum(rating == category for rating in unit) for category in categories]


def _count(unit: Sequence[Rating]) -> int:
    return sum(rating is not None for rating in unit)
