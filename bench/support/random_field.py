"""Fit the weights of the mapping by maximum likelihood: the random field of transcripts/mapping/sequence.py, in torch.

Torch gives the gradients. Sums are of probabilities here, not of their logarithms as where interviews are mapped:
each step is scaled by its largest value, which is five times as fast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bench.support.random_field_batch import TrainingBatch, TrainingExample, to_tensor
from transcripts.mapping.marker_states import NO_MARKER, count_states, pair_states
from transcripts.mapping.scoring import STEP_NAMES

TINY = 1e-290  # no sum of probabilities is smaller, so that each has a logarithm
BATCH_SIZE = 64  # examples of about the same length are summed at once, padded to the longest
LEARNING_RATE = 0.15  # of Adam; steps of this size reach a plateau in about 40 rounds
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
    "marker.taken": 8.6,  # in examples six in ten are marked, anywhere in ten seconds; a slip comes once in two hours
    "marker.missing": -0.9,  # four in ten are not
}
START_FLOW_WEIGHTS = {
    "after_outside": 1.0,
    "dig.back": -4.0,
    "dig.ahead": -4.0,
    "free": -1.5,
    **dict(zip((f"prog.{step}" for step in STEP_NAMES), (-0.5, -1.5, -3.0, -3.0, -3.0, -3.5, -2.0), strict=True)),
}


def measure_spreads(examples: Sequence[TrainingExample]) -> dict[str, float]:
    """The usual size of each feature, so that each is fitted at about the same scale."""
    found: dict[str, list[float]] = {}
    for item in examples:
        for part, features in item.features.items():
            for name, values in features.items():
                found.setdefault(f"{part}.{name}", []).append(float(np.sqrt(np.mean(np.square(values)))))
    return {name: max(sum(sizes) / len(sizes), 1e-3) for name, sizes in found.items()}


def fit(examples: Sequence[TrainingExample], *, rounds: int, regularisation: float) -> dict[str, float]:
    """Weights that make the labels most likely. `regularisation`: the cost of leaving the start, per example."""
    torch.set_flush_denormal(True)  # a hundred times slower otherwise: most labellings are all but impossible
    sizes = measure_spreads(examples)
    first = {name: START_WEIGHTS.get(name, 0.0) for name in sizes} | START_FLOW_WEIGHTS
    if any(item.slots.question_index.size for item in examples):
        first |= START_MARKER_WEIGHTS
    scaled = {name: to_tensor(value * sizes.get(name, 1.0)).requires_grad_() for name, value in first.items()}
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


def split_into_batches(examples: Sequence[TrainingExample]) -> list["TrainingBatch"]:
    by_length = sorted(examples, key=lambda item: len(item.truth))
    return [TrainingBatch(by_length[i : i + BATCH_SIZE]) for i in range(0, len(by_length), BATCH_SIZE)]


def negative_log_likelihood(batch: "TrainingBatch", weights: Mapping[str, Tensor]) -> Tensor:
    """Minus the log-likelihood of the true labels, summed over examples as much as each counts."""
    scores = batch.scores(weights)
    labels = scores.pop("labels")
    doubled = {name: torch.cat([values, values]) for name, values in scores.items()}
    doubled["labels"] = torch.cat([labels + batch.only_truth, labels])
    true_path, all_paths = _sum_log_paths(doubled, batch.lengths * 2).chunk(2)
    return (batch.counts * (all_paths - true_path)).sum()


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
    """Like marker_states.apply_slot_changes, for interviews whose markers begin and end at different segments."""
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
    reached = torch.eye(q + 1, dtype=state.dtype)[:, 1:]  # having reached a question, that question is talked of
    outside, inside = state[..., q], state[..., :q].sum(-1)
    leavers = inside + outside * chances.after_outside
    taken_up = chances.digression * (1 + chances.behind * (chances.returning[i] - 1)) * chances.opening[i]
    worked = torch.einsum("bwcr,bcrl->bwcl", leavers, chances.progress) * chances.opening[i]
    arrived = worked + outside[..., 1:] * chances.resuming[i]
    entered = leavers[..., None] * taken_up[:, None] + arrived[..., None, :] * reached
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
