"""Mark what a recogniser may have made up: the same words over and over, and words where nobody spoke. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.spoken import SpokenSegment, SpokenWord

LONGEST_PHRASE_WORDS = 24
SHORT_PHRASE_WORDS = 2  # people do say "no, no, no, no"
LOOP_ROUNDS, SHORT_LOOP_ROUNDS = 4, 8  # from so many on it is a loop
CERTAIN_ROUNDS = 6  # nobody says three words or more so often; fewer may have been said, and stay with their flag
MOST_REPETITION = 2.4  # by gzip, openai-whisper's own threshold: more than that is a loop
LEAST_SPOKEN_SHARE = 0.5  # of a segment's words; with less in speech nobody may have said them
SILENCE_PROBABILITY, UNSURE_LOGPROB = 0.6, -0.5


@dataclass(frozen=True, slots=True)
class Loop:
    """Words `start` to `end` (half-open) say a phrase of `period` words over and over."""

    start: int
    end: int
    period: int

    @property
    def rounds(self) -> int:
        return (self.end - self.start) // self.period


def loops_in(words: Sequence[str]) -> list[Loop]:
    """Where a phrase follows itself too often. A longer phrase is looked for only where no shorter one was found."""
    plain = [re.sub(r"\W+", "", word).lower() or word for word in words]
    found: list[Loop] = []
    for period in range(1, min(LONGEST_PHRASE_WORDS, len(plain) // LOOP_ROUNDS) + 1):
        found += [loop for loop in _repeats(plain, period) if not any(_overlap(loop, other) for other in found)]
    return sorted(found, key=lambda loop: loop.start)


def _repeats(plain: Sequence[str], period: int) -> list[Loop]:
    least = SHORT_LOOP_ROUNDS if period <= SHORT_PHRASE_WORDS else LOOP_ROUNDS
    found, start = [], 0
    for number in range(period, len(plain) + 1):
        if number < len(plain) and plain[number] == plain[number - period]:
            continue
        if number - start >= least * period:
            found.append(Loop(start, number, period))
        start = number + 1 - period
    return found


def _overlap(one: Loop, other: Loop) -> bool:
    return one.start < other.end and other.start < one.end


def repeated_share(text: str) -> float:
    """Of a text's words, those that only say again what a loop has said: 0..1."""
    words = text.split()
    again = sum(loop.end - loop.start - loop.period for loop in loops_in(words))
    return again / len(words) if words else 0.0


def with_loops(segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    """Segments of one recording, in order: those that (mostly) say the same over and over are marked."""
    words = [segment.text.split() for segment in segments]
    is_again = [False] * sum(map(len, words))
    for loop in loops_in([word for said in words for word in said]):
        is_again[loop.start : loop.end] = [True] * (loop.end - loop.start)
    marked, first = [], 0
    for segment, said in zip(segments, words, strict=True):
        share = sum(is_again[first : first + len(said)]) / max(1, len(said))
        is_packed = segment.compression_ratio is not None and segment.compression_ratio > MOST_REPETITION
        marked.append(replace(segment, is_loop=segment.is_loop or share >= 0.5 or is_packed))
        first += len(said)
    return tuple(marked)


def cut_after_first_round(segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    """A window's segments without what a certain loop says again; what stays of the loop is marked."""
    words = [word.word for segment in segments for word in segment.words]
    loops = [loop for loop in loops_in(words) if loop.rounds >= CERTAIN_ROUNDS]
    kept: list[SpokenSegment] = []
    first = 0
    for segment in segments:
        numbers = range(first, first + len(segment.words))
        first += len(segment.words)
        said = tuple(word for n, word in zip(numbers, segment.words, strict=True) if not _is_said_again(n, loops))
        loops_here = any(loop.start < numbers.stop and numbers.start < loop.end for loop in loops)
        if not loops_here:
            kept.append(segment)
        elif said:
            kept.append(_shortened(segment, said))
    return tuple(replace(segment, id=number) for number, segment in enumerate(kept))


def _is_said_again(number: int, loops: Sequence[Loop]) -> bool:
    return any(loop.start + loop.period <= number < loop.end for loop in loops)


def _shortened(segment: SpokenSegment, said: tuple[SpokenWord, ...]) -> SpokenSegment:
    text = "".join(word.word for word in said).strip()
    return replace(segment, text=text, words=said, start=said[0].start, end=said[-1].end, is_loop=True)


def with_silence(segments: Sequence[SpokenSegment], speech: Sequence[tuple[float, float]]) -> tuple[SpokenSegment, ...]:
    """`speech`: where the detector heard somebody, in seconds of the recording."""
    return tuple(replace(segment, is_silence=_is_in_silence(segment, speech)) for segment in segments)


def _is_in_silence(segment: SpokenSegment, speech: Sequence[tuple[float, float]]) -> bool:
    probability, logprob = segment.no_speech_prob or 0.0, segment.avg_logprob or 0.0
    if probability > SILENCE_PROBABILITY and logprob < UNSURE_LOGPROB:
        return True
    stretches = [(word.start, word.end) for word in segment.words] or [(segment.start, segment.end)]
    length = sum(end - start for start, end in stretches)
    heard = sum(_seconds_in(start, end, speech) for start, end in stretches)
    return length > 0 and heard < LEAST_SPOKEN_SHARE * length


def _seconds_in(start: float, end: float, speech: Sequence[tuple[float, float]]) -> float:
    return sum(max(0.0, min(end, until) - max(start, begins)) for begins, until in speech)
