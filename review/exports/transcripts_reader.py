"""The newest transcripts of interviews as an export reads them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Contribution
from review.exports.export_kinds import ExportFormat
from review.exports.export_options import ExportOptions
from review.exports.exported_call import ExportedSound, ExportedTranscript, Turn
from review.exports.spoken_passages import AcceptedPassages
from review.exports.themes_reader import ReadThemes
from review.exports.xml_text import clean_for_files
from review.reading.spoken_text import build_speaker_labels, list_segments, name_speaker
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recordings.media_types import find_file_extension
from transcripts.recordings.playback import get_listening_copy
from transcripts.text.spoken import SpokenSegment
from transcripts.text.transcript_json import segment_to_json


def list_transcripts(
    contributions: Sequence[Contribution], options: ExportOptions, passages: AcceptedPassages, themes: ReadThemes
) -> dict[UUID, list[ExportedTranscript]]:
    """By the id of the contribution, in the order of the parts of the interview."""
    ids = [row.id for row in contributions]
    query = (
        select(Transcript)
        .where(Transcript.contribution_id.in_(ids), Transcript.is_newest)
        .options(selectinload(Transcript.segments), selectinload(Transcript.recording))
        .order_by(Transcript.position)
    )
    may_be_heard = _list_audible(ids) if options.has_sound else set()
    found: defaultdict[UUID, list[ExportedTranscript]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.contribution_id].append(
            _build(row, options, passages, themes, has_sound=row.contribution_id in may_be_heard)
        )
        db.session.expunge(row)
    return found


def _list_audible(contribution_ids: Sequence[UUID]) -> set[UUID]:
    query = select(Contribution.id).where(Contribution.id.in_(contribution_ids), allows(ExitUse.LISTENING))
    return set(db.session.scalars(query))


def _build(
    row: Transcript, options: ExportOptions, passages: AcceptedPassages, themes: ReadThemes, *, has_sound: bool
) -> ExportedTranscript:
    segments = [_clean(segment) for segment in list_segments(row)]
    labels = build_speaker_labels(row)
    accepted = passages.list_in_transcript(row.id, segments)
    return ExportedTranscript(
        id=row.id,
        position=row.position,
        language=row.language,
        seconds=row.duration_seconds,
        has_times=row.has_times,
        is_demonstration=row.is_demonstration,
        turns=tuple(Turn(one.start, one.end, name_speaker(labels, one.speaker), one.text) for one in segments),
        passages=tuple(accepted),
        codings=tuple(themes.list_in_transcript(row.id, segments)),
        data=_build_data(row, segments) if options.format is ExportFormat.JSON else {},
        sound=_find_sound(row.recording) if has_sound and row.is_playable else None,
    )


def _clean(segment: SpokenSegment) -> SpokenSegment:
    text = clean_for_files(segment.text)
    return segment if text == segment.text else replace(segment, text=text, words=())


def _build_data(row: Transcript, segments: Sequence[SpokenSegment]) -> Mapping[str, Any]:
    return {
        "part": row.position,
        "origin": row.origin.value,
        "times": row.times.value,
        "demonstration": row.is_demonstration,
        "speakers": row.speaker_source.value,
        "roles": row.roles,
        "language": row.language,
        "duration": row.duration_seconds,
        "model": row.model,
        "segments": [segment_to_json(segment) for segment in segments],
        "coverage": {one.question_key: one.status.value for one in row.coverage},
        "passages": [
            {
                "question": one.question_key,
                "suggested": one.suggested_key,
                "start": one.start_seconds,
                "end": one.end_seconds,
                "segments": [one.first_segment, one.last_segment],
                "words": [one.first_word, one.last_word],
                "text": clean_for_files(one.text),
                "confidence": one.confidence,
                "state": one.state.value,
            }
            for one in row.passages
        ],
    }


def _find_sound(recording: Recording | None) -> ExportedSound | None:
    if recording is None or recording.state is not RecordingState.PLAYABLE:
        return None
    file = get_listening_copy(recording)
    return ExportedSound(recording.id, file.path, file.size_bytes, find_file_extension(file.media_type))
