"""Builders of themes and coded words for tests. They add and flush; the client commits."""

from uuid import UUID

from sqlalchemy import select

from accounts.models import StaffMember
from core import clock
from core.database import db
from evidence.models import Answer, Call, Contribution
from review.coding import code_applications, codebook
from review.coding.anchors import AnswerAnchor, SpeechAnchor
from review.coding.codebook import ThemeDetails
from review.models import CodedSpan, CodingRound, CodingTask, Theme
from transcripts.models import Transcript


def theme(call: Call, name: str = "Waiting", parent: Theme | None = None, *, by: UUID | None = None) -> Theme:
    return codebook.create_theme(call, ThemeDetails(name), parent, by=by)


def answer(contribution: Contribution) -> Answer:
    return db.session.scalars(select(Answer).where(Answer.contribution_id == contribution.id)).one()


def answer_anchor(contribution: Contribution, words: str) -> AnswerAnchor:
    """These words of its only answer."""
    row = answer(contribution)
    start = row.text.index(words)
    return AnswerAnchor(row.id, start, start + len(words))


def speech_anchor(
    transcript: Transcript, segment: int = 0, first: int | None = None, last: int | None = None
) -> SpeechAnchor:
    return SpeechAnchor(transcript.id, segment, segment, first, last)


def coded_answer(contribution: Contribution, words: str, theme: Theme, by: StaffMember) -> CodedSpan:
    return code_applications.code_words(answer_anchor(contribution, words), theme, by=by.id)


def coding_task(contribution: Contribution, coder: StaffMember) -> CodingTask:
    """In a round of its own, in which nobody else codes."""
    row = CodingRound(call_id=contribution.call_id, title="First", created_at=clock.now(), created_by=coder.id)
    row.tasks = [CodingTask(coder_id=coder.id, contribution_id=contribution.id)]
    db.session.add(row)
    db.session.flush()
    return row.tasks[0]
