"""A transcript as its page shows it: passages in paragraphs, risks and coverage. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.calls import get_schedule
from evidence.schedule import Question, Schedule
from transcripts.models import CoverageStatus, Passage, PassageState, Transcript
from transcripts.passages.acceptance import build_revision, is_sure
from transcripts.passages.boundary_edits import build_overall_revision, sort_passages
from transcripts.passages.passage_spans import get_span
from transcripts.passages.ribbon import QuestionStay, RibbonRow, build_rows, choose_style
from transcripts.speakers.roles import apply_merged_letters
from transcripts.speakers.speaker_list import SpeakerList, list_speakers
from transcripts.text.current_text import find_newest_corrections, list_current_segments
from transcripts.text.risk import Risk, find_risks, has_confidence_figures
from transcripts.text.spans import (
    SegmentPiece,
    WordOffset,
    WordSpan,
    make_span,
    resolve_span,
    split_by_segment,
    subtract_spans,
)
from transcripts.text.spoken import SpokenSegment

PARAGRAPH_SECONDS = 30.0
CERTAINTY_LABELS = ((0.9, "almost certain"), (0.7, "likely"), (0.5, "perhaps"), (0.0, "a guess"))


@dataclass(frozen=True, slots=True)
class SegmentExcerpt:
    segment: int  # its position
    word: int  # the first of them
    is_segment_start: bool  # whether the segment starts here
    is_risky: bool
    text: str
    version: int  # of the segment; 0: as the machine has it


@dataclass(frozen=True, slots=True)
class Paragraph:
    start_seconds: float
    speaker: str | None
    excerpts: tuple[SegmentExcerpt, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(excerpt.text for excerpt in self.excerpts)


@dataclass(frozen=True, slots=True)
class ShownPassage:
    passage: Passage
    question: Question | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def start(self) -> WordOffset:
        return get_span(self.passage).start

    @property
    def display_state(self) -> str:
        return "outside" if self.question is None else self.passage.state.value

    @property
    def is_open(self) -> bool:
        return self.question is not None and self.passage.is_open

    @property
    def certainty(self) -> str:
        return describe_certainty(self.passage.confidence)

    @property
    def revision(self) -> str:
        return build_revision(self.passage)


@dataclass(frozen=True, slots=True)
class UncoveredText:
    """Words that are in no passage."""

    start: WordOffset
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class ShownCoverage:
    question: Question
    status: CoverageStatus | None  # None: not mapped yet
    passages: tuple[Passage, ...]

    @property
    def accepted_count(self) -> int:
        return sum(is_accepted(row) for row in self.passages)

    @property
    def suggested_count(self) -> int:
        return len(self.passages) - self.accepted_count


@dataclass(frozen=True, slots=True)
class ShownTranscript:
    transcript: Transcript
    schedule: Schedule
    passages: tuple[ShownPassage, ...]
    plain_paragraphs: tuple[Paragraph, ...]  # the text before it is mapped
    uncovered: tuple[UncoveredText, ...]
    coverage: tuple[ShownCoverage, ...]
    risks: tuple[Risk, ...]  # the most useful to check first
    speakers: SpeakerList
    revision: str  # of all passages together; see build_overall_revision
    has_figures: bool  # whether it has confidence scores

    @property
    def question_numbers(self) -> dict[str, int]:
        return {question.key: number for number, question in enumerate(self.schedule.iter_questions(), start=1)}

    def get_question_style(self, key: str) -> tuple[int, int]:
        return choose_style(self.question_numbers[key])

    @property
    def ribbon(self) -> tuple[RibbonRow, ...]:
        if not self.transcript.has_times or self.plain_paragraphs:
            return ()
        stays = [
            QuestionStay(
                row.id,
                self.question_numbers.get(row.question_key or ""),
                row.start_seconds,
                row.end_seconds,
                is_accepted(row),
            )
            for row in sort_passages(self.transcript)
        ]
        return build_rows(stays, self.transcript.duration_seconds)

    @property
    def sure_count(self) -> int:
        return sum(is_sure(shown.passage) for shown in self.passages)

    @property
    def open_passages(self) -> tuple[ShownPassage, ...]:
        return tuple(shown for shown in self.passages if shown.is_open)

    def find_next_open(self, after: ShownPassage) -> ShownPassage | None:
        here = self.passages.index(after)
        around = (*self.passages[here + 1 :], *self.passages[:here])
        return next((shown for shown in around if shown.is_open), None)


def is_accepted(passage: Passage) -> bool:
    return passage.state is PassageState.ACCEPTED


def describe_certainty(confidence: float) -> str:
    return next(label for least, label in CERTAINTY_LABELS if confidence >= least)


def build_transcript_view(transcript: Transcript) -> ShownTranscript:
    schedule = get_schedule(transcript.contribution.schedule_version)
    segments = apply_merged_letters(transcript, list_current_segments(transcript))
    risks = find_risks(segments, transcript.sound_seconds)
    versions = {number: row.number for number, row in find_newest_corrections(transcript).items()}
    text = _Text(segments, frozenset(risk.segment.id for risk in risks), versions)
    statuses = {row.question_key: row.status for row in transcript.coverage}
    return ShownTranscript(
        transcript=transcript,
        schedule=schedule,
        passages=tuple(_build_passage(row, schedule, text) for row in transcript.passages),
        plain_paragraphs=text.split_all() if transcript.mapped_at is None else (),
        uncovered=_list_uncovered(transcript, text),
        coverage=tuple(_build_coverage(transcript, question, statuses) for question in schedule.iter_questions()),
        risks=risks,
        speakers=list_speakers(transcript, segments),
        revision=build_overall_revision(transcript),
        has_figures=has_confidence_figures(segments),
    )


@dataclass(frozen=True, slots=True)
class _Text:
    segments: Sequence[SpokenSegment]
    risky: frozenset[int]
    versions: Mapping[int, int]

    def split_paragraphs(self, part: WordSpan) -> tuple[Paragraph, ...]:
        groups = group_pieces(split_by_segment(self.segments, part))
        return tuple(
            Paragraph(group[0].start, group[0].speaker, tuple(self._build_excerpt(piece) for piece in group))
            for group in groups
        )

    def _build_excerpt(self, piece: SegmentPiece) -> SegmentExcerpt:
        return SegmentExcerpt(
            segment=piece.position,
            word=piece.first_word or 0,
            is_segment_start=piece.first_word is None,
            is_risky=piece.position in self.risky,
            text=piece.text,
            version=self.versions.get(piece.position, 0),
        )

    def split_all(self) -> tuple[Paragraph, ...]:
        return self.split_paragraphs(make_span(0, len(self.segments) - 1, None, None)) if self.segments else ()


def _build_passage(row: Passage, schedule: Schedule, text: _Text) -> ShownPassage:
    key = row.question_key
    question = schedule.get_question(key) if key is not None and schedule.has_question(key) else None
    part = make_span(row.first_segment, row.last_segment, row.first_word, row.last_word)
    return ShownPassage(row, question, text.split_paragraphs(part))


def _list_uncovered(transcript: Transcript, text: _Text) -> tuple[UncoveredText, ...]:
    if not text.segments:
        return ()
    whole = make_span(0, len(text.segments) - 1, None, None)
    gaps = subtract_spans(whole, [get_span(row) for row in transcript.passages])
    return tuple(
        UncoveredText(gap.start, text.split_paragraphs(gap)) for gap in gaps if resolve_span(text.segments, gap)
    )


def _build_coverage(
    transcript: Transcript, question: Question, statuses: Mapping[str, CoverageStatus]
) -> ShownCoverage:
    passages = tuple(row for row in transcript.passages if row.question_key == question.key)
    return ShownCoverage(question, statuses.get(question.key), passages)


def group_pieces(pieces: Sequence[SegmentPiece]) -> list[list[SegmentPiece]]:
    """One group for each change of speaker, and for each half minute."""
    joined: list[list[SegmentPiece]] = []
    for piece in pieces:
        first = joined[-1][0] if joined else None
        if first and first.speaker == piece.speaker and piece.end - first.start <= PARAGRAPH_SECONDS:
            joined[-1].append(piece)
        else:
            joined.append([piece])
    return joined
