"""A transcript as its page shows it: passages in paragraphs, what may be wrong marked, coverage. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from evidence.calls import schedule_of
from evidence.schedule import Question, Schedule
from transcripts.models import CoverageStatus, Passage, PassageState, Transcript
from transcripts.passages import is_sure, mark_of
from transcripts.redrawing import in_order, mark_of_all
from transcripts.ribbon import Row, Stay, look, rows
from transcripts.risk import UNSURE_WORD, Risk, has_figures, risks
from transcripts.spans import Piece, Span, pieces_of, span
from transcripts.speakers.roles import with_merged_letters
from transcripts.spoken import SpokenSegment, SpokenWord
from transcripts.stored_transcripts import spoken_segments
from transcripts.who_speaks import Speakers, speakers

PARAGRAPH_SECONDS = 30.0
CERTAINTY = ((0.9, "almost certain"), (0.7, "likely"), (0.5, "perhaps"), (0.0, "a guess"))


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment's words, or those of them that lie in a passage."""

    segment: int  # its position
    word: int  # the first of them
    begins: bool  # whether the segment's own beginning is here
    is_risky: bool
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    start_seconds: float
    speaker: str | None
    stretches: tuple[Stretch, ...]


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
    def is_to_decide(self) -> bool:
        return self.look == PassageState.SUGGESTED.value

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
    passages: tuple[Passage, ...]

    @property
    def accepted(self) -> int:
        return sum(is_accepted(row) for row in self.passages)

    @property
    def suggested(self) -> int:
        return len(self.passages) - self.accepted


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    transcript: Transcript
    schedule: Schedule
    passages: tuple[ShownPassage, ...]
    plain: tuple[Paragraph, ...]  # the text as it was heard, before anything was mapped
    coverage: tuple[ShownCoverage, ...]
    risks: tuple[Risk, ...]  # the most worth looking at first
    speakers: Speakers
    mark: str  # of all passages together, to be sent back with a change that may touch several
    has_figures: bool  # whether whoever wrote it down said how sure they were

    @property
    def numbers(self) -> dict[str, int]:
        """Each question's number on the ribbon."""
        return {question.key: number for number, question in enumerate(self.schedule.questions(), start=1)}

    def look(self, key: str) -> tuple[int, int]:
        """A question's colour and pattern on the ribbon."""
        return look(self.numbers[key])

    @property
    def ribbon(self) -> tuple[Row, ...]:
        """Empty where no moment is known."""
        if not self.transcript.has_times or self.plain:
            return ()
        stays = [
            Stay(row.id, self.numbers.get(row.question_key or ""), row.start_seconds, row.end_seconds, is_accepted(row))
            for row in in_order(self.transcript)
        ]
        return rows(stays, self.transcript.duration_seconds)

    @property
    def sure(self) -> int:
        """How many suggestions could be accepted together."""
        return sum(is_sure(shown.passage) for shown in self.passages)

    @property
    def to_decide(self) -> tuple[ShownPassage, ...]:
        return tuple(shown for shown in self.passages if shown.is_to_decide)

    def next_to_decide(self, after: ShownPassage) -> ShownPassage | None:
        """The one that comes next on the page, or the first of all behind the last; None: no other is left."""
        here = self.passages.index(after)
        around = (*self.passages[here + 1 :], *self.passages[:here])
        return next((shown for shown in around if shown.is_to_decide), None)


def is_accepted(passage: Passage) -> bool:
    return passage.state is PassageState.ACCEPTED


def certainty(confidence: float) -> str:
    """In words."""
    return next(words for least, words in CERTAINTY if confidence >= least)


def shown(transcript: Transcript) -> ShownTranscript:
    schedule = schedule_of(transcript.contribution.schedule_version)
    segments = with_merged_letters(transcript, spoken_segments(transcript))
    found = risks(segments)
    text = _Text(segments, frozenset(risk.segment.id for risk in found))
    statuses = {row.question_key: row.status for row in transcript.coverage}
    return ShownTranscript(
        transcript=transcript,
        schedule=schedule,
        passages=tuple(_passage(row, schedule, text) for row in transcript.passages),
        plain=text.whole() if transcript.mapped_at is None else (),
        coverage=tuple(_coverage(transcript, question, statuses) for question in schedule.questions()),
        risks=found,
        speakers=speakers(transcript, segments),
        mark=mark_of_all(transcript),
        has_figures=has_figures(segments),
    )


@dataclass(frozen=True, slots=True)
class _Text:
    segments: Sequence[SpokenSegment]
    risky: frozenset[int]

    def of(self, part: Span) -> tuple[Paragraph, ...]:
        return paragraphs(pieces_of(self.segments, part), self.risky)

    def whole(self) -> tuple[Paragraph, ...]:
        return self.of(span(0, len(self.segments) - 1, None, None)) if self.segments else ()


def _passage(row: Passage, schedule: Schedule, text: _Text) -> ShownPassage:
    key = row.question_key
    question = schedule.question(key) if key is not None and schedule.has_question(key) else None
    part = span(row.first_segment, row.last_segment, row.first_word, row.last_word)
    return ShownPassage(row, question, text.of(part))


def _coverage(transcript: Transcript, question: Question, statuses: Mapping[str, CoverageStatus]) -> ShownCoverage:
    mine = tuple(row for row in transcript.passages if row.question_key == question.key)
    return ShownCoverage(question, statuses.get(question.key), mine)


def paragraphs(pieces: Sequence[Piece], risky: frozenset[int] = frozenset()) -> tuple[Paragraph, ...]:
    """A new paragraph where the speaker changes, or after half a minute."""
    joined: list[list[Piece]] = []
    for piece in pieces:
        first = joined[-1][0] if joined else None
        if first and first.speaker == piece.speaker and piece.end - first.start <= PARAGRAPH_SECONDS:
            joined[-1].append(piece)
        else:
            joined.append([piece])
    return tuple(
        Paragraph(group[0].start, group[0].speaker, tuple(_stretch(piece, risky) for piece in group))
        for group in joined
    )


def _stretch(piece: Piece, risky: frozenset[int]) -> Stretch:
    first = piece.first_word or 0
    return Stretch(piece.position, first, piece.first_word is None, piece.position in risky, tuple(_words(piece)))


def _words(piece: Piece) -> Iterator[Words]:
    """Runs of sure and unsure words. Where the words do not make up the text, the text counts."""
    is_plain = not any(_is_unsure(word) for word in piece.words)
    if is_plain or "".join(word.word for word in piece.words).split() != piece.text.split():
        yield Words(piece.text, is_unsure=False)
        return
    for is_unsure, group in groupby(piece.words, key=_is_unsure):
        yield Words("".join(word.word for word in group), is_unsure)


def _is_unsure(word: SpokenWord) -> bool:
    return word.probability is not None and word.probability < UNSURE_WORD
