"""Where a transcript is likely to be wrong, in words for those who correct it. Pure; bench/risk.py measures it.

Whisper gives its figures once for a stretch of up to 30 s, so all segments of it share them; words have their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from transcripts.spoken import SpokenSegment

UNSURE_WORD = 0.4  # below this probability
UNSURE_SHARE = 0.5  # of a segment's words; at a quarter, most such segments were right
UNSURE_LEAST = 2  # words; a single one is marked in the text, and no reason to listen
UNLIKELY_LOGPROB = -0.5
NO_SPEECH = 0.6  # openai-whisper's own threshold
REPETITION = 2.4  # by gzip; the same
FEW_WORDS = 4  # fewer say little about how fast somebody speaks
MOST_WORDS_A_SECOND = 5.0  # quick talk has 4
LEAST_WORDS_A_SECOND = 1.0
SLOW_SECONDS = 4.0
GAP_SECONDS = 6.0
LADDER = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # Whisper's temperatures: each is an attempt
ATTEMPTS = ("first", "second", "third", "fourth", "fifth", "last")


class Sign(StrEnum):
    LOOP = "loop"
    SILENCE = "silence"
    REPEATS = "repeats"
    GUESSED = "guessed"
    UNLIKELY = "unlikely"
    UNSURE_WORDS = "unsure words"
    TOO_FAST = "too fast"
    TOO_SLOW = "too slow"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Reason:
    sign: Sign
    words: str


@dataclass(frozen=True, slots=True)
class Risk:
    segment: SpokenSegment
    reasons: tuple[Reason, ...]
    chance: float  # 0..1, that it pays to listen: from what was measured for each sign

    @property
    def worth(self) -> float:
        """Wrong words that one may hope to meet."""
        return self.chance * (1 + len(self.segment.text.split()))


Look = Callable[[SpokenSegment, float], str]  # a segment, and the silence before it in seconds; "": nothing to say


def risks(segments: Sequence[SpokenSegment]) -> tuple[Risk, ...]:
    """What is worth listening to, the most worth first."""
    ends = chain([0.0], (segment.end for segment in segments))
    found = (_risk(segment, segment.start - end) for segment, end in zip(segments, ends, strict=False))
    return tuple(sorted((risk for risk in found if risk.reasons), key=lambda risk: (-risk.worth, risk.segment.start)))


def has_figures(segments: Sequence[SpokenSegment]) -> bool:
    """Whether whoever wrote it down said how sure they were; imported files seldom do."""
    return any(segment.avg_logprob is not None or _probabilities(segment) for segment in segments)


def _risk(segment: SpokenSegment, gap_seconds: float) -> Risk:
    said = [(Reason(sign, words), chance) for sign, chance, look in SIGNS if (words := look(segment, gap_seconds))]
    right = 1.0
    for _, chance in said:
        right *= 1 - chance
    return Risk(segment, tuple(reason for reason, _ in said), 1 - right)


def _probabilities(segment: SpokenSegment) -> list[float]:
    return [word.probability for word in segment.words if word.probability is not None]


def _loop(segment: SpokenSegment, _gap: float) -> str:
    return "It says the same over and over." if segment.is_loop else ""


def _silence(segment: SpokenSegment, _gap: float) -> str:
    is_unlikely = (segment.no_speech_prob or 0.0) > NO_SPEECH and (segment.avg_logprob or 0.0) < UNLIKELY_LOGPROB
    return "It may be invented: no speech was found here." if segment.is_silence or is_unlikely else ""


def _repeats(segment: SpokenSegment, _gap: float) -> str:
    return "It repeats itself." if (segment.compression_ratio or 0.0) > REPETITION and not segment.is_loop else ""


def _guessed(segment: SpokenSegment, _gap: float) -> str:
    if not segment.temperature:
        return ""
    attempt = sum(segment.temperature > rung + 0.01 for rung in LADDER)
    return f"The machine guessed this at the {ATTEMPTS[min(attempt, len(ATTEMPTS) - 1)]} attempt."


def _unlikely(segment: SpokenSegment, _gap: float) -> str:
    is_unlikely = segment.avg_logprob is not None and segment.avg_logprob < UNLIKELY_LOGPROB
    return "The machine was unsure of all that was said around here." if is_unlikely else ""


def _unsure_words(segment: SpokenSegment, _gap: float) -> str:
    known = _probabilities(segment)
    unsure = sum(probability < UNSURE_WORD for probability in known)
    if unsure < UNSURE_LEAST or unsure < UNSURE_SHARE * len(known):
        return ""
    return f"{unsure} of its {len(known)} words are uncertain."


def _too_fast(segment: SpokenSegment, _gap: float) -> str:
    count, seconds = len(segment.text.split()), segment.end - segment.start
    is_too_fast = count >= FEW_WORDS and count > MOST_WORDS_A_SECOND * seconds
    return f"{count} words in {seconds:.1f} seconds is faster than people speak." if is_too_fast else ""


def _too_slow(segment: SpokenSegment, _gap: float) -> str:
    count, seconds = len(segment.text.split()), segment.end - segment.start
    if seconds < SLOW_SECONDS or count > LEAST_WORDS_A_SECOND * seconds:
        return ""
    return f"Few words for {seconds:.0f} seconds: some may be missing."


def _gap(_segment: SpokenSegment, gap: float) -> str:
    return f"Nothing was written down for {gap:.0f} seconds before it." if gap >= GAP_SECONDS else ""


# How often a segment with this sign was wrong on damaged samples (bench/risk.py). The first three were not met there.
SIGNS: tuple[tuple[Sign, float, Look], ...] = (
    (Sign.LOOP, 0.9, _loop),
    (Sign.SILENCE, 0.9, _silence),
    (Sign.REPEATS, 0.8, _repeats),
    (Sign.GUESSED, 0.9, _guessed),
    (Sign.UNSURE_WORDS, 0.9, _unsure_words),
    (Sign.TOO_SLOW, 0.9, _too_slow),
    (Sign.TOO_FAST, 0.8, _too_fast),
    (Sign.UNLIKELY, 0.6, _unlikely),
    (Sign.GAP, 0.3, _gap),
)
