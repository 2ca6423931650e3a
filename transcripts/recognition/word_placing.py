"""Hand the words of a window out to its sentences, with punctuation joined and words that are too long cut. Pure.

The rules are openai-whisper's (`whisper.timing.add_word_timestamps`): attention often gives a pause to its neighbour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

SENTENCE_ENDS = ".。!！?？"
JOINS_NEXT = "\"'“¿([{-"
JOINS_LAST = "\"'.。,，!！?？:：”)]}、"
LONGEST_USUAL_SECONDS = 0.7
STRAY_SECONDS = 0.5  # a sentence's own time stamps win over a word that lies further outside


@dataclass(frozen=True, slots=True)
class TimedWord:
    """Seconds from the window's start."""

    word: str
    tokens: tuple[int, ...]
    start: float
    end: float
    probability: float  # 0..1, the mean of its tokens'


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a window between two time stamps, in seconds from the window's start."""

    start: float
    end: float
    tokens: tuple[int, ...]  # without time stamps
    words: tuple[TimedWord, ...] = ()


def with_words(sentences: Sequence[Sentence], words: Sequence[TimedWord], last_end: float) -> list[Sentence]:
    """Each sentence with its words; starts and ends follow them. `last_end`: where speech ended before the window."""
    usual = usual_seconds(words)
    joined = iter(joined_words(cut_at_sentence_ends(words, 2 * usual)))
    placed: list[Sentence] = []
    for sentence in sentences:
        own = [word for word in _taken(joined, len(sentence.tokens)) if word.word]
        placed.append(_placed(sentence, own, last_end, usual) if own else sentence)
        last_end = placed[-1].end if own else last_end
    return placed


def usual_seconds(words: Sequence[TimedWord]) -> float:
    """How long a word of this window usually lasts."""
    lengths = [word.end - word.start for word in words if word.end != word.start]
    return min(LONGEST_USUAL_SECONDS, median(lengths)) if lengths else 0.0


def cut_at_sentence_ends(words: Sequence[TimedWord], longest: float) -> list[TimedWord]:
    """A full stop, and the word after one, do not last through the pause between."""
    cut = list(words)
    for number in range(1, len(cut)):
        word = cut[number]
        if word.end - word.start <= longest or longest == 0:
            continue
        if word.word in SENTENCE_ENDS:
            cut[number] = replace(word, end=word.start + longest)
        elif cut[number - 1].word in SENTENCE_ENDS:
            cut[number] = replace(word, start=word.end - longest)
    return cut


def joined_words(words: Sequence[TimedWord]) -> list[TimedWord]:
    """Quotation marks and brackets go to the next word, other punctuation to the last; who gave its text is empty."""
    joined = list(words)
    following = len(joined) - 1
    for number in range(len(joined) - 2, -1, -1):
        word = joined[number]
        if word.word.startswith(" ") and word.word.strip() in JOINS_NEXT:
            after = joined[following]
            joined[following] = replace(after, word=word.word + after.word, tokens=word.tokens + after.tokens)
            joined[number] = replace(word, word="", tokens=())
        else:
            following = number
    previous = 0
    for number in range(1, len(joined)):
        word, before = joined[number], joined[previous]
        if not before.word.endswith(" ") and word.word in JOINS_LAST:
            joined[previous] = replace(before, word=before.word + word.word, tokens=before.tokens + word.tokens)
            joined[number] = replace(word, word="", tokens=())
        else:
            previous = number
    return joined


def _taken(words: Iterator[TimedWord], tokens: int) -> list[TimedWord]:
    """The next words, until they hold so many tokens."""
    taken: list[TimedWord] = []
    while sum(len(word.tokens) for word in taken) < tokens:
        word = next(words, None)
        if word is None:
            break
        taken.append(word)
    return taken


def _placed(sentence: Sentence, words: list[TimedWord], last_end: float, usual: float) -> Sentence:
    words = _cut_after_pause(words, last_end, usual)
    first, last = words[0], words[-1]
    start, end = first.start, last.end
    if first.start + STRAY_SECONDS < sentence.start < first.end:
        start = sentence.start
        words[0] = replace(first, start=max(0.0, min(first.end - usual, sentence.start)))
    if last.start < sentence.end < last.end - STRAY_SECONDS:
        end = sentence.end
        words[-1] = replace(words[-1], end=max(last.start + usual, sentence.end))
    return replace(sentence, start=start, end=end, words=tuple(words))


def _cut_after_pause(words: list[TimedWord], last_end: float, usual: float) -> list[TimedWord]:
    """The first words after a pause do not last through it."""
    longest, first = 2 * usual, words[0]
    second = words[1] if len(words) > 1 else None
    is_long = first.end - first.start > longest or (second is not None and second.end - first.start > 2 * longest)
    if first.end - last_end <= 4 * usual or not is_long:
        return words
    if second is not None and second.end - second.start > longest:
        boundary = max(first.start, second.end - longest)
        first, second = replace(first, end=boundary), replace(second, start=boundary)
    rest = [] if second is None else [second, *words[2:]]
    return [replace(first, start=max(0.0, first.end - longest)), *rest]
