"""Store what the mapping found as suggestions, around whatever people have decided. Callers commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, select

from core import clock
from core.database import db
from evidence.calls import schedule_of
from evidence.models import Answer, Contribution, ContributionState, Mode
from evidence.schedule import Schedule
from transcripts import marker_places, passages, reviewed
from transcripts.mapping import MappedPassage, Marker, ReviewedTranscript, SpeechMapping
from transcripts.models import Coverage, CoverageStatus, Passage, PassageState, Transcript
from transcripts.places import span_of
from transcripts.spans import Run, Span, run_of, span, without
from transcripts.speakers import roles
from transcripts.spoken import SpokenSegment
from transcripts.spoken_answers import cover_again
from transcripts.stored_transcripts import spoken_segments

Held = tuple[str | None, int, int, int | None, int | None]  # a question, and which words; both included


@dataclass(frozen=True, slots=True)
class MappingRequest:
    """Everything the mapping of one interview is given."""

    segments: tuple[SpokenSegment, ...]
    schedule: Schedule
    language: str
    written: tuple[dict[str, str], ...]
    reviewed: tuple[ReviewedTranscript, ...]
    markers: tuple[Marker, ...] = ()
    decided: Mapping[int, str | None] = field(default_factory=dict)  # by segment id


def mapping_request(transcript: Transcript) -> MappingRequest:
    contribution = transcript.contribution
    schedule = schedule_of(contribution.schedule_version)
    return MappingRequest(
        segments=roles.with_known_letters(transcript, spoken_segments(transcript)),
        schedule=schedule,
        language=transcript.language,
        written=_written(contribution, schedule),
        reviewed=_reviewed(contribution),
        markers=marker_places.markers_for(transcript),
        decided=_decided(transcript),
    )


def store(transcript: Transcript, found: SpeechMapping, segments: tuple[SpokenSegment, ...]) -> None:
    """Replace untouched suggestions by new ones; what a person has decided stays as it is.

    A suggestion that is found again keeps its row, so that pages that are open and steps to do again still fit.
    """
    passages.lock(transcript.contribution_id)
    db.session.expire(transcript, ["passages", "coverage"])  # whatever was decided while the mapping ran
    was_reviewed = reviewed.is_reviewed(transcript)
    taken = [span_of(row) for row in transcript.passages if not _is_untouched(row)]
    old = {_place_of(row.question_key, row): row for row in transcript.passages if _is_untouched(row)}
    wanted = {
        _place_of(mapped.question_key, run): (mapped, run)
        for mapped in found.passages
        for part in without(_span_of_mapped(mapped), taken)
        if (run := run_of(segments, part))
    }
    for gone in old.keys() - wanted.keys():
        transcript.passages.remove(old[gone])
    for place, (mapped, run) in wanted.items():
        row = old.get(place) or _suggested(transcript, mapped.question_key, run)
        row.confidence = mapped.confidence
    db.session.flush()
    _cover(transcript, found)
    transcript.mapping_note, transcript.mapped_at = found.note, clock.now()
    db.session.expire(transcript, ["passages", "coverage"])
    reviewed.tell_others(transcript, was_reviewed=was_reviewed)


def _place_of(key: str | None, held: Passage | Run) -> Held:
    return key, held.first_segment, held.last_segment, held.first_word, held.last_word


def _is_untouched(row: Passage) -> bool:
    return row.state is PassageState.SUGGESTED and row.decided_at is None


def _suggested(transcript: Transcript, key: str | None, run: Run) -> Passage:
    row = Passage(
        question_key=key,
        suggested_key=key,
        start_seconds=run.start_seconds,
        end_seconds=run.end_seconds,
        first_segment=run.first_segment,
        last_segment=run.last_segment,
        first_word=run.first_word,
        last_word=run.last_word,
        text=run.text,
    )
    transcript.passages.append(row)
    return row


def _cover(transcript: Transcript, found: SpeechMapping) -> None:
    db.session.execute(delete(Coverage).where(Coverage.transcript_id == transcript.id))
    told = marker_places.told_by(transcript)
    for key, state in found.coverage.items():
        status = marker_places.better(CoverageStatus(state.value), told.get(key))
        db.session.add(Coverage(transcript_id=transcript.id, question_key=key, status=status))
    db.session.flush()
    db.session.expire(transcript, ["passages", "coverage"])
    for decided in {row.question_key for row in transcript.passages if row.decided_at is not None}:
        if decided is not None:
            cover_again(transcript, decided)


def _written(contribution: Contribution, schedule: Schedule) -> tuple[dict[str, str], ...]:
    """The written contributions to the same call, each its answers by question key."""
    wanted = (
        select(Answer.contribution_id, Answer.question_key, Answer.text)
        .join(Contribution, Contribution.id == Answer.contribution_id)
        .where(Contribution.call_id == contribution.call_id, Contribution.mode == Mode.WRITTEN)
        .where(Contribution.state == ContributionState.GIVEN, Answer.text != "")
        .order_by(Contribution.given_at, Contribution.id, Answer.question_key)
    )
    by_contribution: dict[UUID, dict[str, str]] = {}
    for row in db.session.execute(wanted):
        if schedule.has_question(row.question_key):
            by_contribution.setdefault(row.contribution_id, {})[row.question_key] = row.text
    return tuple(by_contribution.values())


def _reviewed(contribution: Contribution) -> tuple[ReviewedTranscript, ...]:
    """Other interviews with the same questions."""
    wanted = (
        select(Transcript)
        .join(Transcript.contribution)
        .where(
            Contribution.schedule_version_id == contribution.schedule_version_id,
            Contribution.id != contribution.id,
            reviewed.IS_REVIEWED,
        )
        .order_by(Transcript.created_at, Transcript.id)
    )
    return tuple(_as_reviewed(transcript) for transcript in db.session.scalars(wanted))


def _as_reviewed(transcript: Transcript) -> ReviewedTranscript:
    longest = _longest(transcript)
    segments = roles.with_known_letters(transcript, spoken_segments(transcript))
    keys = (longest[segment.id].question_key if segment.id in longest else None for segment in segments)
    return ReviewedTranscript(segments, tuple(keys))


def _decided(transcript: Transcript) -> dict[int, str | None]:
    """What people have chosen for most of a segment, by its id."""
    longest = _longest(transcript)
    return {position: row.question_key for position, row in longest.items() if not _is_untouched(row)}


def _longest(transcript: Transcript) -> dict[int, Passage]:
    """The passage that holds most of each segment, by the segment's id."""
    longest: dict[int, tuple[float, Passage]] = {}
    for row in transcript.passages:
        for segment in transcript.segments[row.first_segment : row.last_segment + 1]:
            shared = min(row.end_seconds, segment.end_seconds) - max(row.start_seconds, segment.start_seconds)
            if segment.position not in longest or shared >= longest[segment.position][0]:
                longest[segment.position] = shared, row
    return {position: row for position, (_, row) in longest.items()}


def _span_of_mapped(mapped: MappedPassage) -> Span:
    return span(mapped.first_segment_id, mapped.last_segment_id, mapped.first_word, mapped.last_word)
