"""Training examples side by side as padded tensors, and their scores. The field itself: random_field.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from transcripts.mapping.arrays import FloatArray, IntArray
from transcripts.mapping.features import Features
from transcripts.mapping.marker_states import NO_MARKER, MarkerSlots, assign_slots
from transcripts.mapping.scoring import STEP_NAMES, classify_steps, compute_segment_weights, is_behind

NEVER = -1e9
PARTS_BY_QUESTION = ("about", "asked")
PARTS = (*PARTS_BY_QUESTION, "opening", "outside", "leaving", "resuming", "returning")


@dataclass(frozen=True)
class TrainingExample:
    """One labelled interview as the field sees it."""

    name: str
    features: Mapping[str, Mapping[str, FloatArray]]
    amount: FloatArray  # (n,)
    truth: IntArray  # (n,): number of the question, or q for speech outside the schedule
    questions: int
    slots: MarkerSlots  # the markers that wait at each segment
    weight: float = 1.0  # how much it counts beside others


def make_training_example(name: str, features: Features, seconds: FloatArray, truth: Sequence[int]) -> TrainingExample:
    return TrainingExample(
        name=name,
        features={part: dict(getattr(features, part)) for part in PARTS},
        amount=compute_segment_weights(seconds),
        truth=np.array(truth, dtype=np.int64),
        questions=features.question_count,
        slots=assign_slots(features.pending_markers, len(truth)),
    )


class TrainingBatch:
    """Lessons side by side, padded to the longest and to the most questions. b examples, n segments, q questions."""

    def __init__(self, examples: Sequence[TrainingExample]) -> None:
        self.lengths = [len(item.truth) for item in examples]
        self.shape = (len(examples), max(self.lengths), max(item.questions for item in examples))
        self.counts = to_tensor([item.weight for item in examples])
        self.names = {part: sorted({name for item in examples for name in item.features[part]}) for part in PARTS}
        self.features = {part: self._stack_features(part, examples) for part in PARTS}
        self.amount = self._pad([to_tensor(item.amount) for item in examples])
        self.questions = to_tensor([item.questions for item in examples])[:, None, None]
        self.only_truth = self._mask_all_but_truth(examples)
        self._add_positions(examples)
        self._add_markers(examples)

    def scores(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Like scoring.compute_scores, for all examples. First axis: the example."""
        part = {name: self._weigh_part(name, weights) for name in PARTS}
        about = torch.where(self.is_question, part["about"] * self.amount[..., None], to_tensor(NEVER))
        step = torch.stack([weights[f"prog.{name}"] for name in STEP_NAMES])[self.steps]
        step = torch.log_softmax(torch.where(self.is_place, step, to_tensor(NEVER)), dim=-1)
        uniform = -torch.log(self.questions)
        digression = torch.where(self.behind > 0, weights["dig.back"], weights["dig.ahead"]) + uniform
        never = torch.full_like(step, NEVER)
        nothing = torch.zeros((), dtype=step.dtype)
        return {
            "labels": torch.cat([about, (part["outside"] * self.amount)[..., None]], dim=-1),
            "opening": part["asked"] + part["opening"][..., None],
            "leaving": part["leaving"],
            "resuming": part["resuming"],
            "returning": part["returning"],
            "progress": torch.stack([torch.where(self.is_place, values, never) for values in (step, uniform)], 1),
            "digression": torch.stack([torch.where(self.is_place & ~self.own, digression, never), never], 1),
            "behind": self.behind,
            "courses": torch.stack([nothing, weights["free"]]).expand(self.shape[0], 2),
            "after_outside": weights["after_outside"].expand(self.shape[0]),
            "unmarked": weights.get("marker.missing", nothing).expand(self.shape[0]),
            "taken": self.fit + weights.get("marker.taken", nothing),
            "whose": self.whose,
            "begins": self.begins,
            "ends": self.ends,
        }

    def _weigh_part(self, part: str, weights: Mapping[str, Tensor]) -> Tensor:
        values = self.features[part]
        if not self.names[part]:
            return torch.zeros(values.shape[:-1], dtype=values.dtype)
        return values @ torch.stack([weights[f"{part}.{name}"] for name in self.names[part]])

    def _stack_features(self, part: str, examples: Sequence[TrainingExample]) -> Tensor:
        """One part's features, the last axis by name; 0 where a example lacks one."""
        shape = self.shape if part in PARTS_BY_QUESTION else self.shape[:2]
        found = torch.zeros((*shape, len(self.names[part])), dtype=torch.float64)
        for row, item in enumerate(examples):
            for name, values in item.features[part].items():
                own = found[row, ..., self.names[part].index(name)]
                own[tuple(slice(size) for size in values.shape)] = to_tensor(values)
        return found

    def _pad(self, rows: Sequence[Tensor], value: float = 0) -> Tensor:
        return torch.stack(
            [pad(row, (0, 0) * (row.dim() - 1) + (0, self.shape[1] - len(row)), value=value) for row in rows]
        )

    def _mask_all_but_truth(self, examples: Sequence[TrainingExample]) -> Tensor:
        """0 at the true label of each segment, and impossible elsewhere. Shape (b, n, q + 1)."""
        b, n, q = self.shape
        found = torch.full((b, n, q + 1), NEVER, dtype=torch.float64)
        for row, item in enumerate(examples):
            labels = torch.tensor(np.where(item.truth == item.questions, q, item.truth))
            found[row, torch.arange(len(labels)), labels] = 0.0
        return found

    def _add_positions(self, examples: Sequence[TrainingExample]) -> None:
        """How far the schedule has been worked through (none yet, or a question), and what is next: (b, q + 1, q)."""
        b, _, q = self.shape
        self.is_question = (torch.arange(q) < self.questions[:, 0])[:, None, :]
        self.is_place = torch.zeros((b, q + 1, q), dtype=torch.bool)
        self.steps = torch.zeros((b, q + 1, q), dtype=torch.int64)
        self.behind = torch.zeros((b, q + 1, q), dtype=torch.float64)
        self.own = torch.arange(q)[None, :] == torch.arange(q + 1)[:, None] - 1
        for row, item in enumerate(examples):
            cells = (row, slice(item.questions + 1), slice(item.questions))
            self.is_place[cells] = True
            self.steps[cells] = torch.tensor(classify_steps(item.questions))
            self.behind[cells] = to_tensor(is_behind(item.questions))

    def _add_markers(self, examples: Sequence[TrainingExample]) -> None:
        """The slots of marker_states.py, as many as the example with the most has. Each (b, n, slots)."""
        most = max(item.slots.question_index.shape[1] for item in examples)

        def wide(values: Sequence[Tensor], value: float) -> Tensor:
            return self._pad([pad(one, (0, most - one.shape[1]), value=value) for one in values], value)

        self.fit = wide([to_tensor(item.slots.log_fit) for item in examples], 0.0)
        self.whose = wide([torch.tensor(item.slots.question_index) for item in examples], NO_MARKER)
        self.begins = wide([torch.tensor(item.slots.is_starting) for item in examples], False)
        self.ends = wide([torch.tensor(item.slots.is_ending) for item in examples], False)


def to_tensor(values: Any) -> Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float64)
