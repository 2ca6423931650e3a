"""The words that an anchor points at, as readers may see them: the one function for themes, quotes and comparisons.

Callers check consent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.database import db
from evidence.models import Answer, Contribution
from review.coding.anchors import Anchor, AnswerAnchor, SpeechAnchor
from review.coding.word_lists import WordList, list_answer_words, list_spoken_words
from transcripts.models import Transcript
from transcripts.speakers.roles import apply_merged_letters
from transcripts.text.current_text import list_current_segments
from transcripts.text.spans import resolve_span
from transcripts.text.spoken import SpokenSegment

CONTEXT_CHARACTERS = 200
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class SpanText:
    text: str
    start_seconds: float | None = None
    end_seconds: float | None = None
    before: str = ""  # what is said or written around them
    after: str = ""
    recording_id: UUID | None = None  # that has them, if it can be played


def list_segments(transcript: Transcript) -> Sequence[SpokenSegment]:
    """With the words that count now."""
    return apply_merged_letters(transcript, list_current_segments(transcript))


def list_words(anchor: Anchor) -> WordList:
    """Of words that exist."""
    reader = SpanReader([anchor])
    transcript, answer = reader.find_transcript(anchor), reader.find_answer(anchor)
    if isinstance(anchor, SpeechAnchor) and transcript is not None:
        return list_spoken_words(list_segments(transcript), anchor)
    if isinstance(anchor, AnswerAnchor) and answer is not None:
        return list_answer_words(answer.text, anchor)
    return WordList(anchor, ())


class SpanReader:
    """The words of many anchors: each answer and transcript is loaded once."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        rows = list(anchors)
        self._answers = _load_answers({one.answer_id for one in rows if isinstance(one, AnswerAnchor)})
        self._transcripts = _load_transcripts({one.transcript_id for one in rows if isinstance(one, SpeechAnchor)})
        self._segments: dict[UUID, Sequence[SpokenSegment]] = {}

    def find_contribution(self, anchor: Anchor) -> Contribution | None:
        row = self.find_answer(anchor) or self.find_transcript(anchor)
        return row.contribution if row else None

    def find_answer(self, anchor: Anchor) -> Answer | None:
        return self._answers.get(anchor.answer_id) if isinstance(anchor, AnswerAnchor) else None

    def find_transcript(self, anchor: Anchor) -> Transcript | None:
        return self._transcripts.get(anchor.transcript_id) if isinstance(anchor, SpeechAnchor) else None

    def read(self, anchor: Anchor) -> SpanText | None:
        """None if there are no such words."""
        if isinstance(anchor, AnswerAnchor):
            answer = self._answers.get(anchor.answer_id)
            return _cut_answer(answer.text, anchor) if answer else None
        transcript = self._transcripts.get(anchor.transcript_id)
        return _cut_speech(transcript, self._get_segments(transcript), anchor) if transcript else None

    def _get_segments(self, transcript: Transcript) -> Sequence[SpokenSegment]:
        if transcript.id not in self._segments:
            self._segments[transcript.id] = list_segments(transcript)
        return self._segments[transcript.id]


def _cut_answer(text: str, anchor: AnswerAnchor) -> SpanText | None:
    words = text[anchor.start : anchor.end]
    if anchor.end > len(text) or not words.strip():
        return None
    before, after = text[: anchor.start], text[anchor.end :]
    return SpanText(words, before=before[-CONTEXT_CHARACTERS:], after=after[:CONTEXT_CHARACTERS])


def _cut_speech(transcript: Transcript, segments: Sequence[SpokenSegment], anchor: SpeechAnchor) -> SpanText | None:
    span = anchor.span
    if anchor.last_segment >= len(segments) or _has_missing_words(segments, anchor):
        return None
    bounds = resolve_span(segments, span)
    if bounds is None:
        return None
    whole = "".join(
        f"{segment.text} " for segment in segments[max(0, anchor.first_segment - 4) : anchor.last_segment + 5]
    )
    before, _, after = whole.partition(bounds.text)
    start, end = (bounds.start_seconds, bounds.end_seconds) if transcript.has_times else (None, None)
    context = (before[-CONTEXT_CHARACTERS:] if after else "", after[:CONTEXT_CHARACTERS])
    recording_id = transcript.recording_id if transcript.is_playable else None
    return SpanText(bounds.text, start, end, *context, recording_id)


def _has_missing_words(segments: Sequence[SpokenSegment], anchor: SpeechAnchor) -> bool:
    first, last = segments[anchor.first_segment], segments[anchor.last_segment]
    return (anchor.first_word or 0) >= max(1, len(first.words)) or (anchor.last_word or 0) >= max(1, len(last.words))


def _load_answers(ids: set[UUID]) -> dict[UUID, Answer]:
    query = (
        select(Answer)
        .join(Answer.contribution)
        .options(contains_eager(Answer.contribution).joinedload(Contribution.participant))
    )
    return {row.id: row for some in _batches(ids) for row in db.session.scalars(query.where(Answer.id.in_(some)))}


def _load_transcripts(ids: set[UUID]) -> dict[UUID, Transcript]:
    query = select(Transcript).options(
        selectinload(Transcript.segments),
        joinedload(Transcript.contribution).joinedload(Contribution.participant),
    )
    return {row.id: row for some in _batches(ids) for row in db.session.scalars(query.where(Transcript.id.in_(some)))}


def _batches(ids: set[UUID]) -> list[list[UUID]]:
    ordered = sorted(ids)
    return [ordered[start : start + BATCH_SIZE] for start in range(0, len(ordered), BATCH_SIZE)]
