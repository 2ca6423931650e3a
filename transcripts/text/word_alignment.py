"""Carry a segment's words over to its corrected text: their times, and their positions. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rapidfuzz.distance import Levenshtein

from transcripts.text.spoken import SpokenSegment, SpokenWord

MAX_MEASURED_RUN = 8  # of a longer run of replaced words, nobody can say which word took the place of which
WORD = re.compile(r"\S+")
PUNCTUATION_AROUND = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class AlignedText:
    """`positions`: as many as the machine's words, with what now is in the place of each; "" where it is deleted.

    `words`: the words of the text itself.
    """

    positions: tuple[SpokenWord, ...]
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    """A word as a reader counts them: "well" and "-known" of the machine are one. `parts`: (position, text)."""

    parts: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.parts)

    @property
    def last_position(self) -> int:
        return self.parts[-1][0]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word of the new text. `old`: whose place it takes; None: it was added after `after` (-1: before all)."""

    text: str
    old: int | None
    after: int
    is_measured: bool
    is_in_long_run: bool = False


def align_words(segment: SpokenSegment, text: str) -> AlignedText:
    """Untouched words keep their times, and so do words replaced one for one; added words share the gap."""
    if not segment.words:
        return AlignedText((), ())
    tokens = _list_tokens(segment.words)
    placed = list(_place_words([token.text for token in tokens], text.split()))
    return AlignedText(_fill_positions(segment.words, tokens, placed), _time_words(segment, tokens, placed))


def normalise_word(word: str) -> str:
    return PUNCTUATION_AROUND.sub("", word).casefold() or word


def _list_tokens(words: Sequence[SpokenWord]) -> list[_Token]:
    characters = [(number, char) for number, word in enumerate(words) for char in word.word]
    text = "".join(char for _, char in characters)
    return [_build_token(characters[match.start() : match.end()]) for match in WORD.finditer(text)]


def _build_token(characters: Sequence[tuple[int, str]]) -> _Token:
    by_position = groupby(characters, key=lambda pair: pair[0])
    return _Token(tuple((number, "".join(char for _, char in pairs)) for number, pairs in by_position))


def _place_words(old: Sequence[str], new: Sequence[str]) -> Iterator[_Placed]:
    opcodes = Levenshtein.opcodes([normalise_word(word) for word in old], [normalise_word(word) for word in new])
    for is_same, group in groupby(opcodes, key=lambda code: code.tag == "equal"):
        codes = list(group)
        olds, news = range(codes[0].src_start, codes[-1].src_end), range(codes[0].dest_start, codes[-1].dest_end)
        if not is_same and olds and max(len(olds), len(news)) > MAX_MEASURED_RUN:
            yield from _spread_run(new, olds, news)
            continue
        for code in codes:
            for number, index in enumerate(range(code.dest_start, code.dest_end)):
                is_added = code.tag == "insert"
                position = code.src_start - 1 if is_added else code.src_start + number
                yield _Placed(new[index], None if is_added else position, position, is_measured=not is_added)


def _spread_run(new: Sequence[str], olds: range, news: range) -> Iterator[_Placed]:
    for number, index in enumerate(news):
        old = olds[number * len(olds) // len(news)]
        yield _Placed(new[index], old, old, is_measured=False, is_in_long_run=True)


def _fill_positions(
    words: Sequence[SpokenWord], tokens: Sequence[_Token], placed: Sequence[_Placed]
) -> tuple[SpokenWord, ...]:
    texts = [""] * len(words)
    for one in placed:
        if one.old is None:
            texts[tokens[one.after].last_position if one.after >= 0 else 0] += f" {one.text}"
        elif one.text == tokens[one.old].text:
            for number, (position, part) in enumerate(tokens[one.old].parts):
                texts[position] += part if number else f" {part}"
        else:
            texts[tokens[one.old].parts[0][0]] += f" {one.text}"
    return tuple(replace(word, word=text, probability=None) for word, text in zip(words, texts, strict=True))


def _time_words(segment: SpokenSegment, tokens: Sequence[_Token], placed: Sequence[_Placed]) -> tuple[SpokenWord, ...]:
    words: list[SpokenWord] = []
    for is_added, group in groupby(placed, key=lambda one: one.old is None):
        if is_added:
            words += _share_gap(segment, tokens, list(group))
        else:
            words += [_time_word(segment, tokens, one) for one in group]
    return tuple(words)


def _time_word(segment: SpokenSegment, tokens: Sequence[_Token], one: _Placed) -> SpokenWord:
    if one.is_in_long_run or one.old is None:
        return SpokenWord(f" {one.text}", segment.start, segment.end, is_measured=False)
    old = [segment.words[position] for position, _ in tokens[one.old].parts]
    is_same = one.text == tokens[one.old].text and len(old) == 1
    return SpokenWord(f" {one.text}", old[0].start, old[-1].end, old[0].probability if is_same else None)


def _share_gap(segment: SpokenSegment, tokens: Sequence[_Token], run: Sequence[_Placed]) -> list[SpokenWord]:
    """Between the words of the machine on either side."""
    before, after = run[0].after, run[-1].after + 1
    start = segment.words[tokens[before].last_position].end if before >= 0 else segment.start
    end = segment.words[tokens[after].parts[0][0]].start if after < len(tokens) else segment.end
    step = max(0.0, end - start) / len(run)
    return [
        SpokenWord(f" {one.text}", start + n * step, start + (n + 1) * step, is_measured=False)
        for n, one in enumerate(run)
    ]
