"""Mark what a recogniser may have made up: repeated phrases, and words where nobody spoke. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.text.spoken import SpokenSegment, SpokenWord

MAX_PHRASE_WORDS = 24
SHORT_PHRASE_WORDS = 2  # people do say "no, no, no, no"
MIN_LOOP_REPEATS, MIN_SHORT_LOOP_REPEATS = 4, 8  # of a phrase, and of a short phrase
MIN_CERTAIN_LOOP_REPEATS = 6  # fewer may really have been said, so they are kept and marked
COMPRESSION_RATIO_THRESHOLD = 2.4  # openai-whisper's own, by gzip: above it, a text is a loop
MIN_SPOKEN_SHARE = 0.5  # of the duration of a segment's words; below it, nobody may have said them
NO_SPEECH_THRESHOLD, NO_SPEECH_LOGPROB_THRESHOLD = 0.6, -0.5


@dataclass(frozen=True, slots=True)
class Loop:
    """Words `start` to `end` (half-open) repeat a phrase of `period` words."""

    start: int
    end: int
    period: int

    @property
    def repeats(self) -> int:
        return (self.end - self.start) // self.period


def find_loops(words: Sequence[str]) -> list[Loop]:
    plain = [re.sub(r"\W+", "", word).lower() or word for word in words]
    loops: list[Loop] = []
    for period in range(1, min(MAX_PHRASE_WORDS, len(plain) // MIN_LOOP_REPEATS) + 1):
        loops += [
            loop for loop in _find_repeats(plain, period) if not any(_has_overlap(loop, other) for other in loops)
        ]
    return sorted(loops, key=lambda loop: loop.start)


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
    words = text.split()
    repeated = sum(loop.end - loop.start - loop.period for loop in find_loops(words))
    return repeated / len(words) if words else 0.0


def mark_loops(segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    words = [segment.text.split() for segment in segments]
    is_in_loop = [False] * sum(map(len, words))
    for loop in find_loops([word for segment_words in words for word in segment_words]):
        is_in_loop[loop.start : loop.end] = [True] * (loop.end - loop.start)
    marked, first = [], 0
    for segment, segment_words in zip(segments, words, strict=True):
        share = sum(is_in_loop[first : first + len(segment_words)]) / max(1, len(segment_words))
        is_packed = segment.compression_ratio is not None and segment.compression_ratio > COMPRESSION_RATIO_THRESHOLD
        marked.append(replace(segment, is_loop=segment.is_loop or share >= 0.5 or is_packed))
        first += len(segment_words)
    return tuple(marked)


def trim_loops(segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    words = [word.word for segment in segments for word in segment.words]
    loops = [loop for loop in find_loops(words) if loop.repeats >= MIN_CERTAIN_LOOP_REPEATS]
    kept: list[SpokenSegment] = []
    first = 0
    for segment in segments:
        numbers = range(first, first + len(segment.words))
        first += len(segment.words)
        words_left = tuple(word for n, word in zip(numbers, segment.words, strict=True) if not _is_repetition(n, loops))
        has_loop = any(loop.start < numbers.stop and numbers.start < loop.end for loop in loops)
        if not has_loop:
            kept.append(segment)
        elif words_left:
            kept.append(_shorten_segment(segment, words_left))
    return tuple(replace(segment, id=number) for number, segment in enumerate(kept))


def _is_repetition(number: int, loops: Sequence[Loop]) -> bool:
    return any(loop.start + loop.period <= number < loop.end for loop in loops)


def _shorten_segment(segment: SpokenSegment, words: tuple[SpokenWord, ...]) -> SpokenSegment:
    text = "".join(word.word for word in words).strip()
    return replace(segment, text=text, words=words, start=words[0].start, end=words[-1].end, is_loop=True)


def mark_silence(segments: Sequence[SpokenSegment], speech: Sequence[tuple[float, float]]) -> tuple[SpokenSegment, ...]:
    """`speech`: in seconds of the recording."""
    return tuple(replace(segment, is_silence=_is_in_silence(segment, speech)) for segment in segments)


def _is_in_silence(segment: SpokenSegment, speech: Sequence[tuple[float, float]]) -> bool:
    probability, logprob = segment.no_speech_prob or 0.0, segment.avg_logprob or 0.0
    if probability > NO_SPEECH_THRESHOLD and logprob < NO_SPEECH_LOGPROB_THRESHOLD:
        return True
    spans = [(word.start, word.end) for word in segment.words] or [(segment.start, segment.end)]
    length = sum(end - start for start, end in spans)
    spoken = sum(_sum_overlap_seconds(start, end, speech) for start, end in spans)
    return length > 0 and spoken < MIN_SPOKEN_SHARE * length


def _sum_overlap_seconds(start: float, end: float, speech: Sequence[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end, until) - max(start, begins)) for begins, until in speech)
