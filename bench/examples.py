"""What the weights of the mapping are fitted to: each labelled interview in the ways an operator may have it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.labelled import MISSED, Labelled, Material, markers_for, others, shuffled, without_speakers
from transcripts.mapping.interviews import MappingInput
from transcripts.mapping.weights import WeightSet

OTHER, LONGER = "other calls", "longer calls"
MISSED_IN_LESSONS = 0.4  # the share of markers that are missing where they teach; made up for in the weights
MORE_MARKERS = (1, 10, 11, 12, 13)  # seeds: with few interviews, one draw of markers tells little


@dataclass(frozen=True)
class Example:
    """One interview in one setting, with what the mapping is given."""

    name: str
    labelled: Labelled
    given: MappingInput
    is_reported: bool
    teaches: bool


def example(
    item: Labelled,
    material: Material,
    *,
    parts: Sequence[str],
    seed: int = 0,
    missed: float = MISSED,
    is_reported: bool = True,
    teaches: bool = True,
) -> Example:
    given = MappingInput(
        segments=item.segments,
        schedule=item.schedule,
        written=item.written if "written" in parts else (),
        reviewed=tuple(others(item, material)) if "reviewed" in parts else (),
        markers=markers_for(item, seed, missed=missed) if "markers" in parts else (),
        language="en",
    )
    return Example(item.name, item, given, is_reported, teaches)


def examples(name: WeightSet, material: Material) -> list[Example]:
    invented, real, meetings = (material.of_kind(kind) for kind in ("invented", "real", "meeting"))
    interviews = [*invented, *real, *material.of_kind(OTHER), *material.of_kind(LONGER)]
    mute = [without_speakers(item) for item in interviews if item.segments[0].speaker]
    if name is WeightSet.MEETING:
        return [example(item, material, parts=()) for item in meetings] + [
            example(shuffled(item, 0), material, parts=(), is_reported=False) for item in meetings
        ]
    if name is WeightSet.COLD:
        return [example(item, material, parts=()) for item in interviews] + [
            example(item, material, parts=(), is_reported=False) for item in mute
        ]
    if name is WeightSet.WRITTEN:
        return [example(item, material, parts=["written"]) for item in interviews] + [
            example(item, material, parts=["written"], is_reported=False) for item in mute
        ]
    if name is WeightSet.REVIEWED:
        return (
            [example(item, material, parts=["reviewed"]) for item in interviews]
            + [example(item, material, parts=["reviewed"], is_reported=False) for item in mute]
            + [example(item, material, parts=["reviewed", "written"], is_reported=False) for item in invented]
        )
    return marked_examples([*invented, *real], interviews, mute, material)


def marked_examples(
    twice: Sequence[Labelled], interviews: Sequence[Labelled], mute: Sequence[Labelled], material: Material
) -> list[Example]:
    """More markers are missing in those that teach: that is where there is something to learn."""

    def taught(item: Labelled, seed: int, parts: Sequence[str] = ("markers",)) -> Example:
        return example(item, material, parts=parts, seed=seed, missed=MISSED_IN_LESSONS, is_reported=False)

    return (
        [taught(item, 0) for item in interviews]
        + [taught(item, 1) for item in twice]
        + [taught(item, 2) for item in mute if item.kind not in (OTHER, LONGER)]
        + [taught(item, 3, ("markers", "reviewed")) for item in twice]
        + [example(item, material, parts=["markers"], seed=0, teaches=False) for item in interviews]
        + [
            example(item, material, parts=["markers"], seed=seed, teaches=False)
            for item in twice
            for seed in MORE_MARKERS
        ]
    )
