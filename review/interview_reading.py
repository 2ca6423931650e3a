"""Put one interview together as it is read: by question, then what was said outside. Decides nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.database import db
from evidence.calls import schedule_of
from evidence.models import Contribution
from evidence.schedule import Question, Section
from review.outside import OutsideSpeech, outside_speech
from review.reading import GivenAnswer, answers_of
from review.suggestions import is_newest, suggestions_in
from transcripts.models import CoverageStatus, Passage, Recording, Transcript
from transcripts.speakers import roles

WEIGHT = {  # of several parts, the one in which a question came furthest counts
    CoverageStatus.ANSWERED: 4,
    CoverageStatus.UNPROMPTED: 3,
    CoverageStatus.DECLINED: 2,
    CoverageStatus.ASKED: 1,
    CoverageStatus.NOT_ASKED: 0,
}


@dataclass(frozen=True, slots=True)
class QuestionInInterview:
    question: Question
    answer: GivenAnswer | None
    suggestions: tuple[Passage, ...]
    status: CoverageStatus | None  # None: nothing has been mapped yet


@dataclass(frozen=True, slots=True)
class PartOfInterview:
    """A recording, with its text once it has one, or a text that came without sound."""

    position: int
    recording: Recording | None
    transcript: Transcript | None
    outside: tuple[OutsideSpeech, ...]

    @property
    def is_playable(self) -> bool:
        """Whether the seconds of its words lead to them in the sound."""
        return self.transcript.is_playable if self.transcript else self.recording is not None


@dataclass(frozen=True, slots=True)
class InterviewReading:
    sections: tuple[tuple[Section, tuple[QuestionInInterview, ...]], ...]
    parts: tuple[PartOfInterview, ...]

    @property
    def is_demonstration(self) -> bool:
        return any(item.transcript and item.transcript.is_demonstration for item in self.parts)


def read_interview(contribution: Contribution) -> InterviewReading:
    """Answers, suggestions and coverage in the schedule's order, and all other speech."""
    transcripts = {row.position: row for row in _newest_transcripts(contribution)}
    recordings = {row.position: row for row in _recordings(contribution)}
    parts = tuple(_part(n, recordings.get(n), transcripts.get(n)) for n in sorted({*recordings, *transcripts}))
    answers = answers_of(contribution)
    suggestions: defaultdict[str | None, list[Passage]] = defaultdict(list)
    for passage in suggestions_in(contribution):
        suggestions[passage.question_key].append(passage)
    status = coverage_of(transcripts.values())
    sections = tuple(
        (
            section,
            tuple(
                QuestionInInterview(q, answers.get(q.key), tuple(suggestions[q.key]), status.get(q.key))
                for q in section.questions
            ),
        )
        for section in schedule_of(contribution.schedule_version).sections
    )
    return InterviewReading(sections, parts)


def coverage_of(transcripts: Iterable[Transcript]) -> dict[str, CoverageStatus]:
    """What became of each question over all parts of an interview."""
    found: dict[str, CoverageStatus] = {}
    for row in (row for transcript in transcripts for row in transcript.coverage):
        found[row.question_key] = max(row.status, found.get(row.question_key, row.status), key=WEIGHT.__getitem__)
    return found


def _recordings(contribution: Contribution) -> Sequence[Recording]:
    wanted = select(Recording).where(Recording.contribution_id == contribution.id).order_by(Recording.position)
    return db.session.scalars(wanted).all()


def _newest_transcripts(contribution: Contribution) -> Sequence[Transcript]:
    wanted = (
        select(Transcript)
        .where(Transcript.contribution_id == contribution.id, is_newest())
        .options(
            selectinload(Transcript.segments),
            selectinload(Transcript.passages),
            selectinload(Transcript.coverage),
        )
    )
    return db.session.scalars(wanted).all()


def _part(position: int, recording: Recording | None, transcript: Transcript | None) -> PartOfInterview:
    if transcript is None:
        return PartOfInterview(position, recording, transcript, ())
    outside = outside_speech(transcript.segments, transcript.passages, roles.known_letters(transcript))
    return PartOfInterview(position, recording, transcript, tuple(outside))
