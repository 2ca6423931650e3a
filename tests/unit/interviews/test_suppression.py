"""Figures of the equality form: nothing under five can be calculated from a page, nor from two pages."""

from collections import defaultdict
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from interviews.equality.equality_questions import QUESTIONS
from interviews.equality.suppression import (
    MIN_SHOWN_COUNT,
    ROUNDING_STEP,
    calculate_min_total,
    suppress_count,
    suppress_counts,
)

Table = dict[str, dict[str, int]]  # question, answer, people; who did not say is in none
COUNTS = st.integers(0, 40)
TABLES = st.fixed_dictionaries(
    {question.key: st.fixed_dictionaries({key: COUNTS for key, _ in question.answers}) for question in QUESTIONS}
)


def page_of(table: Table) -> dict[str, dict[str, int | None]]:
    """All that a reader sees."""
    return {question: suppress_counts(counts) for question, counts in table.items()}


def with_count(table: Table, question: str, answer: str, count: int) -> Table:
    return {**table, question: {**table[question], answer: count}}


@given(TABLES)
def test_no_number_under_five_is_shown(table: Table) -> None:
    shown = [count for counts in page_of(table).values() for count in counts.values()]

    assert all(count is None or count >= MIN_SHOWN_COUNT for count in shown)


@given(TABLES)
def test_no_group_is_shown_larger_than_it_is(table: Table) -> None:
    page = page_of(table)

    pairs = [(page[question][answer], table[question][answer]) for question in table for answer in table[question]]
    assert all((shown or 0) <= count < (shown or 0) + ROUNDING_STEP for shown, count in pairs)


@given(TABLES)
def test_each_hidden_count_may_be_anything_under_five(table: Table) -> None:
    """Even for a reader who knows how we hide, and that each form has a place in every question: who left a question
    open is shown nowhere, so that the other tables may be of as many forms as they need."""
    page = page_of(table)
    hidden = [(question, answer) for question in page for answer in page[question] if page[question][answer] is None]

    others = [with_count(table, *cell, count) for cell in hidden for count in range(MIN_SHOWN_COUNT)]

    assert all(page_of(other) == page for other in others)


def test_every_small_page_leaves_every_hidden_count_open() -> None:
    """All tables of two questions with two answers and up to seven people each, looked at from the page."""
    behind: defaultdict[str, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(8), repeat=4):
        table = {"one": dict(zip("ab", counts[:2], strict=True)), "two": dict(zip("cd", counts[2:], strict=True))}
        behind[repr(page_of(table))].append(counts)

    for page, tables in behind.items():
        possible = [set(column) for column in zip(*tables, strict=True)]
        assert all(set(range(MIN_SHOWN_COUNT)) <= counts for counts in possible if min(counts) < MIN_SHOWN_COUNT), page


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_a_figure_changes_by_five_or_not_at_all(answers: list[str]) -> None:
    pages = [suppress_counts({key: answers[:n].count(key) for key in "abc"}) for n in range(len(answers) + 1)]

    changes = [(after[key] or 0) - (before[key] or 0) for before, after in pairwise(pages) for key in "abc"]
    assert set(changes) <= {0, ROUNDING_STEP}


@given(st.dictionaries(st.text(max_size=3), COUNTS))
def test_the_least_total_says_no_more_than_the_figures(counts: dict[str, int]) -> None:
    shown = suppress_counts(counts)

    assert calculate_min_total(shown) == sum(count for count in shown.values() if count is not None)


def test_four_are_hidden_and_five_are_shown() -> None:
    assert [suppress_count(count) for count in (0, 4, 5, 9, 10)] == [None, None, 5, 5, 10]
