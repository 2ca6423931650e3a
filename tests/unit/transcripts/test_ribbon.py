"""The ribbon of questions over time."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.passages import ribbon
from transcripts.passages.ribbon import PATTERN_COUNT, ROW_SECONDS, QuestionStay


def stay(number: int | None, start: float, end: float) -> QuestionStay:
    return QuestionStay(uuid4(), number, start, end, is_accepted=False)


def test_a_stay_that_goes_over_the_end_of_a_row_goes_on_in_the_next() -> None:
    one, other = stay(1, 0, 540), stay(None, 540, 900)

    first, second = ribbon.build_rows([one, other], 900)

    assert [(strip.number, strip.x, strip.width) for strip in first.strips] == [(1, 0, 90), (None, 90, 10)]
    assert [(strip.id, strip.x, strip.width) for strip in second.strips] == [(other.id, 0, 50)]
    assert (first.question_numbers, second.question_numbers) == ([1, None], [None])


def test_a_short_interview_fills_its_only_row() -> None:
    (row,) = ribbon.build_rows([stay(2, 0, 15), stay(3, 15, 60)], 60)

    assert (row.start_seconds, row.end_seconds) == (0, 60)
    assert [(strip.x, strip.width) for strip in row.strips] == [(0, 25), (25, 75)]


def test_without_sound_there_is_no_ribbon() -> None:
    assert ribbon.build_rows([], 0) == ()


@given(st.lists(st.floats(0.5, 4000), min_size=1, max_size=40))
def test_every_stay_has_its_share_of_the_rows(lengths: list[float]) -> None:
    stays, at = [], 0.0
    for number, length in enumerate(lengths, start=1):
        stays.append(stay(number, at, at + length))
        at += length

    shares: dict[UUID, float] = {}
    for row in ribbon.build_rows(stays, at):
        for strip in row.strips:
            seconds = strip.width / 100 * (row.end_seconds - row.start_seconds)
            shares[strip.id] = shares.get(strip.id, 0.0) + seconds
            assert 0 <= strip.x <= strip.x + strip.width <= 100.01

    for one in stays[:-1]:
        assert shares[one.id] == pytest.approx(one.end_seconds - one.start_seconds, abs=ROW_SECONDS / 1000)


def test_no_two_of_24_questions_look_alike_and_no_neighbours_have_one_pattern() -> None:
    looks = [ribbon.choose_style(number) for number in range(1, 25)]

    assert len(set(looks)) == 24
    assert [pattern for _, pattern in looks[:PATTERN_COUNT]] == list(range(PATTERN_COUNT))
