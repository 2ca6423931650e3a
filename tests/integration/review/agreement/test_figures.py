"""Agreement against published worked examples."""

import pytest

from review.agreement.figures import (
    Rating,
    calculate_ac1,
    calculate_agreement,
    calculate_alpha,
    calculate_kappa,
    calculate_percent,
)


def table(both: int, first: int, second: int, neither: int) -> list[list[Rating]]:
    """Two coders: units with the theme from both, from the first only, from the second only, from neither."""
    counts: list[tuple[list[Rating], int]] = [
        ([True, True], both),
        ([True, False], first),
        ([False, True], second),
        ([False, False], neither),
    ]
    return [unit for unit, count in counts for _ in range(count)]


def test_the_paradox_of_kappa() -> None:
    """Gwet 2002, “Kappa statistic is not satisfactory”, table 2: 125 subjects."""
    ratings = table(118, 5, 2, 0)

    assert calculate_percent(ratings) == pytest.approx(0.944)
    assert calculate_kappa(ratings) == pytest.approx(-0.0234, abs=0.0001)
    assert calculate_ac1(ratings) == pytest.approx(0.9408, abs=0.0001)


def test_krippendorffs_binary_example() -> None:
    """Krippendorff 2011, “Computing Krippendorff's Alpha-Reliability”, A: coincidences 10, 4, 4 and 2 give 0.095."""
    ratings = table(1, 0, 4, 5)

    assert calculate_alpha(ratings) == pytest.approx(0.095, abs=0.001)
    assert calculate_percent(ratings) == pytest.approx(0.6)


def test_cohens_kappa_of_fifty_grants() -> None:
    """The worked example of Wikipedia's article on Cohen's kappa, “simple example”: 0.40."""
    assert calculate_kappa(table(20, 5, 10, 15)) == pytest.approx(0.40)


def test_krippendorffs_example_with_missing_values() -> None:
    """Krippendorff 2011, C: four observers, twelve units, five values, nominal: 0.743."""
    data = [
        ["1", "2", "3", "3", "2", "1", "4", "1", "2", ".", ".", "."],
        ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", ".", "3"],
        [".", "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", "."],
        ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", "."],
    ]
    ratings = [[None if value == "." else value for value in unit] for unit in zip(*data, strict=True)]

    assert calculate_alpha(ratings) == pytest.approx(0.743, abs=0.001)


def test_what_somebody_skipped_is_missing_and_not_a_no() -> None:
    figures = calculate_agreement([[True, True, None], [False, False, None], [True, None, None]])

    assert (figures.units, figures.percent, figures.kappa) == (2, 1.0, 1.0)


def test_without_differences_chance_corrected_figures_are_not_defined() -> None:
    figures = calculate_agreement(table(0, 0, 0, 8))

    assert (figures.percent, figures.kappa, figures.alpha, figures.ac1) == (1.0, None, None, 1.0)


def test_no_shared_unit_gives_no_figures() -> None:
    figures = calculate_agreement([[True, None]])

    assert (figures.units, figures.percent, figures.alpha, figures.ac1) == (0, None, None, None)
