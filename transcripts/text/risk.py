"""Where a transcript is likely to be wrong, with reasons for people who correct it. Pure; bench/risk.py measures it.

Whisper gives its figures once for a window of up to 30 s, so all its segments share them; words have their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from evidence import languages
from transcripts.text.spoken import SpokenSegment

UNSURE_PROBABILITY = 0.5  # of a word; below it, two of three were wrong in real recordings
UNSURE_SHARE = 0.1  # of a segment's words: one in ten is enough, as real models are rarely unsure of several
UNLIKELY_LOGPROB = -0.5
NO_SPEECH_PROBABILITY = 0.6  # openai-whisper's own threshold
MAX_COMPRESSION_RATIO = 2.4  # by gzip; the same
MIN_WORDS_FOR_SPEED = 4  # fewer say little about how fast somebody speaks
USUAL_WORDS_PER_SECOND = 2.5
MAX_WORDS_PER_SECOND = 8.0  # in a short phrase people reach 7
MIN_WORDS_PER_SECOND = 1.0
MIN_SLOW_SECONDS = 4.0
SURE_LANGUAGE_SHARE = 0.5
UNCLEAR_REASON = "Somebody speaks here, but the machine did not understand it. Listen, and write down what is said."
MIN_GAP_SECONDS = 6.0
MIN_END_GAP_SECONDS = 15.0  # people let a recorder run for a while
EARLY_END_CHANCE = 0.3  # like a gap
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # Whisper's temperatures: each is an attempt
ATTEMPT_ORDINALS = ("first", "second", "third", "fourth", "fifth", "last")


class RiskSign(StrEnum):
    UNCLEAR = "unclear"
    LANGUAGE = "language"
    LOOP = "loop"
    SILENCE = "silence"
    REPEATS = "repeats"
    GUESSED = "guessed"
    UNLIKELY = "unlikely"
    UNSURE_WORDS = "unsure words"
    TOO_FAST = "too fast"
    TOO_SLOW = "too slow"
    GAP = "gap"
    ENDS_EARLY = "ends early"


@dataclass(frozen=True, slots=True)
class RiskReason:
    sign: RiskSign
    text: str


@dataclass(frozen=True, slots=True)
class Risk:
    segment: SpokenSegment
    reasons: tuple[RiskReason, ...]
    chance: float  # 0..1, that it is wrong: from what was measured for each sign

    @property
    def expected_errors(self) -> float:
        words = len(self.segment.text.split())
        if self.segment.is_unclear:
            words = round(USUAL_WORDS_PER_SECOND * (self.segment.end - self.segment.start))
        return self.chance * (1 + words)


SignCheck = Callable[[SpokenSegment, float], str]  # a segment, and the silence before it in seconds; "": no risk


def find_risks(segments: Sequence[SpokenSegment], sound_seconds: float | None = None) -> tuple[Risk, ...]:
    """`sound_seconds`: the length of the recording; None: there is none."""
    ends = chain([0.0], (segment.end for segment in segments))
    assessed = [_assess_segment(segment, segment.start - end) for segment, end in zip(segments, ends, strict=False)]
    risks = _assess_end(assessed, sound_seconds)
    return tuple(
        sorted((risk for risk in risks if risk.reasons), key=lambda risk: (-risk.expected_errors, risk.segment.start))
    )


def _assess_end(risks: Sequence[Risk], sound_seconds: float | None) -> Sequence[Risk]:
    """The last segment of a text that ends long before its sound."""
    reached = max((risk.segment.end for risk in risks), default=0.0)
    if sound_seconds is None or not risks or sound_seconds - reached < MIN_END_GAP_SECONDS:
        return risks
    last = max(range(len(risks)), key=lambda number: risks[number].segment.end)
    text = f"Nothing was transcribed for the last {format_span(sound_seconds - reached)} of the recording."
    reasons = (*risks[last].reasons, RiskReason(RiskSign.ENDS_EARLY, text))
    chance = 1 - (1 - risks[last].chance) * (1 - EARLY_END_CHANCE)
    return [*risks[:last], replace(risks[last], reasons=reasons, chance=chance), *risks[last + 1 :]]


def format_span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} seconds" if minutes < 2 else f"{minutes} minutes"


def has_confidence_figures(segments: Sequence[SpokenSegment]) -> bool:
    return any(segment.avg_logprob is not None or _list_probabilities(segment) for segment in segments)


def _assess_segment(segment: SpokenSegment, gap_seconds: float) -> Risk:
    if segment.is_unclear:
        return Risk(segment, (RiskReason(RiskSign.UNCLEAR, UNCLEAR_REASON),), 1.0)
    signs = [
        (RiskReason(sign, text), chance) for sign, chance, check in SIGN_CHECKS if (text := check(segment, gap_seconds))
    ]
    chance_right = 1.0
    for _, chance in signs:
        chance_right *= 1 - chance
    return Risk(segment, tuple(reason for reason, _ in signs), 1 - chance_right)


def _list_probabilities(segment: SpokenSegment) -> list[float]:
    return [word.probability for word in segment.words if word.probability is not None]


def _check_language(segment: SpokenSegment, _gap: float) -> str:
    if segment.language is None or segment.language_share is None or segment.language_share >= SURE_LANGUAGE_SHARE:
        return ""
    name = languages.get_language_name(segment.language)
    return f"The machine took this for {name}, but was not sure of the language."


def _check_loop(segment: SpokenSegment, _gap: float) -> str:
    return "It repeats the same words over and over." if segment.is_loop else ""


def _check_silence(segment: SpokenSegment, _gap: float) -> str:
    is_unlikely = (segment.no_speech_prob or 0.0) > NO_SPEECH_PROBABILITY and (
        segment.avg_logprob or 0.0
    ) < UNLIKELY_LOGPROB
    return "It may be invented: no speech was detected here." if segment.is_silence or is_unlikely else ""


def _check_repeats(segment: SpokenSegment, _gap: float) -> str:
    return (
        "It repeats itself."
        if (segment.compression_ratio or 0.0) > MAX_COMPRESSION_RATIO and not segment.is_loop
        else ""
    )


def _check_guessed(segment: SpokenSegment, _gap: float) -> str:
    if not segment.temperature:
        return ""
    attempt = sum(segment.temperature > rung + 0.01 for rung in TEMPERATURES)
    return f"The machine guessed this at the {ATTEMPT_ORDINALS[min(attempt, len(ATTEMPT_ORDINALS) - 1)]} attempt."


def _check_unlikely(segment: SpokenSegment, _gap: float) -> str:
    is_unlikely = segment.avg_logprob is not None and segment.avg_logprob < UNLIKELY_LOGPROB
    return "The machine was unsure about everything around here." if is_unlikely else ""


def _check_unsure_words(segment: SpokenSegment, _gap: float) -> str:
    probabilities = _list_probabilities(segment)
    unsure = sum(probability < UNSURE_PROBABILITY for probability in probabilities)
    if not unsure or unsure < UNSURE_SHARE * len(probabilities):
        return ""
    return f"{unsure} of its {len(probabilities)} words {'is' if unsure == 1 else 'are'} uncertain."


def _check_too_fast(segment: SpokenSegment, _gap: float) -> str:
    count, seconds = len(segment.text.split()), segment.end - segment.start
    is_too_fast = count >= MIN_WORDS_FOR_SPEED and count > MAX_WORDS_PER_SECOND * seconds
    return f"{count} words in {seconds:.1f} seconds is faster than people speak." if is_too_fast else ""


def _check_too_slow(segment: SpokenSegment, _gap: float) -> str:
    count, seconds = len(segment.text.split()), segment.end - segment.start
    if seconds < MIN_SLOW_SECONDS or count > MIN_WORDS_PER_SECOND * seconds:
        return ""
    return f"Few words in {seconds:.0f} seconds: some may be missing."


def _check_gap(_segment: SpokenSegment, gap: float) -> str:
    return f"Nothing was transcribed for {gap:.0f} seconds before it." if gap >= MIN_GAP_SECONDS else ""


# How often a segment with this sign was wrong (bench/risk.py): that of unsure words on real recordings, the others on
# damaged samples. The first three did not occur in either.
SIGN_CHECKS: tuple[tuple[RiskSign, float, SignCheck], ...] = (
    (RiskSign.LOOP, 0.9, _check_loop),
    (RiskSign.SILENCE, 0.9, _check_silence),
    (RiskSign.REPEATS, 0.8, _check_repeats),
    (RiskSign.GUESSED, 0.9, _check_guessed),
    (RiskSign.UNSURE_WORDS, 0.7, _check_unsure_words),
    (RiskSign.TOO_SLOW, 0.9, _check_too_slow),
    (RiskSign.TOO_FAST, 0.8, _check_too_fast),
    (RiskSign.UNLIKELY, 0.6, _check_unlikely),
    (RiskSign.LANGUAGE, 0.9, _check_language),
    (RiskSign.GAP, 0.3, _check_gap),
)
