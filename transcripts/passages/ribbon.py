"""An interview as a ribbon of questions over time, ten minutes per row. Pure: the page draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

ROW_SECONDS = 600.0  # longer rows make a ten-second passage narrower than a finger on a phone
HUE_COUNT, PATTERN_COUNT = 6, 4


@dataclass(frozen=True, slots=True)
class QuestionStay:
    id: UUID
    number: int | None  # the question's, from 1; None: outside the questions
    start_seconds: float
    end_seconds: float
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class RibbonStrip:
    """The part of a stay in one row; x and width in percent of the row."""

    id: UUID
    number: int | None
    is_accepted: bool
    x: float
    width: float

    @property
    def style(self) -> tuple[int, int] | None:
        return choose_style(self.number) if self.number else None


@dataclass(frozen=True, slots=True)
class RibbonRow:
    start_seconds: float
    end_seconds: float
    strips: tuple[RibbonStrip, ...]

    @property
    def question_numbers(self) -> list[int | None]:
        return [strip.number for strip in self.strips]


def choose_style(number: int) -> tuple[int, int]:
    """Colour and pattern: unique among 24 numbers, and neighbours never share a pattern."""
    turn, pattern = divmod(number - 1, PATTERN_COUNT)
    return (5 * turn + pattern) % HUE_COUNT, pattern


def build_rows(stays: Sequence[QuestionStay], duration_seconds: float) -> tuple[RibbonRow, ...]:
    end = max([duration_seconds, *(stay.end_seconds for stay in stays)])
    if end <= 0:
        return ()
    length = min(ROW_SECONDS, end)
    starts = [n * length for n in range(int(end // length) + (end % length > 0.5))]
    return tuple(RibbonRow(start, start + length, _cut_strips(stays, start, length)) for start in starts)


def build_row(stays: Sequence[QuestionStay], duration_seconds: float) -> RibbonRow:
    """The whole in one row."""
    end = max([duration_seconds, *(stay.end_seconds for stay in stays)])
    return RibbonRow(0.0, end, _cut_strips(stays, 0.0, end) if end > 0 else ())


def _cut_strips(stays: Sequence[QuestionStay], start: float, length: float) -> tuple[RibbonStrip, ...]:
    strips = []
    for stay in stays:
        left, right = max(stay.start_seconds, start), min(stay.end_seconds, start + length)
        if right > left:
            x, width = 100 * (left - start) / length, 100 * (right - left) / length
            strips.append(RibbonStrip(stay.id, stay.number, stay.is_accepted, round(x, 3), round(width, 3)))
    return tuple(strips)
