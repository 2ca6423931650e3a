"""Keep the index of searchable texts: what a contribution says is indexed again whenever it changes."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session, selectinload

from core.database import db
from evidence.models import Answer, Contribution, ContributionState, Mode
from review.models import SearchEntry, SearchKind
from review.reading.outside_speech import find_outside_speech
from review.search.query_parser import fold
from transcripts.models import PassageState, Transcript
from transcripts.speakers import roles
from transcripts.text.current_text import list_current_segments

BATCH = 200


def index_contributions(session: Session, contribution_ids: Iterable[UUID]) -> None:
    for contribution_id in contribution_ids:
        session.execute(delete(SearchEntry).where(SearchEntry.contribution_id == contribution_id))
        contribution = session.get(Contribution, contribution_id)
        rows = list(_iter_entries(session, contribution)) if contribution is not None else []
        if rows:
            session.execute(insert(SearchEntry), rows)


def iter_rebuilt() -> Iterator[int]:
    """Everything again, some hundred contributions at a time: how many there were. The caller commits each time."""
    ids = db.session.scalars(select(Contribution.id)).all()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        index_contributions(db.session(), batch)
        yield len(batch)


def _iter_entries(session: Session, contribution: Contribution) -> Iterator[dict[str, Any]]:
    """Drafts are nobody's to read, so they are not here."""
    if contribution.mode is Mode.INTERVIEW and contribution.state is not ContributionState.WITHDRAWN:
        yield from _iter_spoken(session, contribution)
    elif contribution.state is ContributionState.SUBMITTED:
        yield from _iter_written(session, contribution)


def _iter_written(session: Session, contribution: Contribution) -> Iterator[dict[str, Any]]:
    query = select(Answer).where(Answer.contribution_id == contribution.id, Answer.text != "")
    for answer in session.scalars(query.order_by(Answer.question_key)):
        entry = _build(contribution, SearchKind.WRITTEN_ANSWER, answer.text)
        yield entry | {"answer_id": answer.id, "question_key": answer.question_key}


def _iter_spoken(session: Session, contribution: Contribution) -> Iterator[dict[str, Any]]:
    query = select(Transcript).where(Transcript.contribution_id == contribution.id, Transcript.is_newest)
    query = query.options(selectinload(Transcript.segments), selectinload(Transcript.passages))
    for transcript in session.scalars(query.execution_options(populate_existing=True)):
        for passage in transcript.passages:
            if passage.question_key is None:
                continue
            is_accepted = passage.state is PassageState.ACCEPTED
            kind = SearchKind.SPOKEN_ANSWER if is_accepted else SearchKind.SUGGESTION
            span = passage.start_seconds, passage.end_seconds
            yield _build_spoken(transcript, contribution, kind, passage.text, span) | {
                "question_key": passage.question_key
            }
        names = roles.map_known_letters(transcript)
        for run in find_outside_speech(list_current_segments(transcript), transcript.passages, names):
            said = "\n".join(text for _, text in run.turns)
            span = run.start_seconds, run.end_seconds
            yield _build_spoken(transcript, contribution, SearchKind.OUTSIDE, said, span)


def _build_spoken(
    transcript: Transcript, contribution: Contribution, kind: SearchKind, said: str, span: tuple[float, float]
) -> dict[str, Any]:
    entry = _build(contribution, kind, said)
    return entry | {"transcript_id": transcript.id, "start_seconds": span[0], "end_seconds": span[1]}


def _build(contribution: Contribution, kind: SearchKind, said: str) -> dict[str, Any]:
    folded = fold(said)
    return {
        "kind": kind,
        "call_id": contribution.call_id,
        "contribution_id": contribution.id,
        "answer_id": None,
        "transcript_id": None,
        "question_key": None,
        "start_seconds": None,
        "end_seconds": None,
        "text": said,
        "folded_text": folded if folded != said else None,
    }
