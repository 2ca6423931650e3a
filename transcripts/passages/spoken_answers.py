"""Update answers and coverage from an interview's passages. Callers commit.

An answer has the participant's own words: not the interviewer's, where a person has said who that is.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from core.database import db
from evidence.answers import record_answer
from transcripts.models import Coverage, CoverageStatus, Passage, PassageState, SpeakerRole, Transcript
from transcripts.passages.passage_spans import get_span
from transcripts.speakers import roles
from transcripts.text.current_text import list_current_segments
from transcripts.text.spans import split_by_segment


def write_answer(transcript: Transcript, key: str, by: UUID) -> None:
    contribution = transcript.contribution
    query = (
        select(Passage)
        .join(Transcript, Transcript.id == Passage.transcript_id)
        .where(Transcript.contribution_id == contribution.id)
        .where(Passage.question_key == key, Passage.state == PassageState.ACCEPTED)
        .order_by(Transcript.position, Passage.start_seconds)
    )
    accepted = list(db.session.scalars(query))
    answer = record_answer(contribution, key, "\n\n".join(filter(None, list_own_words(accepted))), by=by)
    for row in accepted:
        row.answer_id = answer.id
    db.session.flush()
    update_coverage(transcript, key)


def list_own_words(passages: Sequence[Passage]) -> Iterator[str]:
    for transcript, rows in groupby(passages, key=lambda row: row.transcript):
        interviewers = find_interviewers(transcript)
        if not interviewers:
            yield from (row.text for row in rows)
            continue
        segments = roles.apply_merged_letters(transcript, list_current_segments(transcript))
        for row in rows:
            pieces = split_by_segment(segments, get_span(row))
            yield " ".join(piece.text for piece in pieces if piece.text and piece.speaker not in interviewers)


def find_interviewers(transcript: Transcript) -> frozenset[str]:
    """Their letters; none while that is only a guess."""
    if not roles.has_confirmed_roles(transcript):
        return frozenset()
    return frozenset(letter for letter, role in roles.get_roles(transcript).items() if role is SpeakerRole.INTERVIEWER)


def update_coverage(transcript: Transcript, key: str) -> None:
    passages = [row for row in transcript.passages if row.question_key == key]
    row = next((row for row in transcript.coverage if row.question_key == key), None)
    if row is None:
        row = Coverage(transcript_id=transcript.id, question_key=key, status=CoverageStatus.NOT_ASKED)
        transcript.coverage.append(row)
    if any(passage.decided_at is not None for passage in passages):
        row.status = CoverageStatus.ANSWERED
    elif not passages and row.status in {CoverageStatus.ANSWERED, CoverageStatus.UNPROMPTED}:
        row.status = CoverageStatus.NOT_ASKED
    db.session.flush()
