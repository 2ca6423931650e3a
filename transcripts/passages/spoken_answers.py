"""Update answers and coverage from an interview's passages. Callers commit."""

from uuid import UUID

from sqlalchemy import select

from core.database import db
from evidence.answers import record_answer
from transcripts.models import Coverage, CoverageStatus, Passage, PassageState, Transcript


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
    answer = record_answer(contribution, key, "\n\n".join(row.text for row in accepted), by=by)
    for row in accepted:
        row.answer_id = answer.id
    db.session.flush()
    update_coverage(transcript, key)


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
