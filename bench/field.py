"""Fit the weights of the mapping by maximum likelihood: the random field of transcripts/mapping/sequence.py, in torch.

Torch gives the gradients.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from transcripts.mapping.arrays import FloatArray
from transcripts.mapping.features import Features
from transcripts.mapping.scoring import STEPS, amounts, lies_behind, steps
from transcripts.mapping.waiting import NOBODY, Slots, into_slots, pairs, states

NEVER = -1e9
TOGETHER = 12  # lessons of about the same length are summed at once, padded to the longest
RATE = 0.15  # of Adam; steps of this size reach a plateau in about 40 rounds
PARTS = ("about", "asked", "opening", "outside", "leaving", "resuming", "returning")
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
    "marker.taken": 9.0,  # nine in ten are marked, anywhere in ten seconds; a slip comes once in two hours
    "marker.missing": -2.3,  # one in ten is not
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
    features: Mapping[str, Mapping[str, Tensor]]
    amount: Tensor  # (n,)
    truth: Tensor  # (n,): number of the question, or q for speech outside the schedule
    questions: int
    slots: Slots  # the markers that wait at each segment
    counts: float  # how much it counts beside others


def lesson(name: str, features: Features, seconds: FloatArray, truth: Sequence[int], *, counts: float = 1.0) -> Lesson:
    return Lesson(
        name=name,
        features={part: {k: _tensor(v) for k, v in getattr(features, part).items()} for part in PARTS},
        amount=_tensor(amounts(seconds)),
        truth=torch.tensor(list(truth)),
        questions=features.questions,
        slots=into_slots(features.waiting, len(truth)),
        counts=counts,
    )


def spreads(lessons: Sequence[Lesson]) -> dict[str, float]:
    """The usual size of each feature, so that each is fitted at about the same scale."""
    found: dict[str, list[float]] = {}
    for item in lessons:
        for part, features in item.features.items():
            for name, values in features.items():
                found.setdefault(f"{part}.{name}", []).append(float(values.square().mean().sqrt()))
    return {name: max(sum(sizes) / len(sizes), 1e-3) for name, sizes in found.items()}


def fit(lessons: Sequence[Lesson], *, rounds: int, pull: float) -> dict[str, float]:
    """Weights that make the labels most likely. `pull`: how much leaving the start costs, for each lesson."""
    sizes = spreads(lessons)
    first = {name: START.get(name, 0.0) for name in sizes} | START_OF_COURSE
    if any(item.slots.question.size for item in lessons):
        first |= START_OF_MARKERS
    scaled = {name: torch.tensor(value * sizes.get(name, 1.0), requires_grad=True) for name, value in first.items()}
    origin = {name: value.item() for name, value in scaled.items()}
    all_count = sum(item.counts for item in lessons)
    walk = torch.optim.Adam(list(scaled.values()), lr=RATE)
    for _ in range(rounds):
        walk.zero_grad()
        weights = {name: value / sizes.get(name, 1.0) for name, value in scaled.items()}
        loss = unlikelihood(lessons, weights)
        loss = loss + pull * all_count * sum(((scaled[n] - origin[n]).square() for n in scaled), torch.zeros(()))
        loss.backward()  # type: ignore[no-untyped-call]
        walk.step()
    return {name: value.item() / sizes.get(name, 1.0) for name, value in scaled.items()}


def unlikelihood(lessons: Sequence[Lesson], weights: Mapping[str, Tensor]) -> Tensor:
    """Minus the log-likelihood of the true labels, summed over lessons as much as each counts."""
    by_length = sorted(lessons, key=lambda item: len(item.truth))
    batches = [by_length[i : i + TOGETHER] for i in range(0, len(by_length), TOGETHER)]
    return torch.stack([_unlikelihood(batch, weights) for batch in batches]).sum()


def _unlikelihood(lessons: Sequence[Lesson], weights: Mapping[str, Tensor]) -> Tensor:
    batch = _batch(lessons, weights)
    free = batch["labels"]
    held = free + _only_truth(lessons, free.shape)
    doubled = {k: torch.cat([v, v]) for k, v in batch.items() if k != "labels"} | {"labels": torch.cat([held, free])}
    sums = _log_sums(doubled, [len(item.truth) for item in lessons] * 2)
    counts = torch.tensor([item.counts for item in lessons])
    return (counts * (sums[len(lessons) :] - sums[: len(lessons)])).sum()


def _tensor(values: FloatArray) -> Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float32)


def _only_truth(lessons: Sequence[Lesson], shape: Sequence[int]) -> Tensor:
    mask = torch.full(tuple(shape), NEVER)
    for row, item in enumerate(lessons):
        labels = torch.where(item.truth == item.questions, torch.tensor(shape[2] - 1), item.truth)
        mask[row, torch.arange(len(labels)), labels] = 0.0
    return mask


def _weighted(item: Lesson, part: str, weights: Mapping[str, Tensor], shape: Sequence[int]) -> Tensor:
    total = torch.zeros(tuple(shape))
    for name, values in item.features[part].items():
        total = total + weights[f"{part}.{name}"] * values
    return total


def _batch(lessons: Sequence[Lesson], weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    longest = max(len(item.truth) for item in lessons)
    most = max(item.questions for item in lessons)
    slots = max(item.slots.question.shape[1] for item in lessons)
    found: dict[str, list[Tensor]] = {}
    for item in lessons:
        for name, values in _padded(_potentials(item, weights), longest, most, slots).items():
            found.setdefault(name, []).append(values)
    return {name: torch.stack(values) for name, values in found.items()}


def _potentials(item: Lesson, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    n, q = len(item.truth), item.questions
    pull = torch.stack([weights[f"prog.{step}"] for step in STEPS])[torch.tensor(steps(q))]
    behind = torch.tensor(lies_behind(q))
    own = torch.arange(q)[None, :] == torch.arange(q + 1)[:, None] - 1
    digression = torch.where(behind, weights["dig.back"], weights["dig.ahead"]) - np.log(q)
    return {
        "about": _weighted(item, "about", weights, (n, q)) * item.amount[:, None],
        "outside": _weighted(item, "outside", weights, (n,)) * item.amount,
        "opening": _weighted(item, "asked", weights, (n, q)) + _weighted(item, "opening", weights, (n,))[:, None],
        "leaving": _weighted(item, "leaving", weights, (n,)),
        "resuming": _weighted(item, "resuming", weights, (n,)),
        "returning": _weighted(item, "returning", weights, (n,)),
        "progress": torch.stack([torch.log_softmax(pull, dim=1), torch.full((q + 1, q), -float(np.log(q)))]),
        "digression": torch.stack([torch.where(own, torch.tensor(NEVER), digression), torch.full((q + 1, q), NEVER)]),
        "behind": behind.float(),
        "courses": torch.stack([torch.zeros(()), weights["free"]]),
        "after_outside": weights["after_outside"],
        "unmarked": weights.get("marker.missing", torch.zeros(())),
        "taken": _tensor(item.slots.fit) + weights.get("marker.taken", torch.zeros(())),
        "whose": torch.tensor(item.slots.question),
        "begins": torch.tensor(item.slots.begins),
        "ends": torch.tensor(item.slots.ends),
    }


def _padded(potentials: dict[str, Tensor], longest: int, most: int, slots: int) -> dict[str, Tensor]:
    n, q = potentials["about"].shape
    rows, columns = longest - n, most - q
    found = dict(potentials)
    about = pad(found.pop("about"), (0, columns), value=NEVER)
    found["labels"] = pad(torch.cat([about, found.pop("outside")[:, None]], dim=1), (0, 0, 0, rows))
    found["opening"] = pad(found["opening"], (0, columns, 0, rows))
    for name in ("leaving", "resuming", "returning"):
        found[name] = pad(found[name], (0, rows))
    for name in ("progress", "digression"):
        found[name] = pad(found[name], (0, columns, 0, columns), value=NEVER)
    found["behind"] = pad(found["behind"], (0, columns, 0, columns))
    for name, value in (("taken", 0.0), ("whose", NOBODY), ("begins", False), ("ends", False)):
        found[name] = pad(found[name], (0, slots - found[name].shape[1], 0, rows), value=value)
    return found


def _log_sums(batch: dict[str, Tensor], lengths: Sequence[int]) -> Tensor:
    """Log of the sum over all labellings, one for each interview. Shape (b,)."""
    q, slots = batch["opening"].shape[2], batch["whose"].shape[2]
    reached = torch.arange(q)
    place = torch.zeros(q + 1, q, dtype=torch.bool)
    place[reached + 1, reached] = True
    state = torch.full((len(lengths), states(slots), 2, q + 1, q + 1), NEVER)  # (b, waiting, c, reached, label)
    state[:, 0, :, 0, q] = 0.0
    state = state + batch["courses"][:, None, :, None, None]
    ends: list[Tensor | None] = [None] * len(lengths)
    for i in range(max(lengths)):
        state = _onward(batch, _settled(batch, state, i), i, place) + batch["labels"][:, i, None, None, None, :]
        for row, length in enumerate(lengths):
            if length == i + 1:
                ends[row] = torch.logsumexp(state[row].reshape(-1), 0)
    return torch.stack([end for end in ends if end is not None])


def _settled(batch: dict[str, Tensor], state: Tensor, i: int) -> Tensor:
    """Like waiting.settled, for interviews whose markers begin and end at different segments."""
    never = torch.tensor(NEVER)
    slots = batch["whose"].shape[2]
    for slot in range(slots):
        begins, ends = (batch[name][:, i, slot, None, None, None, None] for name in ("begins", "ends"))
        if not (begins.any() or ends.any()):
            continue
        waiting, free = (torch.tensor(numbers) for numbers in pairs(slot, slots))
        waits, waits_not = state[:, waiting], state[:, free]
        waits_not = torch.where(ends, torch.logaddexp(waits_not, waits), waits_not)
        waits = torch.where(ends, never, waits)
        state = state.clone()
        state[:, waiting] = torch.where(begins, waits_not, waits)
        state[:, free] = torch.where(begins, never, waits_not)
    return state


def _onward(batch: dict[str, Tensor], state: Tensor, i: int, place: Tensor) -> Tensor:
    q = place.shape[1]
    outside, inside = state[..., q], torch.logsumexp(state[..., :q], -1)
    leavers = torch.logaddexp(inside, outside + batch["after_outside"][:, None, None, None])[..., None]
    opening = batch["opening"][:, i]
    back = (batch["behind"] * batch["returning"][:, i, None, None])[:, None, None]
    taken_up = leavers + batch["digression"][:, None] + opening[:, None, None, None, :] + back
    worked = torch.logsumexp(leavers + batch["progress"][:, None], -2) + opening[:, None, None, :]
    resumed = outside[..., 1:] + batch["resuming"][:, i, None, None, None]
    arrived = torch.logaddexp(worked, resumed)[..., None, :].expand_as(taken_up)
    entered = torch.logaddexp(taken_up, torch.where(place, arrived, torch.tensor(NEVER)))
    inside_after = torch.logaddexp(state[..., :q], entered + batch["unmarked"][:, None, None, None, None])
    inside_after = _with_markers(batch, inside_after, entered, i)
    left = torch.logaddexp(outside, inside + batch["leaving"][:, i, None, None, None])
    return torch.cat([inside_after, left[..., None]], -1)


def _with_markers(batch: dict[str, Tensor], after: Tensor, entered: Tensor, i: int) -> Tensor:
    slots = batch["whose"].shape[2]
    for slot in range(slots):
        whose = batch["whose"][:, i, slot]
        if (whose == NOBODY).all():
            continue
        own = (whose[:, None] == torch.arange(after.shape[-1])[None, :])[:, None, None, None, :]
        waiting, used = (torch.tensor(numbers) for numbers in pairs(slot, slots))
        taken = entered[:, waiting] + batch["taken"][:, i, slot, None, None, None, None]
        after = after.clone()
        after[:, used] = torch.where(own, torch.logaddexp(after[:, used], taken), after[:, used])
    return after
