"""Assemble one interview for reading: by question, then the speech outside the questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.database import db
from evidence.calls import get_schedule
from evidence.models import Contribution
from evidence.schedule import Question, Section
from review.reading.answers import AnswerWithPassages, get_answers_with_passages
from review.reading.coverage_rank import COVERAGE_RANK
from review.reading.outside_speech import OutsideSpeech, find_outside_speech
from review.reading.suggestions import list_suggestions_in_interview
from transcripts.models import CoverageStatus, Passage, Recording, Transcript
from transcripts.speakers import roles
from transcripts.text.current_text import list_current_segments


@dataclass(frozen=True, slots=True)
class QuestionInInterview:
    question: Question
    answer: AnswerWithPassages | None
    suggestions: tuple[Passage, ...]
    status: CoverageStatus | None  # None: nothing has been mapped yet


@dataclass(frozen=True, slots=True)
class InterviewPart:
    position: int
    recording: Recording | None
    transcript: Transcript | None

    @property
    def outside_speech(self) -> tuple[OutsideSpeech, ...]:
        if self.transcript is None:
            return ()
        segments, names = list_current_segments(self.transcript), roles.map_known_letters(self.transcript)
        return tuple(find_outside_speech(segments, self.transcript.passages, names))

    @property
    def is_playable(self) -> bool:
        """Whether the times of its words match a recording."""
        return self.transcript.is_playable if self.transcript else self.recording is not None


@dataclass(frozen=True, slots=True)
class InterviewReading:
    sections: tuple[tuple[Section, tuple[QuestionInInterview, ...]], ...]
    parts: tuple[InterviewPart, ...]

    @property
    def is_demonstration(self) -> bool:
        return any(item.transcript and item.transcript.is_demonstration for item in self.parts)


def build_interview_reading(contribution: Contribution) -> InterviewReading:
    transcripts = {row.position: row for row in _list_newest_transcripts(contribution)}
    recordings = {row.position: row for row in _list_recordings(contribution)}
    parts = tuple(InterviewPart(n, recordings.get(n), transcripts.get(n)) for n in sorted({*recordings, *transcripts}))
    answers = get_answers_with_passages(contribution)
    suggestions: defaultdict[str | None, list[Passage]] = defaultdict(list)
    for passage in list_suggestions_in_interview(contribution):
        suggestions[passage.question_key].append(passage)
    status = merge_coverage(transcripts.values())
    sections = tuple(
        (
            section,
            tuple(
                QuestionInInterview(q, answers.get(q.key), tuple(suggestions[q.key]), status.get(q.key))
                for q in section.questions
            ),
        )
        for section in get_schedule(contribution.schedule_version).sections
    )
    return InterviewReading(sections, parts)


def merge_coverage(transcripts: Iterable[Transcript]) -> dict[str, CoverageStatus]:
    merged: dict[str, CoverageStatus] = {}
    for row in (row for transcript in transcripts for row in transcript.coverage):
        merged[row.question_key] = max(
            row.status, merged.get(row.question_key, row.status), key=COVERAGE_RANK.__getitem__
        )
    return merged


def _list_recordings(contribution: Contribution) -> Sequence[Recording]:
    query = select(Recording).where(Recording.contribution_id == contribution.id).order_by(Recording.position)
    return db.session.scalars(query).all()


def _list_newest_transcripts(contribution: Contribution) -> Sequence[Transcript]:
    query = (
        select(Transcript)
        .where(Transcript.contribution_id == contribution.id, Transcript.is_newest)
        .options(
            selectinload(Transcript.segments),
            selectinload(Transcript.passages),
            selectinload(Transcript.coverage),
        )
    )
    return db.session.scalars(query).all()
