"""Join the texts of two windows as they were spoken. Pure.

Each window is read by itself, so Whisper takes its edges for the start and end of a text: it may write an ellipsis or a
full stop where a sentence only pauses, start the rest in lower case, or write the last word twice.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from transcripts.recognition.segment_cutting import ends_sentence
from transcripts.text.spoken import SpokenSegment, SpokenWord

SAME_SENTENCE_SECONDS = 1.0  # a longer pause at a seam ends what was said
DOUBLED_WORD_SECONDS = 0.3  # between two readings of one word that was cut in two
TRAILING_DOTS = re.compile(r"\s*(?:\.{2,}|…|-|–|—)$")
LEADING_DOTS = re.compile(r"^(\s*)(?:\.{2,}|…|-\s|–|—)\s*")
NOT_LETTERS = re.compile(r"[\W_]+")


def join_windows(windows: Sequence[Sequence[SpokenSegment]]) -> list[SpokenSegment]:
    joined: list[SpokenSegment] = []
    for segments in windows:
        following = list(segments)
        if joined and following and _is_readable(joined[-1]) and _is_readable(following[0]):
            joined[-1:], following[:1] = _join_seam(joined[-1], following[0])
        if not joined and following and _is_readable(following[0]):
            following[0] = _start_sentence(following[0])
        joined += following
    return joined


def capitalise(segment: SpokenSegment) -> SpokenSegment:
    first = segment.words[0]
    return _with_words(segment, (replace(first, word=_raise_first_letter(first.word)), *segment.words[1:]))


def _join_seam(before: SpokenSegment, after: SpokenSegment) -> tuple[list[SpokenSegment], list[SpokenSegment]]:
    pause = after.start - before.end
    if pause > SAME_SENTENCE_SECONDS:
        return [before], [_start_sentence(after)]
    after_left = _drop_doubled_word(before, after, pause)
    if after_left is None:
        return [before], []
    before, after_left = _strip_trailing_dots(before), _strip_leading_dots(after_left)
    return [_strip_full_stop(before) if _starts_in_lower_case(after_left) else before], [after_left]


def _drop_doubled_word(before: SpokenSegment, after: SpokenSegment, pause: float) -> SpokenSegment | None:
    """The rest of `after` without a first word that only says the last one of `before` again; None: nothing is left."""
    last, first = _plain(before.words[-1].word), _plain(after.words[0].word)
    if not last or last != first or pause > DOUBLED_WORD_SECONDS or ends_sentence(before.words[-1].word):
        return after
    return _with_words(after, after.words[1:]) if len(after.words) > 1 else None


def _strip_trailing_dots(segment: SpokenSegment) -> SpokenSegment:
    last = segment.words[-1]
    plain = TRAILING_DOTS.sub("", last.word)
    return _with_words(segment, (*segment.words[:-1], replace(last, word=plain))) if plain.strip() else segment


def _strip_leading_dots(segment: SpokenSegment) -> SpokenSegment:
    first = segment.words[0]
    plain = LEADING_DOTS.sub(r"\1", first.word)
    return _with_words(segment, (replace(first, word=plain), *segment.words[1:])) if plain.strip() else segment


def _strip_full_stop(segment: SpokenSegment) -> SpokenSegment:
    last = segment.words[-1]
    if not last.word.endswith(".") or not ends_sentence(last.word):
        return segment
    return _with_words(segment, (*segment.words[:-1], replace(last, word=last.word.removesuffix("."))))


def _start_sentence(segment: SpokenSegment) -> SpokenSegment:
    segment = _strip_leading_dots(segment)
    return capitalise(segment) if _starts_in_lower_case(segment) else segment


def _starts_in_lower_case(segment: SpokenSegment) -> bool:
    return segment.text[:1].islower()


def _raise_first_letter(word: str) -> str:
    text = word.lstrip()
    return word[: len(word) - len(text)] + text[:1].upper() + text[1:]


def _with_words(segment: SpokenSegment, words: tuple[SpokenWord, ...]) -> SpokenSegment:
    text = "".join(word.word for word in words).strip()
    return replace(segment, text=text, words=words, start=words[0].start, end=max(words[0].start, words[-1].end))


def _plain(word: str) -> str:
    return NOT_LETTERS.sub("", word).casefold()


def _is_readable(segment: SpokenSegment) -> bool:
    """Its words are its text, so that a change of one can be a change of both."""
    return bool(segment.words) and "".join(word.word for word in segment.words).strip() == segment.text
