"""Guess which of two voices says each piece of speech, from one microphone. Pure; never a fact, and often nothing.

A mixture of Gaussians is fitted to all speech, so that like sounds are compared with like; each voice is what its
pieces have in common that all speech has not, in the means of that mixture (Reynolds et al. 2000) and in pitch. Voices
and pieces are found in turn, as in a two-state hidden Markov model. Figures and limits: docs/decisions/speakers.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transcripts.speakers.mixtures import Mixture, fitted
from transcripts.speakers.voice_features import CEPSTRA, Features, FloatArray

SOUNDS = 16  # Gaussians in the mixture
FITTED_FRAMES = 8000
SEED = 5
TRUST_FRAMES = 1.0  # so many independent frames weigh as much as the belief that a voice is like all speech
INDEPENDENT = 0.1  # frames follow each other so closely that ten tell as much as one alone
PITCH_WEIGHT = 4.0
TRUST_PITCH_FRAMES = 5.0
STAYS = 0.6  # how likely the next piece is the same voice's
LEAST_SHARE = 0.05  # of the frames; less is no second voice
ROUNDS, DIRECTIONS = 20, 4
SURE = 0.9  # from this separation on a guess is made; measured, see docs/decisions/speakers.md
LEAST_PIECES = 8
LEAST_FRAMES = 1500  # half a minute of loud speech

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Guess:
    is_second: BoolArray  # shape (pieces,)
    separation: float  # how far apart the voices are, against how far sounds of one voice are

    @property
    def is_sure(self) -> bool:
        return self.separation >= SURE


@dataclass(frozen=True, slots=True)
class Pieces:
    """What each piece has beside all speech, summed over its frames."""

    counts: FloatArray  # of frames near each Gaussian, shape (pieces, SOUNDS)
    offsets: FloatArray  # from its mean, in its own deviations, shape (pieces, SOUNDS × CEPSTRA)
    pitch_counts: FloatArray  # shape (pieces,)
    pitch_offsets: FloatArray

    @property
    def frames(self) -> FloatArray:
        frames: FloatArray = self.counts.sum(axis=1) + 1e-9
        return frames


def guess(pieces: Sequence[Features]) -> Guess | None:
    """`pieces`: features of each piece of speech, in order. None where there is too little of it."""
    if len(pieces) < LEAST_PIECES or sum(map(len, pieces)) < LEAST_FRAMES:
        return None
    summed = _summed(pieces)
    tried = [_settled(summed, start) for start in _starts(summed)]
    likeliest = max(tried, key=lambda settled: settled.likelihood)
    by_frame = np.abs(likeliest.fits[:, 0] - likeliest.fits[:, 1]) / INDEPENDENT
    return Guess(likeliest.share[:, 1] > 0.5, float(by_frame.sum() / summed.frames.sum()))


@dataclass(frozen=True, slots=True)
class _Settled:
    share: FloatArray  # of each voice in each piece, shape (pieces, 2)
    fits: FloatArray  # how well each voice fits each piece, shape (pieces, 2)
    likelihood: float


def _summed(pieces: Sequence[Features]) -> Pieces:
    frames = np.concatenate(pieces)
    cepstra = frames[:, :CEPSTRA]
    mean, deviation = cepstra.mean(axis=0), cepstra.std(axis=0) + 1e-6
    mixture = fitted((cepstra - mean) / deviation, SOUNDS, FITTED_FRAMES, SEED)
    near = [_near(mixture, (piece[:, :CEPSTRA] - mean) / deviation) for piece in pieces]
    pitch = frames[:, CEPSTRA]
    usual, spread = _middle(pitch[~np.isnan(pitch)])
    offsets = [np.clip((piece[:, CEPSTRA] - usual) / spread, -3, 3) for piece in pieces]
    return Pieces(
        counts=np.array([counts for counts, _ in near]),
        offsets=np.array([offset for _, offset in near]),
        pitch_counts=np.array([float(np.sum(~np.isnan(offset))) for offset in offsets]),
        pitch_offsets=np.array([float(np.nansum(offset)) for offset in offsets]),
    )


def _near(mixture: Mixture, frames: FloatArray) -> tuple[FloatArray, FloatArray]:
    shares = mixture.shares(frames)
    counts = shares.sum(axis=0)
    offsets = (shares.T @ frames - counts[:, None] * mixture.means) / np.sqrt(mixture.variances)
    return counts, offsets.ravel()


def _middle(pitch: Features) -> tuple[float, float]:
    if not len(pitch):
        return 0.0, 1.0
    middle = float(np.median(pitch))
    return middle, 1.48 * float(np.median(np.abs(pitch - middle))) + 0.03


def _starts(pieces: Pieces) -> list[FloatArray]:
    """Along the directions in which pieces differ most, and by pitch. Shape (pieces,) each: share of the second."""
    per_frame = pieces.offsets / (np.repeat(pieces.counts, CEPSTRA, axis=1) + 8)
    centred = (per_frame - np.average(per_frame, axis=0, weights=pieces.frames)) * np.sqrt(pieces.frames)[:, None]
    directions = np.linalg.svd(centred, full_matrices=False)[0][:, :DIRECTIONS].T
    pitch = pieces.pitch_offsets / (pieces.pitch_counts + 3)
    sides = [*(direction > 0 for direction in directions), pitch > np.median(pitch)]
    return [np.where(side, 0.9, 0.1) for side in sides]


def _settled(pieces: Pieces, second: FloatArray) -> _Settled:
    share = np.column_stack((1 - second, second))
    for _ in range(ROUNDS):
        before = share
        fits = np.column_stack([_fit(pieces, share[:, voice]) for voice in range(2)])
        share, likelihood = _smoothed(fits)
        if np.abs(share - before).max() < 1e-3:
            break
    spoken = float(share[:, 1] @ pieces.frames / pieces.frames.sum())
    return _Settled(share, fits, likelihood if LEAST_SHARE <= spoken <= 1 - LEAST_SHARE else -np.inf)


def _fit(pieces: Pieces, share: FloatArray) -> FloatArray:
    """The gain in log likelihood of each piece if the voice that has this share of the pieces says it."""
    counts = np.repeat(share @ pieces.counts * INDEPENDENT, CEPSTRA)
    mean = share @ pieces.offsets * INDEPENDENT / (counts + TRUST_FRAMES)
    squares = np.square(mean).reshape(-1, CEPSTRA).sum(axis=1)
    sounds = pieces.offsets @ mean - 0.5 * pieces.counts @ squares
    pitch = share @ pieces.pitch_offsets / (share @ pieces.pitch_counts + TRUST_PITCH_FRAMES)
    tone = pieces.pitch_offsets * pitch - 0.5 * pieces.pitch_counts * pitch**2
    fit: FloatArray = INDEPENDENT * (sounds + PITCH_WEIGHT * tone)
    return fit


def _smoothed(fits: FloatArray) -> tuple[FloatArray, float]:
    """Each voice's share of each piece when turns go on more often than they change (forward-backward)."""
    change = np.log(np.array([[STAYS, 1 - STAYS], [1 - STAYS, STAYS]]))
    forward, backward = fits + np.log(0.5), np.zeros_like(fits)
    for piece in range(1, len(fits)):
        forward[piece] = fits[piece] + np.logaddexp.reduce(forward[piece - 1][:, None] + change, axis=0)
    for piece in range(len(fits) - 2, -1, -1):
        backward[piece] = np.logaddexp.reduce(change + fits[piece + 1] + backward[piece + 1], axis=1)
    both = forward + backward
    share: FloatArray = np.exp(both - np.logaddexp.reduce(both, axis=1)[:, None])
    return share, float(np.logaddexp.reduce(forward[-1]))
