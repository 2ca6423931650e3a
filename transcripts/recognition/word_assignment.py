"""Assign a window's words to its sentences, merge punctuation, and shorten words that are too long. Pure.

The rules are openai-whisper's (`whisper.timing.add_word_timestamps`): attention often adds a pause to the next word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

SENTENCE_ENDS = ".。!！?？"
PREPENDED_PUNCTUATION = "\"'“¿([{-"
APPENDED_PUNCTUATION = "\"'.。,，!！?？:：”)]}、"
MAX_MEDIAN_DURATION_SECONDS = 0.7
MAX_STRAY_SECONDS = 0.5  # a word further outside its sentence's timestamps is moved inside


@dataclass(frozen=True, slots=True)
class TimedWord:
    """Seconds from the window's start."""

    word: str
    tokens: tuple[int, ...]
    start: float
    end: float
    probability: float  # 0..1, the mean of its tokens'


@dataclass(frozen=True, slots=True)
class WindowSegment:
    """Seconds from the window's start."""

    start: float
    end: float
    tokens: tuple[int, ...]  # without timestamps
    words: tuple[TimedWord, ...] = ()


def assign_words(
    segments: Sequence[WindowSegment], words: Sequence[TimedWord], last_speech_end: float
) -> list[WindowSegment]:
    """Times come from the words. `last_speech_end`: where the previous speech ended, in seconds."""
    median_duration = compute_median_duration(words)
    merged = iter(merge_punctuation(truncate_at_sentence_ends(words, 2 * median_duration)))
    fitted: list[WindowSegment] = []
    for sentence in segments:
        own = [word for word in _take_words(merged, len(sentence.tokens)) if word.word]
        fitted.append(_fit_segment_to_words(sentence, own, last_speech_end, median_duration) if own else sentence)
        last_speech_end = fitted[-1].end if own else last_speech_end
    return fitted


def compute_median_duration(words: Sequence[TimedWord]) -> float:
    lengths = [word.end - word.start for word in words if word.end != word.start]
    return min(MAX_MEDIAN_DURATION_SECONDS, median(lengths)) if lengths else 0.0


def truncate_at_sentence_ends(words: Sequence[TimedWord], max_duration: float) -> list[TimedWord]:
    """A full stop, and the word after it, do not include the pause between them."""
    cut = list(words)
    for number in range(1, len(cut)):
        word = cut[number]
        if word.end - word.start <= max_duration or max_duration == 0:
            continue
        if word.word in SENTENCE_ENDS:
            cut[number] = replace(word, end=word.start + max_duration)
        elif cut[number - 1].word in SENTENCE_ENDS:
            cut[number] = replace(word, start=word.end - max_duration)
    return cut


def merge_punctuation(words: Sequence[TimedWord]) -> list[TimedWord]:
    """Opening quotes and brackets go to the next word, other punctuation to the last; their own words become empty."""
    joined = list(words)
    following = len(joined) - 1
    for number in range(len(joined) - 2, -1, -1):
        word = joined[number]
        if word.word.startswith(" ") and word.word.strip() in PREPENDED_PUNCTUATION:
            after = joined[following]
            joined[following] = replace(after, word=word.word + after.word, tokens=word.tokens + after.tokens)
            joined[number] = replace(word, word="", tokens=())
        else:
            following = number
    previous = 0
    for number in range(1, len(joined)):
        word, before = joined[number], joined[previous]
        if not before.word.endswith(" ") and word.word in APPENDED_PUNCTUATION:
            joined[previous] = replace(before, word=before.word + word.word, tokens=before.tokens + word.tokens)
            joined[number] = replace(word, word="", tokens=())
        else:
            previous = number
    return joined


def _take_words(words: Iterator[TimedWord], tokens: int) -> list[TimedWord]:
    taken: list[TimedWord] = []
    while sum(len(word.tokens) for word in taken) < tokens:
        word = next(words, None)
        if word is None:
            break
        taken.append(word)
    return taken


def _fit_segment_to_words(
    segment: WindowSegment, words: list[TimedWord], last_speech_end: float, median_duration: float
) -> WindowSegment:
    words = _truncate_after_pause(words, last_speech_end, median_duration)
    first, last = words[0], words[-1]
    start, end = first.start, last.end
    if first.start + MAX_STRAY_SECONDS < segment.start < first.end:
        start = segment.start
        words[0] = replace(first, start=max(0.0, min(first.end - median_duration, segment.start)))
    if last.start < segment.end < last.end - MAX_STRAY_SECONDS:
        end = segment.end
        words[-1] = replace(words[-1], end=max(last.start + median_duration, segment.end))
    return replace(segment, start=start, end=end, words=tuple(words))


def _truncate_after_pause(words: list[TimedWord], last_speech_end: float, median_duration: float) -> list[TimedWord]:
    longest, first = 2 * median_duration, words[0]
    second = words[1] if len(words) > 1 else None
    is_long = first.end - first.start > longest or (second is not None and second.end - first.start > 2 * longest)
    if first.end - last_speech_end <= 4 * median_duration or not is_long:
        return words
    if second is not None and second.end - second.start > longest:
        boundary = max(first.start, second.end - longest)
        first, second = replace(first, end=boundary), replace(second, start=boundary)
    rest = [] if second is None else [second, *words[2:]]
    return [replace(first, start=max(0.0, first.end - longest)), *rest]
