"""Guess which of two voices says each piece of speech, from one microphone. Pure; never a fact, and often no guess.

A mixture of Gaussians is fitted to all speech, so that like sounds are compared with like; each voice is what its
pieces have in common that all speech has not, in the means of that mixture (Reynolds et al. 2000) and in pitch. Voices
and pieces are found alternately, as in a two-state hidden Markov model. Figures and limits are in
docs/decisions/0018-speakers.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from transcripts.speakers.voice_features import CEPSTRA, FloatArray, VoiceFeatures

if TYPE_CHECKING:
    from sklearn.mixture import GaussianMixture

COMPONENTS = 16  # Gaussians in the mixture
MAX_FIT_FRAMES = 8000
MIN_VARIANCE = 0.05  # of that of all speech: no Gaussian shrinks to a point
SEED = 5
PRIOR_FRAMES = 1.0  # independent frames that weigh as much as the prior that a voice is like all speech
INDEPENDENT_SHARE = 0.1  # ten frames in a row say as much as a single one
PITCH_WEIGHT = 4.0
PRIOR_PITCH_FRAMES = 5.0
STAY_PROBABILITY = 0.6  # that the next piece has the same voice
MIN_VOICE_SHARE = 0.05  # of the frames; less is not a second voice
MAX_ITERATIONS, START_DIRECTIONS = 20, 4
MIN_SEPARATION = 0.9  # from this separation on a guess is made; measured, see docs/decisions/0018-speakers.md
MAX_MIXTURE_ITERATIONS = 100
MIN_PIECES = 8
MIN_FRAMES = 1500  # half a minute of loud speech

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class VoiceGuess:
    is_second: BoolArray  # shape (pieces,)
    separation: float  # mean log-likelihood ratio per frame between the voices

    @property
    def is_sure(self) -> bool:
        return self.separation >= MIN_SEPARATION


@dataclass(frozen=True, slots=True)
class PieceStatistics:
    """How each piece differs from all speech, summed over its frames."""

    counts: FloatArray  # of frames near each Gaussian, shape (pieces, COMPONENTS)
    offsets: FloatArray  # from its mean, in its own deviations, shape (pieces, COMPONENTS × CEPSTRA)
    pitch_counts: FloatArray  # shape (pieces,)
    pitch_offsets: FloatArray

    @property
    def frames(self) -> FloatArray:
        frames: FloatArray = self.counts.sum(axis=1) + 1e-9
        return frames


def cluster_voices(pieces: Sequence[VoiceFeatures]) -> VoiceGuess | None:
    """`pieces`: in order, each of shape (frames, CEPSTRA + 1). None if there is too little speech."""
    if len(pieces) < MIN_PIECES or sum(map(len, pieces)) < MIN_FRAMES:
        return None
    summed = _collect_statistics(pieces)
    fits = [_fit_two_voices(summed, start) for start in _propose_starts(summed)]
    likeliest = max(fits, key=lambda fit: fit.likelihood)
    by_frame = np.abs(likeliest.fit_scores[:, 0] - likeliest.fit_scores[:, 1]) / INDEPENDENT_SHARE
    return VoiceGuess(likeliest.posteriors[:, 1] > 0.5, float(by_frame.sum() / summed.frames.sum()))


@dataclass(frozen=True, slots=True)
class _Clustering:
    posteriors: FloatArray  # of each voice in each piece, shape (pieces, 2)
    fit_scores: FloatArray  # how well each voice fits each piece, shape (pieces, 2)
    likelihood: float


def _collect_statistics(pieces: Sequence[VoiceFeatures]) -> PieceStatistics:
    frames = np.concatenate(pieces)
    cepstra = frames[:, :CEPSTRA]
    mean, deviation = cepstra.mean(axis=0), cepstra.std(axis=0) + 1e-6
    mixture = _fit_mixture((cepstra - mean) / deviation)
    near = [_sum_around_means(mixture, (piece[:, :CEPSTRA] - mean) / deviation) for piece in pieces]
    pitch = frames[:, CEPSTRA]
    usual, spread = _estimate_pitch_range(pitch[~np.isnan(pitch)])
    offsets = [np.clip((piece[:, CEPSTRA] - usual) / spread, -3, 3) for piece in pieces]
    return PieceStatistics(
        counts=np.array([counts for counts, _ in near]),
        offsets=np.array([offset for _, offset in near]),
        pitch_counts=np.array([float(np.sum(~np.isnan(offset))) for offset in offsets]),
        pitch_offsets=np.array([float(np.nansum(offset)) for offset in offsets]),
    )


def _fit_mixture(frames: FloatArray) -> "GaussianMixture":
    from sklearn.mixture import GaussianMixture

    draw = np.random.default_rng(SEED)
    drawn = frames[draw.choice(len(frames), min(len(frames), MAX_FIT_FRAMES), replace=False)]
    mixture = GaussianMixture(
        n_components=COMPONENTS,
        covariance_type="diag",
        reg_covar=MIN_VARIANCE,
        max_iter=MAX_MIXTURE_ITERATIONS,
        random_state=SEED,
    )
    return mixture.fit(drawn)


def _sum_around_means(mixture: "GaussianMixture", frames: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Per Gaussian: how many frames are near it, shape (COMPONENTS,), and their offsets from its mean, flattened."""
    shares = mixture.predict_proba(frames)
    counts = shares.sum(axis=0)
    offsets = (shares.T @ frames - counts[:, None] * mixture.means_) / np.sqrt(mixture.covariances_)
    return counts, offsets.ravel()


def _estimate_pitch_range(pitch: VoiceFeatures) -> tuple[float, float]:
    if not len(pitch):
        return 0.0, 1.0
    middle = float(np.median(pitch))
    return middle, 1.48 * float(np.median(np.abs(pitch - middle))) + 0.03


def _propose_starts(pieces: PieceStatistics) -> list[FloatArray]:
    """Starts along the main directions of difference, and by pitch: the second voice's shares, shape (pieces,) each."""
    per_frame = pieces.offsets / (np.repeat(pieces.counts, CEPSTRA, axis=1) + 8)
    centred = (per_frame - np.average(per_frame, axis=0, weights=pieces.frames)) * np.sqrt(pieces.frames)[:, None]
    directions = np.linalg.svd(centred, full_matrices=False)[0][:, :START_DIRECTIONS].T
    pitch = pieces.pitch_offsets / (pieces.pitch_counts + 3)
    sides = [*(direction > 0 for direction in directions), pitch > np.median(pitch)]
    return [np.where(side, 0.9, 0.1) for side in sides]


def _fit_two_voices(pieces: PieceStatistics, second_share: FloatArray) -> _Clustering:
    share = np.column_stack((1 - second_share, second_share))
    for _ in range(MAX_ITERATIONS):
        before = share
        fits = np.column_stack([_score_voice(pieces, share[:, voice]) for voice in range(2)])
        share, likelihood = _run_forward_backward(fits)
        if np.abs(share - before).max() < 1e-3:
            break
    spoken = float(share[:, 1] @ pieces.frames / pieces.frames.sum())
    return _Clustering(share, fits, likelihood if MIN_VOICE_SHARE <= spoken <= 1 - MIN_VOICE_SHARE else -np.inf)


def _score_voice(pieces: PieceStatistics, share: FloatArray) -> FloatArray:
    """Gain in log-likelihood per piece, shape (pieces,), if the voice with these shares of the pieces says it."""
    counts = np.repeat(share @ pieces.counts * INDEPENDENT_SHARE, CEPSTRA)
    mean = share @ pieces.offsets * INDEPENDENT_SHARE / (counts + PRIOR_FRAMES)
    squares = np.square(mean).reshape(-1, CEPSTRA).sum(axis=1)
    sounds = pieces.offsets @ mean - 0.5 * pieces.counts @ squares
    pitch = share @ pieces.pitch_offsets / (share @ pieces.pitch_counts + PRIOR_PITCH_FRAMES)
    tone = pieces.pitch_offsets * pitch - 0.5 * pieces.pitch_counts * pitch**2
    fit: FloatArray = INDEPENDENT_SHARE * (sounds + PITCH_WEIGHT * tone)
    return fit


def _run_forward_backward(fit_scores: FloatArray) -> tuple[FloatArray, float]:
    """Forward-backward over (pieces, 2): the posteriors, shape (pieces, 2), and the log-likelihood."""
    change = np.log(np.array([[STAY_PROBABILITY, 1 - STAY_PROBABILITY], [1 - STAY_PROBABILITY, STAY_PROBABILITY]]))
    forward, backward = fit_scores + np.log(0.5), np.zeros_like(fit_scores)
    for piece in range(1, len(fit_scores)):
        forward[piece] = fit_scores[piece] + np.logaddexp.reduce(forward[piece - 1][:, None] + change, axis=0)
    for piece in range(len(fit_scores) - 2, -1, -1):
        backward[piece] = np.logaddexp.reduce(change + fit_scores[piece + 1] + backward[piece + 1], axis=1)
    both = forward + backward
    share: FloatArray = np.exp(both - np.logaddexp.reduce(both, axis=1)[:, None])
    return share, float(np.logaddexp.reduce(forward[-1]))
