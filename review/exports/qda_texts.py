"""Plain texts for QDA programs, with the codes that cover runs of their characters. Pure.

Positions count code points. Lines end with LF; there is no byte order mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from review.exports.exported_call import (
    ExportedCall,
    ExportedContribution,
    ExportedQuestion,
    ExportedSpan,
    ExportedTranscript,
    name_code,
)
from review.exports.tables import format_clock


@dataclass(frozen=True, slots=True)
class CodedRun:
    id: UUID
    start: int
    end: int  # not included
    code: str  # a key of the codebook
    contribution_id: UUID


@dataclass(frozen=True, slots=True)
class SyncPoint:
    position: int
    milliseconds: int


@dataclass(slots=True)
class QdaText:
    id: UUID
    name: str
    contribution_ids: tuple[UUID, ...]  # whose words are in it
    content: str = ""
    runs: list[CodedRun] = field(default_factory=list)
    sync_points: list[SyncPoint] = field(default_factory=list)
    run_times: dict[UUID, tuple[int, int]] = field(default_factory=dict)  # milliseconds
    transcript: ExportedTranscript | None = None

    def add(self, text: str) -> tuple[int, int]:
        """Where it begins and ends."""
        start = len(self.content)
        self.content += text
        return start, len(self.content)


def build_texts_by_contribution(call: ExportedCall) -> Iterator[QdaText]:
    """One with the typed answers, and one for each transcript."""
    for one in call.contributions:
        typed = _build_typed_text(call, one)
        if typed.content:
            yield typed
        for transcript in one.transcripts:
            yield _build_transcript_text(call, one, transcript)


def build_texts_by_question(call: ExportedCall) -> Iterator[QdaText]:
    for item in call.questions:
        answers = call.list_answers_to(item.key)
        if not answers:
            continue
        text = QdaText(uuid5(call.id, f"question text {item.key}"), item.prompt, tuple(one.id for one, _ in answers))
        text.add(f"{item.prompt}\n\n")
        for one, answer in answers:
            text.add(f"{one.reference}\n")
            _add_coded(text, call, one, item, answer.text)
        yield text


def _build_typed_text(call: ExportedCall, one: ExportedContribution) -> QdaText:
    text = QdaText(uuid5(call.id, f"typed text {one.id}"), one.reference, (one.id,))
    for item in call.questions:
        answer = one.answers.get(item.key)
        if answer is not None and not (answer.passages and one.transcripts):
            text.add(f"{item.prompt}\n")
            _add_coded(text, call, one, item, answer.text)
    return text


def _add_coded(
    text: QdaText, call: ExportedCall, one: ExportedContribution, item: ExportedQuestion, answer: str
) -> None:
    start, end = text.add(answer)
    run_id = uuid5(call.id, f"run {text.id} {one.id} {item.key}")
    text.runs.append(CodedRun(run_id, start, end, item.key, one.id))
    for first, last, span in _find_spans(call, one, item, answer):
        text.runs.append(
            CodedRun(uuid5(call.id, f"span {span.id}"), start + first, start + last, name_code(span.theme_id), one.id)
        )
    text.add("\n\n")


def _find_spans(
    call: ExportedCall, one: ExportedContribution, item: ExportedQuestion, answer: str
) -> Iterator[tuple[int, int, ExportedSpan]]:
    """Coded words in an answer; spoken ones are looked for in it."""
    for span in call.spans:
        if span.contribution_id != one.id or item.key not in span.question_keys:
            continue
        start = answer.find(span.text) if span.start is None else span.start
        if start >= 0:
            yield start, start + len(span.text), span


def _build_transcript_text(call: ExportedCall, one: ExportedContribution, transcript: ExportedTranscript) -> QdaText:
    name = f"{one.reference} transcript {transcript.position}"
    text = QdaText(uuid5(call.id, f"transcript text {transcript.id}"), name, (one.id,), transcript=transcript)
    starts = [_add_turn(text, transcript, number) for number in range(len(transcript.turns))]
    for passage in (*transcript.passages, *transcript.codings):
        start = starts[passage.first_turn] + passage.first_character
        end = max(starts[passage.last_turn] + passage.end_character, start)
        run_id = uuid5(call.id, f"passage {passage.id}")
        text.runs.append(CodedRun(run_id, start, end, passage.question_key, one.id))
        text.run_times[run_id] = (_to_milliseconds(passage.start), _to_milliseconds(passage.end))
    return text


def _add_turn(text: QdaText, transcript: ExportedTranscript, number: int) -> int:
    """Returns where its words begin."""
    turn = transcript.turns[number]
    time = f"[{format_clock(turn.start)}] " if transcript.has_times else ""
    text.sync_points.append(SyncPoint(len(text.content), _to_milliseconds(turn.start)))
    text.add(time + (f"{turn.speaker}: " if turn.speaker else ""))
    spoken = turn.text.replace("\n", " ")  # as many characters as before
    start, _ = text.add(spoken)
    text.add("\n\n")
    return start


def _to_milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
