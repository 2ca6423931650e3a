"""Cut speech into short windows for the voice encoder. Pure.

A window is a second of speech without a pause, or all of a shorter stretch, repeated until it is as long as the
encoder expects: repeated half seconds are told apart nearly as well as whole windows, shorter input is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.speakers.mel_power import FRAMES_PER_SECOND, MEL_BANDS, MelPower
from transcripts.text.spoken import SpokenSegment

PAUSE_SECONDS = 0.3  # speech is cut here, since the speaker may change
MIN_STRETCH_SECONDS = 0.4  # shorter speech is widened to this: word times are rough
WINDOW_FRAMES = 100
WINDOW_SECONDS = WINDOW_FRAMES / FRAMES_PER_SECOND
HOP_FRAMES = 25
ENCODER_FRAMES = 160  # 1.6 s, the length that the encoder was trained on
LOUDNESS_RANGE = 1000.0  # in power: 30 dB below the loud frames is not voice
RUMBLE_SHARE = 1.5  # lowest band to all others; deep voices have a quarter of their power there on average
USUAL_LOWEST_BAND = 0.3
SILENCE_MARGIN = 4.0  # 6 dB above the quietest frames is silence,
SILENCE_RANGE = 400.0  # but never what is less than 26 dB below the loud ones
SILENCE_FRAMES = 25
MIN_LOUD_FRAMES = 20
USUAL_POWER = 0.009  # mean mel power at the encoder's usual level, -30 dB
UNNAMED_WORD_SECONDS = 0.5  # length of the slices that replace words where a segment has none

TimeSpan = tuple[float, float]  # seconds, half-open


@dataclass(frozen=True, slots=True)
class SpokenUnit:
    """The smallest piece that gets a speaker: a word, or a slice of a segment without words."""

    segment: int  # its index
    start: float
    end: float
    ends_sentence: bool


def list_units(segments: Sequence[SpokenSegment]) -> list[SpokenUnit]:
    return [unit for index, segment in enumerate(segments) for unit in _list_segment_units(index, segment)]


def find_stretches(units: Sequence[SpokenUnit]) -> list[TimeSpan]:
    """Speech without a pause, in order, not overlapping."""
    stretches: list[TimeSpan] = []
    for unit in sorted(units, key=lambda unit: (unit.start, unit.end)):
        if stretches and unit.start - stretches[-1][1] < PAUSE_SECONDS:
            stretches[-1] = stretches[-1][0], max(unit.end, stretches[-1][1])
        else:
            stretches.append((unit.start, unit.end))
    return _widen_short_stretches(stretches)


def cut_windows(power: MelPower, start: float) -> tuple[list[TimeSpan], MelPower]:
    """`power`: of a stretch that starts at `start`, shape (frames, MEL_BANDS).

    The windows, and the encoder's input for them, shape (windows, ENCODER_FRAMES, MEL_BANDS).
    """
    power = limit_rumble(power)
    frames = [span for voiced in find_voiced_frames(power) for span in _cut_window_frames(*voiced)]
    spans = [(start + first / FRAMES_PER_SECOND, start + last / FRAMES_PER_SECOND) for first, last in frames]
    filled = np.array([_fill_window(power[first:last]) for first, last in frames], dtype=np.float32)
    return spans, filled.reshape(-1, ENCODER_FRAMES, MEL_BANDS)


def limit_rumble(power: MelPower) -> MelPower:
    """Knocks and wind, which would look like another voice. In the lowest band a voice has far less."""
    limited = power.copy()
    others = power[:, 1:].sum(axis=1)
    is_rumble = power[:, 0] > RUMBLE_SHARE * others
    limited[is_rumble, 0] = USUAL_LOWEST_BAND * others[is_rumble]
    return limited


def find_voiced_frames(power: MelPower) -> list[tuple[int, int]]:
    """Without the silences that word times run over."""
    loudness = power.mean(axis=1)
    quiet, loud = np.percentile(loudness, (10, 95))
    is_loud = loudness > max(loud / LOUDNESS_RANGE, min(quiet * SILENCE_MARGIN, loud / SILENCE_RANGE))
    spans: list[tuple[int, int]] = []
    for frame in np.flatnonzero(is_loud).tolist():
        if spans and frame - spans[-1][1] < SILENCE_FRAMES:
            spans[-1] = spans[-1][0], frame + 1
        else:
            spans.append((frame, frame + 1))
    long_enough = [span for span in spans if span[1] - span[0] >= MIN_LOUD_FRAMES]
    return long_enough or [(0, len(power))]


def _cut_window_frames(first: int, last: int) -> list[tuple[int, int]]:
    if last - first <= WINDOW_FRAMES:
        return [(first, last)]
    count = -(-(last - first - WINDOW_FRAMES) // HOP_FRAMES) + 1
    starts = np.linspace(first, last - WINDOW_FRAMES, count).round().astype(int).tolist()
    return [(start, start + WINDOW_FRAMES) for start in starts]


def _fill_window(power: MelPower) -> MelPower:
    """Equally loud for every speaker, since the encoder would hear a quiet voice as another one."""
    loudness = power.mean(axis=1)
    is_loud = loudness > np.percentile(loudness, 95) / LOUDNESS_RANGE
    voiced = power[is_loud] if is_loud.sum() >= MIN_LOUD_FRAMES else power
    filled: MelPower = np.resize(voiced, (ENCODER_FRAMES, MEL_BANDS)) * (USUAL_POWER / (voiced.mean() + 1e-12))
    return filled


def _list_segment_units(index: int, segment: SpokenSegment) -> list[SpokenUnit]:
    if segment.words:
        last = len(segment.words) - 1
        return [
            SpokenUnit(index, word.start, word.end, number == last or word.word.rstrip().endswith((".", "?", "!")))
            for number, word in enumerate(segment.words)
        ]
    count = max(1, round((segment.end - segment.start) / UNNAMED_WORD_SECONDS))
    edges = np.linspace(segment.start, segment.end, count + 1).tolist()
    return [SpokenUnit(index, edges[n], edges[n + 1], n == count - 1) for n in range(count)]


def _widen_short_stretches(stretches: Sequence[TimeSpan]) -> list[TimeSpan]:
    """Never over half of the pause to the next."""
    widened = []
    for number, (start, end) in enumerate(stretches):
        missing = max(0.0, MIN_STRETCH_SECONDS - (end - start)) / 2
        earliest = (stretches[number - 1][1] + start) / 2 if number else 0.0
        latest = (stretches[number + 1][0] + end) / 2 if number + 1 < len(stretches) else end + missing
        widened.append((max(earliest, start - missing), min(latest, end + missing)))
    return widened
