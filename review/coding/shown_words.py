"""Texts of the reading pages with the themes of their words. Callers check consent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from core.database import db
from evidence.models import Answer, Contribution
from review.coding.anchors import Anchor, AnswerAnchor, SpeechAnchor, get_text_id, read_anchor
from review.coding.span_text import list_segments
from review.coding.word_lists import Position, TextWord, WordList, list_answer_words, list_bounds, list_spoken_words
from review.models import CodedSpan, Theme
from transcripts.models import Passage, Transcript
from transcripts.passages.spoken_answers import find_interviewers
from transcripts.text.spoken import SpokenSegment

MAX_EXCERPT_WORDS = 6


@dataclass(frozen=True, slots=True)
class ThemeMark:
    span_id: UUID
    theme: Theme
    excerpt: str  # the first words that have it


@dataclass(frozen=True, slots=True)
class ShownPiece:
    text: str
    gap: str
    marks: tuple[ThemeMark, ...]
    is_interviewer: bool = False


@dataclass(frozen=True, slots=True)
class ShownWords:
    anchor: Anchor
    pieces: tuple[ShownPiece, ...]
    marks: tuple[ThemeMark, ...]


class ThemeMarks:
    """The themes in some contributions, loaded once."""

    def __init__(self, contributions: Iterable[Contribution]) -> None:
        self._of_answers: dict[UUID, list[CodedSpan]] = defaultdict(list)
        self._of_speech: dict[UUID, list[CodedSpan]] = defaultdict(list)
        self._segments: dict[UUID, Sequence[SpokenSegment]] = {}
        for span in _load_spans({row.id for row in contributions}):
            if span.answer_id is not None:
                self._of_answers[span.answer_id].append(span)
            elif span.transcript_id is not None:
                self._of_speech[span.transcript_id].append(span)

    def show_answer(self, answer: Answer) -> ShownWords:
        anchor = AnswerAnchor(answer.id, 0, len(answer.text))
        spans = self._of_answers[answer.id]
        if not spans:
            return ShownWords(anchor, (ShownPiece(answer.text, "", ()),), ())
        return mark_words(list_answer_words(answer.text, anchor), spans)

    def show_passage(self, passage: Passage, own_text: str = "") -> ShownWords:
        """`own_text`: what the participant says of it; the rest is shown as the interviewer's."""
        anchor, has_others = get_passage_anchor(passage), bool(own_text) and own_text != passage.text
        return self._show(passage.transcript, anchor, passage.text, has_others=has_others)

    def show_speech(self, transcript: Transcript, first: Position, last: Position, text: str) -> ShownWords:
        """From one word to another, both included."""
        return self._show(transcript, SpeechAnchor(transcript.id, first[0], last[0], first[1] or None, last[1]), text)

    def _show(self, transcript: Transcript, anchor: SpeechAnchor, text: str, *, has_others: bool = False) -> ShownWords:
        spans = [span for span in self._of_speech[transcript.id] if _overlap(read_anchor(span), anchor)]
        if not spans and not has_others:
            return ShownWords(anchor, (ShownPiece(text, "", ()),), ())
        segments, letters = self._get_segments(transcript), find_interviewers(transcript)
        asked = frozenset(number for number, segment in enumerate(segments) if segment.speaker in letters)
        return mark_words(list_spoken_words(segments, anchor), spans, asked)

    def _get_segments(self, transcript: Transcript) -> Sequence[SpokenSegment]:
        if transcript.id not in self._segments:
            self._segments[transcript.id] = list_segments(transcript)
        return self._segments[transcript.id]


def get_passage_anchor(passage: Passage) -> SpeechAnchor:
    return SpeechAnchor(
        passage.transcript_id, passage.first_segment, passage.last_segment, passage.first_word, passage.last_word
    )


def mark_words(
    words: WordList, spans: Sequence[CodedSpan], interviewer_segments: frozenset[int] = frozenset()
) -> ShownWords:
    same = [span for span in spans if get_text_id(read_anchor(span)) == get_text_id(words.whole)]
    bounds = [(list_bounds(read_anchor(span)), span) for span in same]
    by_word = [
        tuple(span for (start, end), span in bounds if word.start < end and start < word.end) for word in words.words
    ]
    marks = {span.id: _build_mark(span, words.words, by_word) for span in same if any(span in own for own in by_word)}
    runs = groupby(
        zip(words.words, by_word, strict=True),
        key=lambda pair: ([span.id for span in pair[1]], pair[0].start[0] in interviewer_segments),
    )
    pieces = [
        replace(_build_piece([word for word, _ in run], [marks[one] for one in ids]), is_interviewer=is_interviewer)
        for (ids, is_interviewer), run in runs
    ]
    return ShownWords(words.whole, tuple(pieces), tuple(marks.values()))


def _build_piece(words: Sequence[TextWord], marks: Sequence[ThemeMark]) -> ShownPiece:
    text = "".join(word.text + word.gap for word in words[:-1]) + words[-1].text
    return ShownPiece(text, words[-1].gap, tuple(marks))


def _build_mark(span: CodedSpan, words: Sequence[TextWord], by_word: Sequence[tuple[CodedSpan, ...]]) -> ThemeMark:
    own = [word.text for word, spans in zip(words, by_word, strict=True) if span in spans]
    excerpt = " ".join(own[:MAX_EXCERPT_WORDS])
    return ThemeMark(span.id, span.theme, excerpt + (" …" if len(own) > MAX_EXCERPT_WORDS else ""))


def _load_spans(contribution_ids: set[UUID]) -> list[CodedSpan]:
    query = select(CodedSpan).join(CodedSpan.theme).options(contains_eager(CodedSpan.theme))
    query = query.where(CodedSpan.round_id.is_(None), CodedSpan.contribution_id.in_(contribution_ids))
    return list(db.session.scalars(query.order_by(CodedSpan.coded_at))) if contribution_ids else []


def _overlap(one: Anchor, other: Anchor) -> bool:
    (start, end), (other_start, other_end) = list_bounds(one), list_bounds(other)
    return start < other_end and other_start < end


def list_overlapping(anchor: Anchor) -> list[CodedSpan]:
    """What is coded among these words."""
    if isinstance(anchor, AnswerAnchor):
        same = CodedSpan.answer_id == anchor.answer_id
    else:
        same = CodedSpan.transcript_id == anchor.transcript_id
    query = select(CodedSpan).join(CodedSpan.theme).options(contains_eager(CodedSpan.theme))
    rows = db.session.scalars(query.where(same, CodedSpan.round_id.is_(None)).order_by(CodedSpan.coded_at))
    return [row for row in rows if _overlap(read_anchor(row), anchor)]


def list_round_spans(round_id: UUID, coder_id: UUID, contribution_id: UUID) -> list[CodedSpan]:
    """One coder's own, in a round of double coding."""
    query = select(CodedSpan).join(CodedSpan.theme).options(contains_eager(CodedSpan.theme))
    query = query.where(CodedSpan.round_id == round_id, CodedSpan.coded_by == coder_id)
    return list(db.session.scalars(query.where(CodedSpan.contribution_id == contribution_id)))
