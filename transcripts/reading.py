"""A transcript as its page shows it: passages in paragraphs, unsure words marked, coverage. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evidence.calls import schedule_of
from evidence.schedule import Question, Schedule
from transcripts.models import CoverageStatus, Passage, PassageState, Transcript
from transcripts.passages import is_sure, mark_of
from transcripts.spans import Piece, pieces_of, span
from transcripts.spoken import SpokenSegment, SpokenWord
from transcripts.stored_transcripts import spoken_segments

UNSURE = 0.4  # below this probability, a word is marked for the reader
PARAGRAPH_SECONDS = 30.0
CERTAINTY = ((0.9, "almost certain"), (0.7, "likely"), (0.5, "perhaps"), (0.0, "a guess"))


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    start_seconds: float
    speaker: str | None
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ShownPassage:
    passage: Passage
    question: Question | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def look(self) -> str:
        """ "suggested", "accepted" or "outside"."""
        return "outside" if self.question is None else self.passage.state.value

    @property
    def certainty(self) -> str:
        return certainty(self.passage.confidence)

    @property
    def mark(self) -> str:
        return mark_of(self.passage)


@dataclass(frozen=True, slots=True)
class ShownCoverage:
    question: Question
    status: CoverageStatus | None  # None: not mapped yet
    first_passage: Passage | None
    accepted: int
    suggested: int


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    transcript: Transcript
    schedule: Schedule
    passages: tuple[ShownPassage, ...]
    coverage: tuple[ShownCoverage, ...]

    @property
    def sure(self) -> int:
        """How many suggestions could be accepted together."""
        return sum(is_sure(shown.passage) for shown in self.passages)


def certainty(confidence: float) -> str:
    """In words."""
    return next(words for least, words in CERTAINTY if confidence >= least)


def shown(transcript: Transcript) -> ShownTranscript:
    schedule = schedule_of(transcript.contribution.schedule_version)
    segments = spoken_segments(transcript)
    return ShownTranscript(
        transcript=transcript,
        schedule=schedule,
        passages=tuple(_passage(row, schedule, segments) for row in transcript.passages),
        coverage=tuple(_coverage(transcript, question) for question in schedule.questions()),
    )


def plain_paragraphs(transcript: Transcript) -> tuple[Paragraph, ...]:
    """The text as it was heard, before anything was mapped."""
    segments = spoken_segments(transcript)
    return paragraphs(pieces_of(segments, span(0, len(segments) - 1, None, None))) if segments else ()


def _passage(row: Passage, schedule: Schedule, segments: Sequence[SpokenSegment]) -> ShownPassage:
    key = row.question_key
    question = schedule.question(key) if key is not None and schedule.has_question(key) else None
    pieces = pieces_of(segments, span(row.first_segment, row.last_segment, row.first_word, row.last_word))
    return ShownPassage(row, question, paragraphs(pieces))


def _coverage(transcript: Transcript, question: Question) -> ShownCoverage:
    mine = [row for row in transcript.passages if row.question_key == question.key]
    statuses = {row.question_key: row.status for row in transcript.coverage}
    accepted = sum(row.state is PassageState.ACCEPTED for row in mine)
    return ShownCoverage(
        question, statuses.get(question.key), mine[0] if mine else None, accepted, len(mine) - accepted
    )


def paragraphs(pieces: Sequence[Piece]) -> tuple[Paragraph, ...]:
    """A new paragraph where the speaker changes, or after half a minute."""
    joined: list[list[Piece]] = []
    for piece in pieces:
        first = joined[-1][0] if joined else None
        if first and first.speaker == piece.speaker and piece.end - first.start <= PARAGRAPH_SECONDS:
            joined[-1].append(piece)
        else:
            joined.append([piece])
    return tuple(Paragraph(group[0].start, group[0].speaker, tuple(_words(group))) for group in joined)


def _words(pieces: Sequence[Piece]) -> Iterator[Words]:
    for number, piece in enumerate(pieces):
        space = " " if number else ""
        if not piece.words or "".join(word.word for word in piece.words).split() != piece.text.split():
            yield Words(space + piece.text, is_unsure=False)
            continue
        for is_unsure, group in groupby(piece.words, key=_is_unsure):
            text = "".join(word.word for word in group)
            yield Words(space + text if space and not text.startswith(" ") else text, is_unsure)
            space = ""


def _is_unsure(word: SpokenWord) -> bool:
    return word.probability is not None and word.probability < UNSURE
