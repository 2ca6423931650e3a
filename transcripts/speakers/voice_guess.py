"""Guess how many people speak and who says each word, from the vectors of short windows of speech. Pure; never a fact.

Tries four voices, then three, then two. The limits, and how far they were tested on other voices:
docs/decisions/0025-voices.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.kinds.closed_sets import SpeakersUnset
from transcripts.speakers.speaker_sequence import (
    compute_posteriors,
    find_likeliest_voices,
    list_change_costs,
    list_window_change_costs,
    weigh_windows,
    weigh_words,
)
from transcripts.speakers.voice_clustering import (
    MAX_VOICES,
    FloatArray,
    Labels,
    Vectors,
    average_by_label,
    find_centres,
    measure_likeness,
    measure_separation,
)
from transcripts.speakers.voice_windows import WINDOW_SECONDS, SpokenUnit, TimeSpan

MIN_SPEECH_SECONDS = 15.0
MIN_VOICE_SECONDS = {2: 2.5, 3: 4.0, 4: 4.0}  # of each voice: less may be a cough, a laugh or two voices at once
MIN_SEPARATION = {2: 4.0, 3: 5.0, 4: 5.0}
MAX_LIKENESS = {2: 0.9, 3: 0.76, 4: 0.76}  # a third voice has to be clear: interviews usually have two
MIN_DISTINCTNESS = 4.2  # separation where centres are as alike as USUAL_LIKENESS
USUAL_LIKENESS = 0.85
LIKENESS_WEIGHT = 20.0
REFINEMENTS = 2


@dataclass(frozen=True, slots=True)
class VoiceGuess:
    unit_voices: Labels  # which voice says each unit, shape (units,)
    certainty: FloatArray  # how likely that is, shape (units,)
    seconds: FloatArray  # that each voice speaks, shape (voices,)
    separation: float  # of the two voices that are most alike
    likeness: float

    @property
    def distinctness(self) -> float:
        return self.separation + LIKENESS_WEIGHT * (USUAL_LIKENESS - self.likeness)


def guess_voices(
    units: Sequence[SpokenUnit], windows: Sequence[TimeSpan], vectors: Vectors
) -> VoiceGuess | SpeakersUnset:
    if sum(unit.end - unit.start for unit in units) < MIN_SPEECH_SECONDS or min(len(windows), len(units)) <= MAX_VOICES:
        return SpeakersUnset.TOO_SHORT
    guesses = (fit_voices(units, windows, vectors, voices) for voices in range(MAX_VOICES, 1, -1))
    return next((guess for guess in guesses if is_plausible(guess)), SpeakersUnset.ONE_VOICE)


def fit_voices(units: Sequence[SpokenUnit], windows: Sequence[TimeSpan], vectors: Vectors, voices: int) -> VoiceGuess:
    """The windows are smoothed by words, where their times are right, and by themselves: the clearer result counts."""
    spans, unit_costs, window_costs = np.array(windows), list_change_costs(units), list_window_change_costs(windows)
    weights = np.minimum(1.0, (spans[:, 1] - spans[:, 0]) / WINDOW_SECONDS)
    nearest_unit = _find_nearest_units(units, spans)
    start = find_centres(vectors, weights, voices).centres

    def label_by_words(centres: FloatArray) -> Labels:
        return find_likeliest_voices(weigh_words(units, windows, vectors, centres), unit_costs)[nearest_unit]

    def label_by_windows(centres: FloatArray) -> Labels:
        return find_likeliest_voices(weigh_windows(vectors, centres), window_costs)

    def refine(label: Callable[[FloatArray], Labels]) -> VoiceGuess:
        centres = start
        for _ in range(REFINEMENTS):
            window_voices = label(centres)
            centres = average_by_label(vectors, weights, window_voices, voices)
        separation = measure_separation(vectors, window_voices, centres)[np.triu_indices(voices, 1)].min()
        evidence = weigh_words(units, windows, vectors, centres)
        unit_voices = find_likeliest_voices(evidence, unit_costs)
        return VoiceGuess(
            unit_voices=unit_voices,
            certainty=compute_posteriors(evidence, unit_costs)[np.arange(len(units)), unit_voices],
            seconds=_measure_voice_seconds(units, unit_voices, voices),
            separation=float(separation),
            likeness=measure_likeness(centres),
        )

    return max(refine(label_by_words), refine(label_by_windows), key=lambda guess: guess.distinctness)


def is_plausible(guess: VoiceGuess) -> bool:
    voices = len(guess.seconds)
    return (
        bool(guess.seconds.min() >= MIN_VOICE_SECONDS[voices])
        and guess.separation >= MIN_SEPARATION[voices]
        and guess.likeness <= MAX_LIKENESS[voices]
        and guess.distinctness >= MIN_DISTINCTNESS
    )


def _measure_voice_seconds(units: Sequence[SpokenUnit], unit_voices: Labels, voices: int) -> FloatArray:
    lengths = [unit.end - unit.start for unit in units]
    return np.bincount(unit_voices, weights=lengths, minlength=voices).astype(np.float64)


def _find_nearest_units(units: Sequence[SpokenUnit], spans: FloatArray) -> Labels:
    middles = np.array([(unit.start + unit.end) / 2 for unit in units])
    order = np.argsort(middles, kind="stable")
    window_middles = spans.mean(axis=1)
    after = np.clip(np.searchsorted(middles[order], window_middles), 1, len(units) - 1)
    is_before_nearer = window_middles - middles[order][after - 1] < middles[order][after] - window_middles
    nearest: Labels = order[after - is_before_nearer]
    return nearest
