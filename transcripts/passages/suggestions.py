"""Build the input of a mapping, and store its result as suggestions around people's decisions. Callers commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, select

from core import clock
from core.database import db
from core.errors import NotReadyError
from core.exits import ExitUse
from evidence import consent
from evidence.calls import get_schedule
from evidence.consent_conditions import allows
from evidence.models import Answer, Contribution, ContributionState, Mode
from evidence.schedule import Schedule
from transcripts.mapping import MappedPassage, ReviewedTranscript, SpeechMapping, TimedMarker
from transcripts.markers import placement
from transcripts.models import Coverage, Passage, Transcript
from transcripts.models.transcripts import IS_REVIEWED
from transcripts.passages.passage_spans import get_span
from transcripts.passages.spoken_answers import update_coverage
from transcripts.recordings import interview_lock
from transcripts.speakers import roles
from transcripts.text import reviewed_transcripts
from transcripts.text.current_text import list_current_segments
from transcripts.text.spans import SpanBounds, WordSpan, make_span, resolve_span, subtract_spans
from transcripts.text.spoken import SpokenSegment

SuggestionKey = tuple[str | None, int, int, int | None, int | None]  # a question and word bounds, both included


@dataclass(frozen=True, slots=True)
class MappingRequest:
    segments: tuple[SpokenSegment, ...]
    schedule: Schedule
    language: str
    written: tuple[dict[str, str], ...]
    reviewed: tuple[ReviewedTranscript, ...]
    markers: tuple[TimedMarker, ...] = ()
    decisions: Mapping[int, str | None] = field(default_factory=dict)  # by segment id


def build_mapping_request(transcript: Transcript) -> MappingRequest:
    """Raises NotReadyError while the person does not let anybody read it."""
    contribution = transcript.contribution
    _require_consent(contribution)
    schedule = get_schedule(contribution.schedule_version)
    return MappingRequest(
        segments=roles.remove_guessed_letters(transcript, list_current_segments(transcript)),
        schedule=schedule,
        language=transcript.language,
        written=_load_written_answers(contribution, schedule),
        reviewed=_load_reviewed_transcripts(contribution),
        markers=placement.list_placed_markers(transcript),
        decisions=_find_decided_segments(transcript),
    )


def store_suggestions(transcript: Transcript, mapping: SpeechMapping, segments: tuple[SpokenSegment, ...]) -> None:
    """People's decisions stay. A suggestion found again keeps its row, so that open pages and redo still match."""
    interview_lock.lock_interview(transcript.contribution_id)
    _require_consent(transcript.contribution)
    db.session.expire(transcript, ["passages", "coverage"])  # decisions may have been made while the mapping ran
    was_reviewed = reviewed_transcripts.is_reviewed(transcript)
    decided_spans = [get_span(row) for row in transcript.passages if not row.is_untouched]
    old = {_build_key(row.question_key, row): row for row in transcript.passages if row.is_untouched}
    new = {
        _build_key(mapped.question_key, bounds): (mapped, bounds)
        for mapped in mapping.passages
        for part in subtract_spans(_get_mapped_span(mapped), decided_spans)
        if (bounds := resolve_span(segments, part))
    }
    for key in old.keys() - new.keys():
        transcript.passages.remove(old[key])
    for key, (mapped, bounds) in new.items():
        row = old.get(key) or _add_suggestion(transcript, mapped.question_key, bounds)
        row.confidence = mapped.confidence
    db.session.flush()
    _replace_coverage(transcript, mapping)
    transcript.mapping_note, transcript.mapped_at = mapping.note, clock.now()
    db.session.expire(transcript, ["passages", "coverage"])
    reviewed_transcripts.enqueue_remapping_of_others(transcript, was_reviewed=was_reviewed)


def _require_consent(contribution: Contribution) -> None:
    decision = consent.decide(ExitUse.MAPPING, contribution)
    if not decision.is_allowed:
        reason = decision.explain(contribution.participant.reference)
        raise NotReadyError(f"{reason} So the transcript is not matched to questions.")


def _build_key(key: str | None, bounds: Passage | SpanBounds) -> SuggestionKey:
    return key, bounds.first_segment, bounds.last_segment, bounds.first_word, bounds.last_word


def _add_suggestion(transcript: Transcript, key: str | None, bounds: SpanBounds) -> Passage:
    row = Passage(
        question_key=key,
        suggested_key=key,
        start_seconds=bounds.start_seconds,
        end_seconds=bounds.end_seconds,
        first_segment=bounds.first_segment,
        last_segment=bounds.last_segment,
        first_word=bounds.first_word,
        last_word=bounds.last_word,
        text=bounds.text,
    )
    transcript.passages.append(row)
    return row


def _replace_coverage(transcript: Transcript, mapping: SpeechMapping) -> None:
    db.session.execute(delete(Coverage).where(Coverage.transcript_id == transcript.id))
    latest_kinds = placement.find_latest_kinds(transcript)
    for key, status in mapping.coverage.items():
        adjusted = placement.adjust_status(status, latest_kinds.get(key))
        db.session.add(Coverage(transcript_id=transcript.id, question_key=key, status=adjusted))
    db.session.flush()
    db.session.expire(transcript, ["passages", "coverage"])
    for decided_key in {row.question_key for row in transcript.passages if row.decided_at is not None}:
        if decided_key is not None:
            update_coverage(transcript, decided_key)


def _load_written_answers(contribution: Contribution, schedule: Schedule) -> tuple[dict[str, str], ...]:
    query = (
        select(Answer.contribution_id, Answer.question_key, Answer.text)
        .join(Contribution, Contribution.id == Answer.contribution_id)
        .where(Contribution.call_id == contribution.call_id, Contribution.mode == Mode.WRITTEN)
        .where(Contribution.state == ContributionState.SUBMITTED, Answer.text != "", allows(ExitUse.LEARNING))
        .order_by(Contribution.submitted_at, Contribution.id, Answer.question_key)
    )
    by_contribution: dict[UUID, dict[str, str]] = {}
    for row in db.session.execute(query):
        if schedule.has_question(row.question_key):
            by_contribution.setdefault(row.contribution_id, {})[row.question_key] = row.text
    return tuple(by_contribution.values())


def _load_reviewed_transcripts(contribution: Contribution) -> tuple[ReviewedTranscript, ...]:
    query = (
        select(Transcript)
        .join(Transcript.contribution)
        .where(
            Contribution.schedule_version_id == contribution.schedule_version_id,
            Contribution.id != contribution.id,
            IS_REVIEWED,
            allows(ExitUse.LEARNING),
        )
        .order_by(Transcript.created_at, Transcript.id)
    )
    return tuple(_to_reviewed(transcript) for transcript in db.session.scalars(query))


def _to_reviewed(transcript: Transcript) -> ReviewedTranscript:
    longest = _find_longest_passages(transcript)
    segments = roles.remove_guessed_letters(transcript, list_current_segments(transcript))
    keys = (longest[segment.id].question_key if segment.id in longest else None for segment in segments)
    return ReviewedTranscript(segments, tuple(keys))


def _find_decided_segments(transcript: Transcript) -> dict[int, str | None]:
    longest = _find_longest_passages(transcript)
    return {position: row.question_key for position, row in longest.items() if not row.is_untouched}


def _find_longest_passages(transcript: Transcript) -> dict[int, Passage]:
    longest: dict[int, tuple[float, Passage]] = {}
    for row in transcript.passages:
        for segment in transcript.segments[row.first_segment : row.last_segment + 1]:
            shared = min(row.end_seconds, segment.end_seconds) - max(row.start_seconds, segment.start_seconds)
            if segment.position not in longest or shared >= longest[segment.position][0]:
                longest[segment.position] = shared, row
    return {position: row for position, (_, row) in longest.items()}


def _get_mapped_span(mapped: MappedPassage) -> WordSpan:
    return make_span(mapped.first_segment_id, mapped.last_segment_id, mapped.first_word, mapped.last_word)
