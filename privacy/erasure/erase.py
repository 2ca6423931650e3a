"""Walk all holders of personal data and erase: keys of files first, then files, then rows. Callers commit.

Erasing again does no harm: what was interrupted continues from the start.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from core import personal_data
from core.database import db
from core.file_storage import current_storage
from core.personal_data import DataSubject
from evidence.models import Answer, AnswerVersion, Contribution, WithdrawnAnswer


@dataclass(frozen=True, slots=True)
class ErasedTrace:
    key: str
    title: str
    found: int  # rows and files
    left: int

    @property
    def is_done(self) -> bool:
        return self.left == 0


def erase_subject(subject: DataSubject) -> list[ErasedTrace]:
    """Returns every place with something of the person's."""
    found = _count_everywhere(subject)
    for holder in personal_data.list_holders():
        for path in personal_data.list_files(holder, subject):
            current_storage().delete(path)
        if holder.before_erasing is not None:
            holder.before_erasing(subject)
    personal_data.delete_rows(subject)
    left = _count_everywhere(subject)
    return [
        ErasedTrace(holder.key, holder.title, found[holder.key], left[holder.key])
        for holder in personal_data.list_holders()
        if found[holder.key]
    ]


def erase_answer(contribution: Contribution, question_key: str) -> list[ErasedTrace]:
    """All versions. A note stays that it was withdrawn, so that staff cannot record it again."""
    own = Answer.contribution_id == contribution.id, Answer.question_key == question_key
    ids = list(db.session.scalars(select(Answer.id).where(*own)))
    versions = db.session.execute(delete(AnswerVersion).where(AnswerVersion.answer_id.in_(ids)))
    db.session.execute(update(Answer).where(*own).values(text=""))
    db.session.execute(delete(Answer).where(*own))
    if not _is_withdrawn(contribution, question_key):
        db.session.add(WithdrawnAnswer(contribution_id=contribution.id, question_key=question_key))
    db.session.flush()
    db.session.expire_all()
    found = len(ids) + versions.rowcount  # type: ignore[attr-defined]  # a DELETE has one
    return [ErasedTrace("answers", "Your answer and its earlier versions", found, 0)]


def _is_withdrawn(contribution: Contribution, question_key: str) -> bool:
    return db.session.get(WithdrawnAnswer, (contribution.id, question_key)) is not None


def _count_everywhere(subject: DataSubject) -> dict[str, int]:
    return {
        holder.key: personal_data.count_rows(holder, subject) + len(personal_data.list_files(holder, subject))
        for holder in personal_data.list_holders()
    }
