"""The parts of an interview as the desk shows them: recordings with their text, on one timeline. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evidence.models import Contribution
from review.reading.interviews import InterviewPart, InterviewReading
from transcripts.models import Recording, Transcript
from transcripts.passages import transcript_view
from transcripts.passages.ribbon import QuestionStay, RibbonStrip, build_row
from transcripts.passages.transcript_view import ShownPassage, ShownTranscript, UncoveredText
from transcripts.speakers.speaker_list import ListedSpeaker

SHORTEST_SHARE = 1.0  # of the ribbon, in percent, so that a short recording can be seen


@dataclass(frozen=True, slots=True)
class DeskPart:
    position: int
    recording: Recording | None
    transcript: Transcript | None
    shown: ShownTranscript | None  # None: there is no transcript yet
    duration_seconds: float

    @property
    def is_playable(self) -> bool:
        return self.transcript.is_playable if self.transcript else self.recording is not None

    @property
    def blocks(self) -> list[ShownPassage | UncoveredText]:
        """Everything that is said, in order: passages, and words that are in none."""
        if self.shown is None:
            return []
        return sorted([*self.shown.passages, *self.shown.uncovered], key=lambda block: block.start)

    @property
    def strips(self) -> Sequence[RibbonStrip]:
        if self.shown is None or self.transcript is None or not self.transcript.has_times:
            return ()
        numbers = self.shown.question_numbers
        stays = [_build_stay(item, numbers) for item in self.shown.passages]
        return build_row(stays, self.duration_seconds).strips

    @property
    def interviewers(self) -> frozenset[str]:
        """Letters, also where they are only guessed: their turns are shown in grey."""
        return frozenset(one.letter for one in self._list_speakers() if one.role == "interviewer")

    @property
    def participant_word_count(self) -> int:
        """Words of everybody but the interviewer."""
        if self.shown is None:
            return 0
        interviewers = self.interviewers
        paragraphs = (one for block in self.blocks for one in block.paragraphs if one.speaker not in interviewers)
        return sum(len(text.split()) for one in paragraphs for text in one.texts)

    def name_speaker(self, letter: str) -> str:
        """A guess is shown as a letter."""
        is_known = self.shown is not None and self.shown.speakers.is_confirmed
        return self.shown.speakers.names.get(letter, letter) if is_known and self.shown else letter

    def _list_speakers(self) -> Sequence[ListedSpeaker]:
        return self.shown.speakers.listed if self.shown else ()


@dataclass(frozen=True, slots=True)
class Desk:
    contribution: Contribution
    reading: InterviewReading
    parts: tuple[DeskPart, ...]

    @property
    def total_seconds(self) -> float:
        return sum(part.duration_seconds for part in self.parts)

    @property
    def question_numbers(self) -> dict[str, int]:
        questions = (item.question for _, items in self.reading.sections for item in items)
        return {question.key: number for number, question in enumerate(questions, start=1)}

    def iter_transcripts(self) -> Iterator[Transcript]:
        yield from (part.transcript for part in self.parts if part.transcript)


def build_desk(contribution: Contribution, reading: InterviewReading) -> Desk:
    return Desk(contribution, reading, tuple(_build_part(part) for part in reading.parts))


def _build_part(part: InterviewPart) -> DeskPart:
    shown = transcript_view.build_transcript_view(part.transcript) if part.transcript else None
    return DeskPart(part.position, part.recording, part.transcript, shown, _find_duration(part))


def _find_duration(part: InterviewPart) -> float:
    recorded = part.recording.duration_seconds if part.recording else None
    written = part.transcript.duration_seconds if part.transcript and part.transcript.has_times else None
    return max(recorded or 0.0, written or 0.0)


def _build_stay(item: ShownPassage, numbers: dict[str, int]) -> QuestionStay:
    row = item.passage
    return QuestionStay(
        row.id,
        numbers.get(row.question_key or ""),
        row.start_seconds,
        row.end_seconds,
        transcript_view.is_accepted(row),
    )
