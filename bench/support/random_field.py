"""Fit the weights of the mapping by maximum likelihood: the random field of transcripts/mapping/sequence.py, in torch.

Torch gives the gradients. Sums are of probabilities here, not of their logarithms as where interviews are mapped:
each step is scaled by its largest value, which is five times as fast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from transcripts.mapping.arrays import FloatArray, IntArray
from transcripts.mapping.features import Features
from transcripts.mapping.marker_states import NO_MARKER, MarkerSlots, assign_slots, count_states, pair_states
from transcripts.mapping.scoring import STEP_NAMES, classify_steps, compute_segment_weights, lies_behind

NEVER = -1e9
TINY = 1e-290  # no sum of probabilities is smaller, so that each has a logarithm
BATCH_SIZE = 64  # lessons of about the same length are summed at once, padded to the longest
LEARNING_RATE = 0.15  # of Adam; steps of this size reach a plateau in about 40 rounds
PARTS_BY_QUESTION = ("about", "asked")
PARTS = (*PARTS_BY_QUESTION, "opening", "outside", "leaving", "resuming", "returning")
START_WEIGHTS = {
    "opening.always": -4.0,
    "opening.asks": 2.0,
    "leaving.always": -4.0,
    "resuming.always": -2.0,
    "outside.always": -0.5,
    "outside.start": 1.0,
    "outside.end": 1.0,
    "about.window": 10.0,
    "asked.by interviewer": 15.0,
}
START_MARKER_WEIGHTS = {
    "marker.taken": 8.6,  # in lessons six in ten are marked, anywhere in ten seconds; a slip comes once in two hours
    "marker.missing": -0.9,  # four in ten are not
}
START_FLOW_WEIGHTS = {
    "after_outside": 1.0,
    "dig.back": -4.0,
    "dig.ahead": -4.0,
    "free": -1.5,
    **dict(zip((f"prog.{step}" for step in STEP_NAMES), (-0.5, -1.5, -3.0, -3.0, -3.0, -3.5, -2.0), strict=True)),
}


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


def measure_spreads(lessons: Sequence[TrainingExample]) -> dict[str, float]:
    """The usual size of each feature, so that each is fitted at about the same scale."""
    found: dict[str, list[float]] = {}
    for item in lessons:
        for part, features in item.features.items():
            for name, values in features.items():
                found.setdefault(f"{part}.{name}", []).append(float(np.sqrt(np.mean(np.square(values)))))
    return {name: max(sum(sizes) / len(sizes), 1e-3) for name, sizes in found.items()}


def fit(examples: Sequence[TrainingExample], *, rounds: int, regularisation: float) -> dict[str, float]:
    """Weights that make the labels most likely. `pull`: how much leaving the start costs, for each lesson."""
    torch.set_flush_denormal(True)  # a hundred times slower otherwise: most labellings are all but impossible
    sizes = measure_spreads(examples)
    first = {name: START_WEIGHTS.get(name, 0.0) for name in sizes} | START_FLOW_WEIGHTS
    if any(item.slots.question_index.size for item in examples):
        first |= START_MARKER_WEIGHTS
    scaled = {name: _to_tensor(value * sizes.get(name, 1.0)).requires_grad_() for name, value in first.items()}
    origin = {name: value.item() for name, value in scaled.items()}
    all_count = sum(item.weight for item in examples)
    batches = split_into_batches(examples)
    walk = torch.optim.Adam(list(scaled.values()), lr=LEARNING_RATE)
    for _ in range(rounds):
        walk.zero_grad()
        for batch in batches:
            weights = {name: value / sizes.get(name, 1.0) for name, value in scaled.items()}
            negative_log_likelihood(batch, weights).backward()  # type: ignore[no-untyped-call]
        away = torch.stack([(scaled[name] - origin[name]).square() for name in scaled]).sum()
        (regularisation * all_count * away).backward()  # type: ignore[no-untyped-call]
        walk.step()
    return {name: value.item() / sizes.get(name, 1.0) for name, value in scaled.items()}


def split_into_batches(lessons: Sequence[TrainingExample]) -> list["TrainingBatch"]:
    by_length = sorted(lessons, key=lambda item: len(item.truth))
    return [TrainingBatch(by_length[i : i + BATCH_SIZE]) for i in range(0, len(by_length), BATCH_SIZE)]


def negative_log_likelihood(batch: "TrainingBatch", weights: Mapping[str, Tensor]) -> Tensor:
    """Minus the log-likelihood of the true labels, summed over lessons as much as each counts."""
    scores = batch.scores(weights)
    labels = scores.pop("labels")
    doubled = {name: torch.cat([values, values]) for name, values in scores.items()}
    doubled["labels"] = torch.cat([labels + batch.only_truth, labels])
    held, free = _sum_log_paths(doubled, batch.lengths * 2).chunk(2)
    return (batch.counts * (free - held)).sum()


class TrainingBatch:
    """Lessons side by side, padded to the longest and to the most questions. b lessons, n segments, q questions."""

    def __init__(self, lessons: Sequence[TrainingExample]) -> None:
        self.lengths = [len(item.truth) for item in lessons]
        self.shape = (len(lessons), max(self.lengths), max(item.questions for item in lessons))
        self.counts = _to_tensor([item.weight for item in lessons])
        self.names = {part: sorted({name for item in lessons for name in item.features[part]}) for part in PARTS}
        self.features = {part: self._stack_features(part, lessons) for part in PARTS}
        self.amount = self._pad([_to_tensor(item.amount) for item in lessons])
        self.questions = _to_tensor([item.questions for item in lessons])[:, None, None]
        self.only_truth = self._mask_all_but_truth(lessons)
        self._add_positions(lessons)
        self._add_markers(lessons)

    def scores(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What scoring.weigh gives, for all lessons. First axis: the lesson."""
        part = {name: self._weigh_part(name, weights) for name in PARTS}
        about = torch.where(self.is_question, part["about"] * self.amount[..., None], _to_tensor(NEVER))
        step = torch.stack([weights[f"prog.{name}"] for name in STEP_NAMES])[self.steps]
        step = torch.log_softmax(torch.where(self.is_place, step, _to_tensor(NEVER)), dim=-1)
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

    def _stack_features(self, part: str, lessons: Sequence[TrainingExample]) -> Tensor:
        """One part's features, the last axis by name; 0 where a lesson lacks one."""
        shape = self.shape if part in PARTS_BY_QUESTION else self.shape[:2]
        found = torch.zeros((*shape, len(self.names[part])), dtype=torch.float64)
        for row, item in enumerate(lessons):
            for name, values in item.features[part].items():
                own = found[row, ..., self.names[part].index(name)]
                own[tuple(slice(size) for size in values.shape)] = _to_tensor(values)
        return found

    def _pad(self, rows: Sequence[Tensor], value: float = 0) -> Tensor:
        return torch.stack(
            [pad(row, (0, 0) * (row.dim() - 1) + (0, self.shape[1] - len(row)), value=value) for row in rows]
        )

    def _mask_all_but_truth(self, lessons: Sequence[TrainingExample]) -> Tensor:
        """0 at the true label of each segment, and impossible elsewhere. Shape (b, n, q + 1)."""
        b, n, q = self.shape
        found = torch.full((b, n, q + 1), NEVER, dtype=torch.float64)
        for row, item in enumerate(lessons):
            labels = torch.tensor(np.where(item.truth == item.questions, q, item.truth))
            found[row, torch.arange(len(labels)), labels] = 0.0
        return found

    def _add_positions(self, lessons: Sequence[TrainingExample]) -> None:
        """How far the schedule has been worked through (none yet, or a question), and what is next: (b, q + 1, q)."""
        b, _, q = self.shape
        self.is_question = (torch.arange(q) < self.questions[:, 0])[:, None, :]
        self.is_place = torch.zeros((b, q + 1, q), dtype=torch.bool)
        self.steps = torch.zeros((b, q + 1, q), dtype=torch.int64)
        self.behind = torch.zeros((b, q + 1, q), dtype=torch.float64)
        self.own = torch.arange(q)[None, :] == torch.arange(q + 1)[:, None] - 1
        for row, item in enumerate(lessons):
            place = (row, slice(item.questions + 1), slice(item.questions))
            self.is_place[place] = True
            self.steps[place] = torch.tensor(classify_steps(item.questions))
            self.behind[place] = _to_tensor(lies_behind(item.questions))

    def _add_markers(self, lessons: Sequence[TrainingExample]) -> None:
        """The slots of waiting.py, as many as the lesson with the most has. Each (b, n, slots)."""
        most = max(item.slots.question_index.shape[1] for item in lessons)

        def wide(values: Sequence[Tensor], value: float) -> Tensor:
            return self._pad([pad(one, (0, most - one.shape[1]), value=value) for one in values], value)

        self.fit = wide([_to_tensor(item.slots.log_fit) for item in lessons], 0.0)
        self.whose = wide([torch.tensor(item.slots.question_index) for item in lessons], NO_MARKER)
        self.begins = wide([torch.tensor(item.slots.is_starting) for item in lessons], False)
        self.ends = wide([torch.tensor(item.slots.is_ending) for item in lessons], False)


def _to_tensor(values: Any) -> Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float64)


@dataclass(frozen=True)
class Factors:
    """The scores as factors of probabilities, by segment where they change with it. w: markers waiting, c: course,
    r: how far the schedule has been worked through, l: label."""

    labels: Sequence[Tensor]  # of each segment: (b, 1, 1, 1, l)
    opening: Sequence[Tensor]  # (b, 1, 1, l)
    leaving: Sequence[Tensor]  # (b, 1, 1, 1)
    resuming: Sequence[Tensor]  # (b, 1, 1, 1)
    returning: Sequence[Tensor]  # (b, 1, 1, 1)
    taken: Sequence[Tensor]  # (b, slots)
    progress: Tensor  # (b, c, r, l)
    digression: Tensor  # (b, c, r, l)
    behind: Tensor  # (b, 1, r, l)
    after_outside: Tensor  # (b, 1, 1, 1)
    unmarked: Tensor  # (b, 1, 1, 1, 1)


def _make_factors(batch: Mapping[str, Tensor], labels: Tensor) -> Factors:
    def by_segment(name: str, axes: str) -> Sequence[Tensor]:
        return batch[name].exp().reshape(*batch[name].shape[:2], *(1 for _ in axes)).unbind(1)

    return Factors(
        labels=labels[:, :, None, None, None, :].unbind(1),
        opening=batch["opening"].exp()[:, :, None, None, :].unbind(1),
        leaving=by_segment("leaving", "wcr"),
        resuming=by_segment("resuming", "wcr"),
        returning=by_segment("returning", "crl"),
        taken=batch["taken"].exp().unbind(1),
        progress=batch["progress"].exp(),
        digression=batch["digression"].exp(),
        behind=batch["behind"][:, None],
        after_outside=batch["after_outside"].exp()[:, None, None, None],
        unmarked=batch["unmarked"].exp()[:, None, None, None, None],
    )


def _sum_log_paths(batch: Mapping[str, Tensor], lengths: Sequence[int]) -> Tensor:
    """Log of the sum over all labellings, one for each interview. Shape (b,)."""
    q, slots = batch["opening"].shape[2], batch["whose"].shape[2]
    ends = torch.tensor(lengths)
    top = batch["labels"].amax(-1)
    is_said = torch.arange(top.shape[1]) < ends[:, None]
    chances = _make_factors(batch, (batch["labels"] - top[..., None]).exp())
    log_scale = (top * is_said).sum(1)
    state = torch.zeros((len(lengths), count_states(slots), 2, q + 1, q + 1), dtype=top.dtype)  # (b, w, c, r, l)
    state[:, 0, :, 0, q] = batch["courses"].exp()
    sums = torch.zeros(len(lengths), dtype=top.dtype)
    for i in range(max(lengths)):
        state = _forward_step(batch, chances, _settle(batch, state, i), i) * chances.labels[i]
        size = state.detach().amax((1, 2, 3, 4)).clamp(min=TINY)
        state = state / size[:, None, None, None, None]
        log_scale = log_scale + size.log() * is_said[:, i]
        sums = torch.where(ends == i + 1, state.sum((1, 2, 3, 4)), sums)
    return sums.clamp(min=TINY).log() + log_scale


def _settle(batch: Mapping[str, Tensor], state: Tensor, i: int) -> Tensor:
    """Like waiting.settled, for interviews whose markers begin and end at different segments."""
    slots = batch["whose"].shape[2]
    for slot in range(slots):
        begins, ends = (batch[name][:, i, slot, None, None, None, None] for name in ("begins", "ends"))
        if not (begins.any() or ends.any()):
            continue
        waiting, free = (torch.tensor(numbers) for numbers in pair_states(slot, slots))
        waits, waits_not = state[:, waiting], state[:, free]
        waits_not = waits_not + waits * ends
        waits = waits * ~ends
        state = state.clone()
        state[:, waiting] = torch.where(begins, waits_not, waits)
        state[:, free] = waits_not * ~begins
    return state


def _forward_step(batch: Mapping[str, Tensor], chances: Factors, state: Tensor, i: int) -> Tensor:
    q = state.shape[-1] - 1
    place = torch.eye(q + 1, dtype=state.dtype)[:, 1:]  # having reached a question, that question is talked of
    outside, inside = state[..., q], state[..., :q].sum(-1)
    leavers = inside + outside * chances.after_outside
    taken_up = chances.digression * (1 + chances.behind * (chances.returning[i] - 1)) * chances.opening[i]
    worked = torch.einsum("bwcr,bcrl->bwcl", leavers, chances.progress) * chances.opening[i]
    arrived = worked + outside[..., 1:] * chances.resuming[i]
    entered = leavers[..., None] * taken_up[:, None] + arrived[..., None, :] * place
    after = _take_markers(batch, chances, state[..., :q] + entered * chances.unmarked, entered, i)
    left = outside + inside * chances.leaving[i]
    return torch.cat([after, left[..., None]], -1)


def _take_markers(batch: Mapping[str, Tensor], chances: Factors, after: Tensor, entered: Tensor, i: int) -> Tensor:
    slots = batch["whose"].shape[2]
    for slot in range(slots):
        whose = batch["whose"][:, i, slot]
        if (whose == NO_MARKER).all():
            continue
        own = (whose[:, None] == torch.arange(after.shape[-1])[None, :])[:, None, None, None, :]
        waiting, used = (torch.tensor(numbers) for numbers in pair_states(slot, slots))
        taken = entered[:, waiting] * chances.taken[i][:, slot, None, None, None, None]
        after = after.clone()
        after[:, used] = after[:, used] + taken * own
    return after
