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
from transcripts.mapping.scoring import STEPS, amounts, lies_behind, steps
from transcripts.mapping.waiting import NOBODY, Slots, into_slots, pairs, states

NEVER = -1e9
NOTHING = 1e-290  # no sum of probabilities is smaller, so that each has a logarithm
TOGETHER = 64  # lessons of about the same length are summed at once, padded to the longest
RATE = 0.15  # of Adam; steps of this size reach a plateau in about 40 rounds
BY_QUESTION = ("about", "asked")
PARTS = (*BY_QUESTION, "opening", "outside", "leaving", "resuming", "returning")
START = {
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
START_OF_MARKERS = {
    "marker.taken": 8.6,  # in lessons six in ten are marked, anywhere in ten seconds; a slip comes once in two hours
    "marker.missing": -0.9,  # four in ten are not
}
START_OF_COURSE = {
    "after_outside": 1.0,
    "dig.back": -4.0,
    "dig.ahead": -4.0,
    "free": -1.5,
    **dict(zip((f"prog.{step}" for step in STEPS), (-0.5, -1.5, -3.0, -3.0, -3.0, -3.5, -2.0), strict=True)),
}


@dataclass(frozen=True)
class Lesson:
    """One labelled interview as the field sees it."""

    name: str
    features: Mapping[str, Mapping[str, FloatArray]]
    amount: FloatArray  # (n,)
    truth: IntArray  # (n,): number of the question, or q for speech outside the schedule
    questions: int
    slots: Slots  # the markers that wait at each segment
    counts: float = 1.0  # how much it counts beside others


def lesson(name: str, features: Features, seconds: FloatArray, truth: Sequence[int]) -> Lesson:
    return Lesson(
        name=name,
        features={part: dict(getattr(features, part)) for part in PARTS},
        amount=amounts(seconds),
        truth=np.array(truth, dtype=np.int64),
        questions=features.questions,
        slots=into_slots(features.waiting, len(truth)),
    )


def spreads(lessons: Sequence[Lesson]) -> dict[str, float]:
    """The usual size of each feature, so that each is fitted at about the same scale."""
    found: dict[str, list[float]] = {}
    for item in lessons:
        for part, features in item.features.items():
            for name, values in features.items():
                found.setdefault(f"{part}.{name}", []).append(float(np.sqrt(np.mean(np.square(values)))))
    return {name: max(sum(sizes) / len(sizes), 1e-3) for name, sizes in found.items()}


def fit(lessons: Sequence[Lesson], *, rounds: int, pull: float) -> dict[str, float]:
    """Weights that make the labels most likely. `pull`: how much leaving the start costs, for each lesson."""
    torch.set_flush_denormal(True)  # a hundred times slower otherwise: most labellings are all but impossible
    sizes = spreads(lessons)
    first = {name: START.get(name, 0.0) for name in sizes} | START_OF_COURSE
    if any(item.slots.question.size for item in lessons):
        first |= START_OF_MARKERS
    scaled = {name: _tensor(value * sizes.get(name, 1.0)).requires_grad_() for name, value in first.items()}
    origin = {name: value.item() for name, value in scaled.items()}
    all_count = sum(item.counts for item in lessons)
    batches = in_batches(lessons)
    walk = torch.optim.Adam(list(scaled.values()), lr=RATE)
    for _ in range(rounds):
        walk.zero_grad()
        for batch in batches:
            weights = {name: value / sizes.get(name, 1.0) for name, value in scaled.items()}
            unlikelihood(batch, weights).backward()  # type: ignore[no-untyped-call]
        away = torch.stack([(scaled[name] - origin[name]).square() for name in scaled]).sum()
        (pull * all_count * away).backward()  # type: ignore[no-untyped-call]
        walk.step()
    return {name: value.item() / sizes.get(name, 1.0) for name, value in scaled.items()}


def in_batches(lessons: Sequence[Lesson]) -> list["Batch"]:
    by_length = sorted(lessons, key=lambda item: len(item.truth))
    return [Batch(by_length[i : i + TOGETHER]) for i in range(0, len(by_length), TOGETHER)]


def unlikelihood(batch: "Batch", weights: Mapping[str, Tensor]) -> Tensor:
    """Minus the log-likelihood of the true labels, summed over lessons as much as each counts."""
    scores = batch.scores(weights)
    labels = scores.pop("labels")
    doubled = {name: torch.cat([values, values]) for name, values in scores.items()}
    doubled["labels"] = torch.cat([labels + batch.only_truth, labels])
    held, free = _log_sums(doubled, batch.lengths * 2).chunk(2)
    return (batch.counts * (free - held)).sum()


class Batch:
    """Lessons side by side, padded to the longest and to the most questions. b lessons, n segments, q questions."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self.lengths = [len(item.truth) for item in lessons]
        self.shape = (len(lessons), max(self.lengths), max(item.questions for item in lessons))
        self.counts = _tensor([item.counts for item in lessons])
        self.names = {part: sorted({name for item in lessons for name in item.features[part]}) for part in PARTS}
        self.features = {part: self._features(part, lessons) for part in PARTS}
        self.amount = self._padded([_tensor(item.amount) for item in lessons])
        self.questions = _tensor([item.questions for item in lessons])[:, None, None]
        self.only_truth = self._only_truth(lessons)
        self._add_places(lessons)
        self._add_markers(lessons)

    def scores(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What scoring.weigh gives, for all lessons. First axis: the lesson."""
        part = {name: self._weighted(name, weights) for name in PARTS}
        about = torch.where(self.is_question, part["about"] * self.amount[..., None], _tensor(NEVER))
        step = torch.stack([weights[f"prog.{name}"] for name in STEPS])[self.steps]
        step = torch.log_softmax(torch.where(self.is_place, step, _tensor(NEVER)), dim=-1)
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

    def _weighted(self, part: str, weights: Mapping[str, Tensor]) -> Tensor:
        values = self.features[part]
        if not self.names[part]:
            return torch.zeros(values.shape[:-1], dtype=values.dtype)
        return values @ torch.stack([weights[f"{part}.{name}"] for name in self.names[part]])

    def _features(self, part: str, lessons: Sequence[Lesson]) -> Tensor:
        """One part's features, the last axis by name; 0 where a lesson lacks one."""
        shape = self.shape if part in BY_QUESTION else self.shape[:2]
        found = torch.zeros((*shape, len(self.names[part])), dtype=torch.float64)
        for row, item in enumerate(lessons):
            for name, values in item.features[part].items():
                own = found[row, ..., self.names[part].index(name)]
                own[tuple(slice(size) for size in values.shape)] = _tensor(values)
        return found

    def _padded(self, rows: Sequence[Tensor], value: float = 0) -> Tensor:
        return torch.stack(
            [pad(row, (0, 0) * (row.dim() - 1) + (0, self.shape[1] - len(row)), value=value) for row in rows]
        )

    def _only_truth(self, lessons: Sequence[Lesson]) -> Tensor:
        """0 at the true label of each segment, and impossible elsewhere. Shape (b, n, q + 1)."""
        b, n, q = self.shape
        found = torch.full((b, n, q + 1), NEVER, dtype=torch.float64)
        for row, item in enumerate(lessons):
            labels = torch.tensor(np.where(item.truth == item.questions, q, item.truth))
            found[row, torch.arange(len(labels)), labels] = 0.0
        return found

    def _add_places(self, lessons: Sequence[Lesson]) -> None:
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
            self.steps[place] = torch.tensor(steps(item.questions))
            self.behind[place] = _tensor(lies_behind(item.questions))

    def _add_markers(self, lessons: Sequence[Lesson]) -> None:
        """The slots of waiting.py, as many as the lesson with the most has. Each (b, n, slots)."""
        most = max(item.slots.question.shape[1] for item in lessons)

        def wide(values: Sequence[Tensor], value: float) -> Tensor:
            return self._padded([pad(one, (0, most - one.shape[1]), value=value) for one in values], value)

        self.fit = wide([_tensor(item.slots.fit) for item in lessons], 0.0)
        self.whose = wide([torch.tensor(item.slots.question) for item in lessons], NOBODY)
        self.begins = wide([torch.tensor(item.slots.begins) for item in lessons], False)
        self.ends = wide([torch.tensor(item.slots.ends) for item in lessons], False)


def _tensor(values: Any) -> Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float64)


@dataclass(frozen=True)
class Chances:
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


def _chances(batch: Mapping[str, Tensor], labels: Tensor) -> Chances:
    def by_segment(name: str, axes: str) -> Sequence[Tensor]:
        return batch[name].exp().reshape(*batch[name].shape[:2], *(1 for _ in axes)).unbind(1)

    return Chances(
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


def _log_sums(batch: Mapping[str, Tensor], lengths: Sequence[int]) -> Tensor:
    """Log of the sum over all labellings, one for each interview. Shape (b,)."""
    q, slots = batch["opening"].shape[2], batch["whose"].shape[2]
    ends = torch.tensor(lengths)
    top = batch["labels"].amax(-1)
    is_said = torch.arange(top.shape[1]) < ends[:, None]
    chances = _chances(batch, (batch["labels"] - top[..., None]).exp())
    log_scale = (top * is_said).sum(1)
    state = torch.zeros((len(lengths), states(slots), 2, q + 1, q + 1), dtype=top.dtype)  # (b, w, c, r, l)
    state[:, 0, :, 0, q] = batch["courses"].exp()
    sums = torch.zeros(len(lengths), dtype=top.dtype)
    for i in range(max(lengths)):
        state = _onward(batch, chances, _settled(batch, state, i), i) * chances.labels[i]
        size = state.detach().amax((1, 2, 3, 4)).clamp(min=NOTHING)
        state = state / size[:, None, None, None, None]
        log_scale = log_scale + size.log() * is_said[:, i]
        sums = torch.where(ends == i + 1, state.sum((1, 2, 3, 4)), sums)
    return sums.clamp(min=NOTHING).log() + log_scale


def _settled(batch: Mapping[str, Tensor], state: Tensor, i: int) -> Tensor:
    """Like waiting.settled, for interviews whose markers begin and end at different segments."""
    slots = batch["whose"].shape[2]
    for slot in range(slots):
        begins, ends = (batch[name][:, i, slot, None, None, None, None] for name in ("begins", "ends"))
        if not (begins.any() or ends.any()):
            continue
        waiting, free = (torch.tensor(numbers) for numbers in pairs(slot, slots))
        waits, waits_not = state[:, waiting], state[:, free]
        waits_not = waits_not + waits * ends
        waits = waits * ~ends
        state = state.clone()
        state[:, waiting] = torch.where(begins, waits_not, waits)
        state[:, free] = waits_not * ~begins
    return state


def _onward(batch: Mapping[str, Tensor], chances: Chances, state: Tensor, i: int) -> Tensor:
    q = state.shape[-1] - 1
    place = torch.eye(q + 1, dtype=state.dtype)[:, 1:]  # having reached a question, that question is talked of
    outside, inside = state[..., q], state[..., :q].sum(-1)
    leavers = inside + outside * chances.after_outside
    taken_up = chances.digression * (1 + chances.behind * (chances.returning[i] - 1)) * chances.opening[i]
    worked = torch.einsum("bwcr,bcrl->bwcl", leavers, chances.progress) * chances.opening[i]
    arrived = worked + outside[..., 1:] * chances.resuming[i]
    entered = leavers[..., None] * taken_up[:, None] + arrived[..., None, :] * place
    after = _with_markers(batch, chances, state[..., :q] + entered * chances.unmarked, entered, i)
    left = outside + inside * chances.leaving[i]
    return torch.cat([after, left[..., None]], -1)


def _with_markers(batch: Mapping[str, Tensor], chances: Chances, after: Tensor, entered: Tensor, i: int) -> Tensor:
    slots = batch["whose"].shape[2]
    for slot in range(slots):
        whose = batch["whose"][:, i, slot]
        if (whose == NOBODY).all():
            continue
        own = (whose[:, None] == torch.arange(after.shape[-1])[None, :])[:, None, None, None, :]
        waiting, used = (torch.tensor(numbers) for numbers in pairs(slot, slots))
        taken = entered[:, waiting] * chances.taken[i][:, slot, None, None, None, None]
        after = after.clone()
        after[:, used] = after[:, used] + taken * own
    return after
