"""Which sound tracks of a file are heard: all that say something that no other does. Pure; standard library only.

A screen recorder may save each microphone, and a mix of them as well; a film saves the same sound for two players. What
a mix or a copy already has is not heard twice.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import mul

SURVEY_RATE = 4000  # of the sound that tracks are compared by: mono, in hertz
FRAME_SAMPLES = 80  # 20 ms
EXCERPT_SAMPLES = 240  # 60 ms of one track are searched in another,
REACH_SAMPLES = 320  # up to 80 ms earlier or later: encoders delay
MIN_EXCERPT_STEP = 4000  # an excerpt each second, fewer in long recordings
MAX_EXCERPTS = 1000
MAX_COMPARED_EXCERPTS = 24
QUIETEST_DB = -90.0
MIN_LIVE_DB = -60.0  # a track that never gets louder has no voice
MIN_COPY_DB = -9.0  # a copy may be softer than its source; a microphone hears somebody else's voice softer than this
MIN_CORRELATION = 0.7  # of an excerpt that is in both
MIN_COPY_SHARE = 0.7  # of excerpts; the others have somebody else's voice as well
MAX_MISSING_SHARE = 0.03  # of frames in which the other track has far less


class TrackSurvey:
    """The levels and some excerpts of one track."""

    def __init__(self) -> None:
        self.levels: list[float] = []  # decibels for each frame
        self._excerpts: dict[int, array[float]] = {}  # by their first sample, with their reach on both sides
        self._step, self._rest, self._first = MIN_EXCERPT_STEP, array("f"), 0

    def add(self, sound: bytes) -> None:
        """`sound`: float32, mono, SURVEY_RATE."""
        self._rest.frombytes(sound)
        while len(self._rest) >= MIN_EXCERPT_STEP:
            self._survey_piece(self._rest[:MIN_EXCERPT_STEP])
            del self._rest[:MIN_EXCERPT_STEP]

    def finish(self) -> None:
        self._survey_piece(self._rest)
        self._rest = array("f")

    def get_excerpt(self, first: int) -> "array[float] | None":
        return self._excerpts.get(first)

    def list_excerpts(self) -> list[int]:
        """Those in which somebody talks."""
        floor = find_speech_floor(self.levels)
        middles = ((first, (first + REACH_SAMPLES) // FRAME_SAMPLES) for first in self._excerpts)
        active = [first for first, frame in middles if self.levels[frame] > floor]
        return active[:: math.ceil(len(active) / MAX_COMPARED_EXCERPTS) or 1]

    def _survey_piece(self, piece: "array[float]") -> None:
        whole = len(piece) - len(piece) % FRAME_SAMPLES
        self.levels += [_measure_level(piece[at : at + FRAME_SAMPLES]) for at in range(0, whole, FRAME_SAMPLES)]
        if self._first % self._step == 0 and len(piece) >= EXCERPT_SAMPLES + 2 * REACH_SAMPLES:
            self._excerpts[self._first] = piece[: EXCERPT_SAMPLES + 2 * REACH_SAMPLES]
        self._first += len(piece)
        if len(self._excerpts) > MAX_EXCERPTS:
            self._step *= 2
            self._excerpts = {at: excerpt for at, excerpt in self._excerpts.items() if at % self._step == 0}


def choose_tracks(tracks: Sequence[TrackSurvey]) -> list[int]:
    """Their numbers, in order; one at least."""
    live = [number for number, track in enumerate(tracks) if find_percentile(track.levels, 0.995) >= MIN_LIVE_DB]
    kept = list(live)
    for number in reversed(live):
        if any(is_contained(tracks[number], tracks[other]) for other in kept if other != number):
            kept.remove(number)
    return kept or [0]


def is_contained(part: TrackSurvey, whole: TrackSurvey) -> bool:
    """Whether `whole` has everything that is said in `part`."""
    if _compute_missing_share(part, whole, MIN_COPY_DB) > MAX_MISSING_SHARE:
        return False  # by far the quicker test
    excerpts = part.list_excerpts()
    gains = [gain for first in excerpts if (gain := _find_gain(part, whole, first)) is not None]
    if not gains or len(gains) < MIN_COPY_SHARE * len(excerpts):
        return False
    usual = find_percentile(gains, 0.5)
    return usual >= MIN_COPY_DB and _compute_missing_share(part, whole, usual) <= MAX_MISSING_SHARE


def _find_gain(part: TrackSurvey, whole: TrackSurvey, first: int) -> float | None:
    """How much louder, in decibels, `whole` has an excerpt of `part`; None: it does not have it."""
    searched, sought = whole.get_excerpt(first), part.get_excerpt(first)
    if searched is None or sought is None:
        return None
    sought = sought[REACH_SAMPLES : REACH_SAMPLES + EXCERPT_SAMPLES]
    power, powers = sum(map(mul, sought, sought)), [0.0, *accumulate(map(mul, searched, searched))]
    best, gain = 0.0, 0.0
    for lag in range(2 * REACH_SAMPLES):
        product = abs(sum(map(mul, sought, searched[lag : lag + EXCERPT_SAMPLES])))
        scale = math.sqrt(power * max(0.0, powers[lag + EXCERPT_SAMPLES] - powers[lag]))
        if scale and product / scale > best:
            best, gain = product / scale, product / power
    return 20 * math.log10(gain) if best >= MIN_CORRELATION else None


def _compute_missing_share(part: TrackSurvey, whole: TrackSurvey, gain: float) -> float:
    floor = find_speech_floor(part.levels)
    active = [frame for frame, level in enumerate(part.levels) if level > floor]
    missing = sum(_find_loudest_near(whole.levels, frame) < part.levels[frame] + gain + MIN_COPY_DB for frame in active)
    return missing / max(1, len(active))


def _find_loudest_near(levels: Sequence[float], frame: int) -> float:
    reach = REACH_SAMPLES // FRAME_SAMPLES
    return max(levels[max(0, frame - reach) : frame + reach + 1], default=QUIETEST_DB)


def find_speech_floor(levels: Sequence[float]) -> float:
    quiet, loud = find_percentile(levels, 0.1), find_percentile(levels, 0.98)
    return min(max(quiet + 6.0, loud - 30.0), loud - 3.0)


def find_percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else QUIETEST_DB


def _measure_level(samples: "array[float]") -> float:
    power = sum(map(mul, samples, samples)) / len(samples)
    return max(QUIETEST_DB, 10 * math.log10(power)) if power > 0 else QUIETEST_DB
