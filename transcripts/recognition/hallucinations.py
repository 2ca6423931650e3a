"""Mark what a recogniser may have made up: the same words over and over, and words where nobody spoke. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.text.spoken import SpokenSegment, SpokenWord

MAX_PHRASE_WORDS = 24
SHORT_PHRASE_WORDS = 2  # people do say "no, no, no, no"
MIN_LOOP_REPEATS, MIN_SHORT_LOOP_REPEATS = 4, 8  # from so many on it is a loop
MIN_CERTAIN_LOOP_REPEATS = (
    6  # nobody says three words or more so often; fewer may have been said, and stay with their flag
)
COMPRESSION_RATIO_THRESHOLD = 2.4  # by gzip, openai-whisper's own threshold: more than that is a loop
MIN_SPOKEN_SHARE = 0.5  # of a segment's words; with less in speech nobody may have said them
NO_SPEECH_THRESHOLD, NO_SPEECH_LOGPROB_THRESHOLD = 0.6, -0.5


@dataclass(frozen=True, slots=True)
class Loop:
    """Words `start` to `end` (half-open) say a phrase of `period` words over and over."""

    start: int
    end: int
    period: int

    @property
    def repeats(self) -> int:
        return (self.end - self.start) // self.period


def find_loops(words: Sequence[str]) -> list[Loop]:
    """Where a phrase follows itself too often. A longer phrase is looked for only where no shorter one was found."""
    plain = [re.sub(r"\W+", "", word).lower() or word for word in words]
    found: list[Loop] = []
    for period in range(1, min(MAX_PHRASE_WORDS, len(plain) // MIN_LOOP_REPEATS) + 1):
        found += [
            loop for loop in _find_repeats(plain, period) if not any(_has_overlap(loop, other) for other in found)
        ]
    return sorted(found, key=lambda loop: loop.start)


def _find_repeats(plain: Sequence[str], period: int) -> list[Loop]:
    least = MIN_SHORT_LOOP_REPEATS if period <= SHORT_PHRASE_WORDS else MIN_LOOP_REPEATS
    found, start = [], 0
    for number in range(period, len(plain) + 1):
        if number < len(plain) and plain[number] == plain[number - period]:
            continue
        if number - start >= least * period:
            found.append(Loop(start, number, period))
        start = number + 1 - period
    return found


def _has_overlap(one: Loop, other: Loop) -> bool:
    return one.start < other.end and other.start < one.end


def compute_repeated_share(text: str) -> float:
    """Of a text's words, those that only say again what a loop has said: 0..1."""
    words = text.split()
    again = sum(loop.end - loop.start - loop.period for loop in find_loops(words))
    return again / len(words) if words else 0.0


def mark_loops(segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    """Segments of one recording, in order: those that (mostly) say the same over and over are marked."""
    words = [segment.text.split() for segment in segments]
    is_again = [False] * sum(map(len, words))
    for loop in find_loops([word for said in words for word in said]):
        is_again[loop.start : loop.end] = [True] * (loop.end - loop.start)
    marked, first = [], 0
    for segment, said in zip(segments, words, strict=True):
        share = sum(is_again[first : first + len(said)]) / max(1, len(said))
        is_packed = segment.compression_ratio is not None and segment.compression_ratio > COMPRESSION_RATIO_THRESHOLD
        marked.append(replace(segment, is_loop=segment.is_loop or share >= 0.5 or is_packed))
        first += len(said)
    return tuple(marked)


def trim_loops(segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    """A window's segments without what a certain loop says again; what stays of the loop is marked."""
    words = [word.word for segment in segments for word in segment.words]
    loops = [loop for loop in find_loops(words) if loop.repeats >= MIN_CERTAIN_LOOP_REPEATS]
    kept: list[SpokenSegment] = []
    first = 0
    for segment in segments:
        numbers = range(first, first + len(segment.words))
        first += len(segment.words)
        said = tuple(word for n, word in zip(numbers, segment.words, strict=True) if not _is_repetition(n, loops))
        loops_here = any(loop.start < numbers.stop and numbers.start < loop.end for loop in loops)
        if not loops_here:
            kept.append(segment)
        elif said:
            kept.append(_shorten_segment(segment, said))
    return tuple(replace(segment, id=number) for number, segment in enumerate(kept))


def _is_repetition(number: int, loops: Sequence[Loop]) -> bool:
    return any(loop.start + loop.period <= number < loop.end for loop in loops)


def _shorten_segment(segment: SpokenSegment, said: tuple[SpokenWord, ...]) -> SpokenSegment:
    text = "".join(word.word for word in said).strip()
    return replace(segment, text=text, words=said, start=said[0].start, end=said[-1].end, is_loop=True)


def mark_silence(segments: Sequence[SpokenSegment], speech: Sequence[tuple[float, float]]) -> tuple[SpokenSegment, ...]:
    """`speech`: where the detector heard somebody, in seconds of the recording."""
    return tuple(replace(segment, is_silence=_is_in_silence(segment, speech)) for segment in segments)


def _is_in_silence(segment: SpokenSegment, speech: Sequence[tuple[float, float]]) -> bool:
    probability, logprob = segment.no_speech_prob or 0.0, segment.avg_logprob or 0.0
    if probability > NO_SPEECH_THRESHOLD and logprob < NO_SPEECH_LOGPROB_THRESHOLD:
        return True
    stretches = [(word.start, word.end) for word in segment.words] or [(segment.start, segment.end)]
    length = sum(end - start for start, end in stretches)
    heard = sum(_sum_overlap_seconds(start, end, speech) for start, end in stretches)
    return length > 0 and heard < MIN_SPOKEN_SHARE * length


def _sum_overlap_seconds(start: float, end: float, speech: Sequence[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end, until) - max(start, begins)) for begins, until in speech)
