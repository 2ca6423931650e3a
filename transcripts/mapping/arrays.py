"""Array types and arithmetic of the mapping. No model and no text here."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def logsumexp(values: FloatArray, axis: int) -> FloatArray:
    top = np.max(values, axis=axis, keepdims=True)
    summed: FloatArray = np.log(np.sum(np.exp(values - top), axis=axis)) + np.squeeze(top, axis=axis)
    return summed


def double_centre(scores: FloatArray) -> FloatArray:
    """A question close to everything, or a sentence close to every question, says nothing. Shape (n, q) -> (n, q)."""
    rows = scores.mean(axis=1, keepdims=True)
    columns = scores.mean(axis=0, keepdims=True)
    centred: FloatArray = scores - rows - columns + scores.mean()
    return centred


def fit_ridge(examples: FloatArray, targets: FloatArray, sample_weights: FloatArray, ridge: float) -> FloatArray:
    """`examples`: (m, d), `targets`: (m, k), `sample_weights`: (m,). Returns shape (d, k)."""
    weighted = examples * sample_weights[:, None]
    penalised: FloatArray = examples.T @ weighted + ridge * np.eye(examples.shape[1])
    return np.asarray(np.linalg.solve(penalised, weighted.T @ targets), dtype=np.float64)
