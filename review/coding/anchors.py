"""Which words are meant: of a written answer by offsets, of speech by machine words. Also as part of an address."""

import re
from dataclasses import dataclass
from uuid import UUID

from core.errors import RuleError
from review.models import AnchoredWords
from transcripts.text.spans import WordOffset, WordSpan, make_span

ID = r"([0-9a-f-]{36})"
NUMBER = r"(\d{1,7})"
WORD = r"(\d{1,7}|all)"
ANSWER_PATTERN = re.compile(rf"answer\.{ID}\.{NUMBER}\.{NUMBER}", re.ASCII)
SPEECH_PATTERN = re.compile(rf"speech\.{ID}\.{NUMBER}\.{WORD}\.{NUMBER}\.{WORD}", re.ASCII)
WHOLE = "all"


class UnclearWordsError(RuleError): ...


@dataclass(frozen=True, slots=True)
class AnswerAnchor:
    """Half-open, in code points of the answer's newest text."""

    answer_id: UUID
    start: int
    end: int

    def __str__(self) -> str:
        return f"answer.{self.answer_id}.{self.start}.{self.end}"


@dataclass(frozen=True, slots=True)
class SpeechAnchor:
    """Segments and words as in a passage: both bounds are included; None: the segment's own bound."""

    transcript_id: UUID
    first_segment: int
    last_segment: int
    first_word: int | None = None
    last_word: int | None = None

    @property
    def span(self) -> WordSpan:
        return make_span(self.first_segment, self.last_segment, self.first_word, self.last_word)

    def __str__(self) -> str:
        first, last = (WHOLE if word is None else word for word in (self.first_word, self.last_word))
        return f"speech.{self.transcript_id}.{self.first_segment}.{first}.{self.last_segment}.{last}"


Anchor = AnswerAnchor | SpeechAnchor


def get_text_id(anchor: Anchor) -> UUID:
    """Of the answer or transcript."""
    return anchor.answer_id if isinstance(anchor, AnswerAnchor) else anchor.transcript_id


def parse_anchor(text: str) -> Anchor:
    """Raises UnclearWordsError. Whether the words exist is for span_text.py to say."""
    if match := ANSWER_PATTERN.fullmatch(text):
        return _check(AnswerAnchor(_parse_id(match[1]), int(match[2]), int(match[3])))
    if match := SPEECH_PATTERN.fullmatch(text):
        words = _parse_word(match[3]), _parse_word(match[5])
        return _check(SpeechAnchor(_parse_id(match[1]), int(match[2]), int(match[4]), *words))
    raise UnclearWordsError("Choose the words again.")


def read_anchor(row: AnchoredWords) -> Anchor:
    if row.answer_id is not None:
        return AnswerAnchor(row.answer_id, row.start_offset or 0, row.end_offset or 0)
    if row.transcript_id is None:
        raise ValueError("A row that points at no words")
    first, last = row.first_segment or 0, row.last_segment or 0
    return SpeechAnchor(row.transcript_id, first, last, row.first_word, row.last_word)


def write_anchor(row: AnchoredWords, anchor: Anchor) -> None:
    if isinstance(anchor, AnswerAnchor):
        row.answer_id, row.start_offset, row.end_offset = anchor.answer_id, anchor.start, anchor.end
        return
    row.transcript_id = anchor.transcript_id
    row.first_segment, row.last_segment = anchor.first_segment, anchor.last_segment
    row.first_word, row.last_word = anchor.first_word, anchor.last_word


def make_speech_anchor(transcript_id: UUID, start: WordOffset, end: WordOffset) -> SpeechAnchor:
    """From one offset to another, half-open. `end.word` is 0 after the last word of a segment."""
    first_word = start.word or None
    if end.word == 0:
        return SpeechAnchor(transcript_id, start.segment, end.segment - 1, first_word, None)
    return SpeechAnchor(transcript_id, start.segment, end.segment, first_word, end.word - 1)


def _parse_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise UnclearWordsError("Choose the words again.") from error


def _parse_word(text: str) -> int | None:
    return None if text == WHOLE else int(text)


def _check(anchor: Anchor) -> Anchor:
    is_empty = anchor.start >= anchor.end if isinstance(anchor, AnswerAnchor) else anchor.span.is_empty
    if is_empty:
        raise UnclearWordsError("Choose at least one word.")
    return anchor
