"""A mixture of Gaussians, fitted by expectation and maximisation. Knows nothing of sound."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ROUNDS = 12
LEAST_VARIANCE = 0.05  # of that of all values: no Gaussian shrinks to a point


@dataclass(frozen=True, slots=True)
class Mixture:
    means: FloatArray  # shape (gaussians, width)
    variances: FloatArray
    weights: FloatArray  # shape (gaussians,)

    def shares(self, values: FloatArray) -> FloatArray:
        """How likely each value comes from each Gaussian. `values`: shape (n, width). Returns shape (n, gaussians)."""
        precision = 1 / self.variances
        squares = np.square(values) @ precision.T - 2 * values @ (self.means * precision).T
        constant = np.log(self.weights) - 0.5 * (
            np.log(2 * np.pi * self.variances).sum(axis=1) + (np.square(self.means) * precision).sum(axis=1)
        )
        likelihood = constant - 0.5 * squares
        shares: FloatArray = np.exp(likelihood - np.logaddexp.reduce(likelihood, axis=1)[:, None])
        return shares


def fitted(values: FloatArray, gaussians: int, most_values: int, seed: int) -> Mixture:
    """Of at most so many values, drawn by the seed: the same values always give the same mixture."""
    draw = np.random.default_rng(seed)
    drawn = values[draw.choice(len(values), min(len(values), most_values), replace=False)]
    floor = drawn.var(axis=0) * LEAST_VARIANCE + 1e-9
    means = drawn[draw.choice(len(drawn), gaussians, replace=False)]
    mixture = Mixture(means, np.tile(drawn.var(axis=0) + 1e-9, (gaussians, 1)), np.full(gaussians, 1 / gaussians))
    for _ in range(ROUNDS):
        shares = mixture.shares(drawn)
        counts = shares.sum(axis=0) + 1e-6
        means = shares.T @ drawn / counts[:, None]
        spread = shares.T @ np.square(drawn) / counts[:, None] - np.square(means)
        mixture = Mixture(means, np.maximum(spread, floor), counts / counts.sum())
    return mixture
