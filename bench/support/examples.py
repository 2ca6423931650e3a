"""Training examples for the mapping: each labelled interview with the inputs an operator may have."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.support.labelled_interviews import (
    MISSED_SHARE,
    LabelledInterview,
    LabelledMaterial,
    list_other_interviews,
    make_markers,
    remove_speakers,
    shuffle_questions,
)
from transcripts.mapping.feature_weights import WeightSet
from transcripts.mapping.interview_mapper import MappingInput

OTHER, LONGER = "other calls", "longer calls"
MISSED_SHARE_IN_TRAINING = 0.4  # share of missing markers in training; corrected for in the weights
MARKER_SEEDS = (1, 10, 11, 12, 13)  # with few interviews, one draw of markers says little


@dataclass(frozen=True)
class Example:
    """One interview in one setting, with what the mapping is given."""

    name: str
    labelled: LabelledInterview
    mapping_input: MappingInput
    is_reported: bool
    is_for_training: bool


def make_example(
    item: LabelledInterview,
    material: LabelledMaterial,
    *,
    parts: Sequence[str],
    seed: int = 0,
    missed: float = MISSED_SHARE,
    is_reported: bool = True,
    is_for_training: bool = True,
) -> Example:
    mapping_input = MappingInput(
        segments=item.segments,
        schedule=item.schedule,
        written=item.written if "written" in parts else (),
        reviewed=tuple(list_other_interviews(item, material)) if "reviewed" in parts else (),
        markers=make_markers(item, seed, missed=missed) if "markers" in parts else (),
        language="en",
    )
    return Example(item.name, item, mapping_input, is_reported, is_for_training)


def make_examples(name: WeightSet, material: LabelledMaterial) -> list[Example]:
    invented, real, meetings = (material.list_kind(kind) for kind in ("invented", "real", "meeting"))
    interviews = [*invented, *real, *material.list_kind(OTHER), *material.list_kind(LONGER)]
    mute = [remove_speakers(item) for item in interviews if item.segments[0].speaker]
    if name is WeightSet.MEETING:
        return [make_example(item, material, parts=()) for item in meetings] + [
            make_example(shuffle_questions(item, 0), material, parts=(), is_reported=False) for item in meetings
        ]
    if name is WeightSet.COLD:
        return [make_example(item, material, parts=()) for item in interviews] + [
            make_example(item, material, parts=(), is_reported=False) for item in mute
        ]
    if name is WeightSet.WRITTEN:
        return [make_example(item, material, parts=["written"]) for item in interviews] + [
            make_example(item, material, parts=["written"], is_reported=False) for item in mute
        ]
    if name is WeightSet.REVIEWED:
        return (
            [make_example(item, material, parts=["reviewed"]) for item in interviews]
            + [make_example(item, material, parts=["reviewed"], is_reported=False) for item in mute]
            + [make_example(item, material, parts=["reviewed", "written"], is_reported=False) for item in invented]
        )
    return make_marked_examples([*invented, *real], interviews, mute, material)


def make_marked_examples(
    twice: Sequence[LabelledInterview],
    interviews: Sequence[LabelledInterview],
    mute: Sequence[LabelledInterview],
    material: LabelledMaterial,
) -> list[Example]:
    """Training examples have more missing markers: those are the ones to learn from."""

    def make_training(item: LabelledInterview, seed: int, parts: Sequence[str] = ("markers",)) -> Example:
        return make_example(item, material, parts=parts, seed=seed, missed=MISSED_SHARE_IN_TRAINING, is_reported=False)

    return (
        [make_training(item, 0) for item in interviews]
        + [make_training(item, 1) for item in twice]
        + [make_training(item, 2) for item in mute if item.kind not in (OTHER, LONGER)]
        + [make_training(item, 3, ("markers", "reviewed")) for item in twice]
        + [make_example(item, material, parts=["markers"], seed=0, is_for_training=False) for item in interviews]
        + [
            make_example(item, material, parts=["markers"], seed=seed, is_for_training=False)
            for item in twice
            for seed in MARKER_SEEDS
        ]
    )
