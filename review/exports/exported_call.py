"""A call as an export reads it: frozen values that every writer shares. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from evidence.schedule import Question, Section


@dataclass(frozen=True, slots=True)
class ExportedQuestion:
    section: Section
    question: Question
    is_asked_now: bool

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def prompt(self) -> str:
        return self.question.prompt


@dataclass(frozen=True, slots=True)
class Turn:
    """A segment: a sentence or two of one speaker."""

    start: float
    end: float
    speaker: str | None  # a role or a letter, never a name
    text: str


@dataclass(frozen=True, slots=True)
class ExportedPassage:
    """An accepted run of words. Characters count in the texts of its first and last turn; the end is not included."""

    id: UUID
    question_key: str
    position: int  # of its transcript among the parts of the interview
    start: float
    end: float
    text: str
    first_turn: int = 0
    last_turn: int = 0
    first_character: int = 0
    end_character: int = 0


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    question_key: str
    text: str
    updated_at: datetime
    passages: tuple[ExportedPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedSound:
    recording_id: UUID
    storage_path: str
    size_bytes: int
    extension: str


@dataclass(frozen=True, slots=True)
class ExportedTranscript:
    id: UUID
    position: int
    language: str
    seconds: float
    has_times: bool
    is_demonstration: bool
    turns: tuple[Turn, ...]
    passages: tuple[ExportedPassage, ...] = ()
    codings: tuple[ExportedPassage, ...] = ()  # words with a theme; `question_key` is the key of its code
    data: Mapping[str, Any] = field(default_factory=dict)  # as transcript JSON, where the format needs it
    sound: ExportedSound | None = None


@dataclass(frozen=True, slots=True)
class ExportedContribution:
    id: UUID
    reference: str
    mode: str
    mode_label: str
    respondent_type: str
    area_types: tuple[str, ...]
    finding: str
    aims: tuple[str, ...]
    site: str
    submitted_at: datetime | None
    quoting: str  # what they allow
    sharing: str
    schedule_version: int
    answers: Mapping[str, ExportedAnswer]
    coverage: Mapping[str, str]
    transcripts: tuple[ExportedTranscript, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)  # what only the JSON has

    @property
    def is_spoken(self) -> bool:
        return self.mode == "interview"


@dataclass(frozen=True, slots=True)
class ExportedTheme:
    id: UUID
    parent_id: UUID | None
    name: str
    description: str
    colour: str  # #rrggbb
    depth: int


@dataclass(frozen=True, slots=True)
class ExportedSpan:
    """Words with a theme. `start` and `end`: characters of a typed answer; None: they were spoken."""

    id: UUID
    theme_id: UUID
    theme_name: str
    contribution_id: UUID
    reference: str
    question_keys: tuple[str, ...]
    text: str
    start_seconds: float | None
    coded_at: datetime
    source: str
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class ExportedQuote:
    reference: str
    contribution_id: UUID
    text: str
    attribution: str
    state: str
    intended_use: str
    used_in: str


def name_code(theme_id: UUID) -> str:
    """The key of a theme as a code, beside the keys of questions, which have no space."""
    return f"theme {theme_id}"


@dataclass(frozen=True, slots=True)
class ExportedCall:
    id: UUID
    title: str
    slug: str
    zone: str
    opens_on: str
    closes_on: str
    made_at: datetime
    purpose: str
    filters: Mapping[str, str]
    questions: tuple[ExportedQuestion, ...]
    contributions: tuple[ExportedContribution, ...]
    left_out: int  # contributions that match but may not be used for this
    themes: tuple[ExportedTheme, ...] = ()  # in the order of the codebook
    spans: tuple[ExportedSpan, ...] = ()
    quotes: tuple[ExportedQuote, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def iter_transcripts(self) -> Iterator[tuple[ExportedContribution, ExportedTranscript]]:
        for contribution in self.contributions:
            for transcript in contribution.transcripts:
                yield contribution, transcript

    def list_answers_to(self, key: str) -> list[tuple[ExportedContribution, ExportedAnswer]]:
        return [(one, one.answers[key]) for one in self.contributions if key in one.answers]
