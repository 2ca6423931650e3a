"""A text as words that can be chosen, one after the other, and the anchor of some of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import RuleError
from review.coding.anchors import Anchor, AnswerAnchor, SpeechAnchor
from transcripts.text.spans import SegmentPiece, split_by_segment
from transcripts.text.spoken import SpokenSegment

WORD = re.compile(r"(\S+)(\s*)")
SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")
PUNCTUATION = re.compile(r"^\W+|\W+$")
Position = tuple[int, int]  # in speech: segment and word; in an answer: 0 and the offset
MAX_SENTENCE_WORDS = 60


class WordsNotInTextError(RuleError): ...


@dataclass(frozen=True, slots=True)
class TextWord:
    text: str
    gap: str  # the white space after it
    start: Position
    end: Position
    ends_sentence: bool = False
    first_word: int | None = None  # of speech, as in an anchor
    last_word: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    number: int
    first: int  # indexes of words, both included
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class WordList:
    whole: Anchor
    words: tuple[TextWord, ...]

    def make_anchor(self, first: int, last: int) -> Anchor:
        """Of some of the words; both indexes are included. Raises WordsNotInTextError."""
        if not 0 <= first <= last < len(self.words):
            raise WordsNotInTextError("Choose at least one word.")
        begin, end = self.words[first], self.words[last]
        if isinstance(self.whole, AnswerAnchor):
            return AnswerAnchor(self.whole.answer_id, begin.start[1], end.end[1])
        return SpeechAnchor(self.whole.transcript_id, begin.start[0], end.start[0], begin.first_word, end.last_word)

    def list_sentences(self) -> list[Sentence]:
        found: list[Sentence] = []
        first = 0
        for index, word in enumerate(self.words):
            if word.ends_sentence or index == len(self.words) - 1 or index - first >= MAX_SENTENCE_WORDS:
                text = " ".join(one.text for one in self.words[first : index + 1])
                found.append(Sentence(len(found), first, index, text))
                first = index + 1
        return found

    def find_run(self, beginning: str, ending: str, first: int = 0, last: int | None = None) -> tuple[int, int]:
        """From the words that `beginning` has to those that `ending` has, whatever their case and punctuation."""
        stop = len(self.words) - 1 if last is None else last
        start = first if not beginning.strip() else self._find(beginning, first, stop)[0]
        end = stop if not ending.strip() else self._find(ending, start, stop)[1]
        return start, end

    def _find(self, text: str, first: int, last: int) -> tuple[int, int]:
        query = [_normalise(word) for word in text.split()]
        words = [_normalise(word.text) for word in self.words[first : last + 1]]
        for index in range(len(words) - len(query) + 1):
            if words[index : index + len(query)] == query:
                return first + index, first + index + len(query) - 1
        raise WordsNotInTextError(f"The words “{text.strip()[:60]}” are not there. Copy them from the text.")


def list_answer_words(text: str, anchor: AnswerAnchor) -> WordList:
    words = []
    for match in WORD.finditer(text, anchor.start, anchor.end):
        ends = bool(SENTENCE_END.search(match[1])) or "\n" in match[2]
        words.append(TextWord(match[1], match[2], (0, match.start(1)), (0, match.end(1)), ends))
    return WordList(anchor, tuple(words))


def list_spoken_words(segments: Sequence[SpokenSegment], anchor: SpeechAnchor) -> WordList:
    pieces = split_by_segment(segments, anchor.span)
    words = [word for piece in pieces for word in _list_piece_words(piece, len(segments[piece.position].words))]
    return WordList(anchor, tuple(words))


def list_bounds(anchor: Anchor) -> tuple[Position, Position]:
    """Half-open."""
    if isinstance(anchor, AnswerAnchor):
        return (0, anchor.start), (0, anchor.end)
    span = anchor.span
    return (span.start.segment, span.start.word), (span.end.segment, span.end.word)


def _list_piece_words(piece: SegmentPiece, count: int) -> Iterator[TextWord]:
    """Words as a reader counts them, each with the machine's words that it is made of."""
    texts = piece.text.split()
    machine = _match_machine_words(piece) if piece.words else []
    offset = piece.first_word or 0
    for index, text in enumerate(texts):
        is_last = index == len(texts) - 1
        if len(machine) != len(texts):  # without times of their own: only whole
            last = piece.last_word if piece.words else None
            yield TextWord(
                text, " ", (piece.position, offset), (piece.position + 1, 0), is_last, piece.first_word, last
            )
            continue
        first, last = offset + machine[index][0], offset + machine[index][1]
        yield TextWord(
            text,
            " ",
            (piece.position, first),
            (piece.position, last + 1),
            is_last or bool(SENTENCE_END.search(text)),
            first or None,
            last if last < count - 1 else None,
        )


def _match_machine_words(piece: SegmentPiece) -> list[tuple[int, int]]:
    """For each word of the text, the first and last of the machine's words that it consists of."""
    owners = [number for number, word in enumerate(piece.words) for _ in word.word]
    text = "".join(word.word for word in piece.words)
    return [(owners[match.start(1)], owners[match.end(1) - 1]) for match in WORD.finditer(text)]


def _normalise(word: str) -> str:
    return PUNCTUATION.sub("", word).casefold() or word
