"""Where the parts of a plot are: bars of counts, as numbers for an SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

LABEL_WIDTH = 300
BAR_HEIGHT = 14
ROW_GAP = 12
PLOT_WIDTH = 800
COUNT_WIDTH = 40


@dataclass(frozen=True, slots=True)
class PlotBar:
    x: int
    y: int
    width: int
    group: int  # its index
    count: int


@dataclass(frozen=True, slots=True)
class PlotRow:
    label: str
    y: int  # the middle of the row
    bars: tuple[PlotBar, ...]


@dataclass(frozen=True, slots=True)
class BarPlot:
    width: int
    height: int
    rows: tuple[PlotRow, ...]


def lay_out_bars(rows: Sequence[tuple[str, Sequence[int]]]) -> BarPlot:
    """One row for each label, with one bar for each group below the other."""
    highest = max((count for _, counts in rows for count in counts), default=0)
    placed: list[PlotRow] = []
    top = 0
    for label, counts in rows:
        bars = tuple(
            PlotBar(LABEL_WIDTH, top + index * BAR_HEIGHT, _scale(count, highest), index, count)
            for index, count in enumerate(counts)
        )
        height = max(1, len(counts)) * BAR_HEIGHT
        placed.append(PlotRow(label, top + height // 2, bars))
        top += height + ROW_GAP
    return BarPlot(PLOT_WIDTH, max(top, 1), tuple(placed))


def _scale(count: int, highest: int) -> int:
    return round(count * (PLOT_WIDTH - LABEL_WIDTH - COUNT_WIDTH) / highest) if highest else 0
