"""After a backup was restored: erase again what was erased since. A restore is not finished before."""

import logging
from uuid import UUID

from sqlalchemy import select

from core.database import db
from core.settings import current_settings
from evidence.models import Answer, Contribution, Participant
from privacy.backup.errors import BackupError
from privacy.backup.restoration import RestoredBackup, run_after_restoring
from privacy.erasure.erase import erase_answer, erase_subject
from privacy.erasure.ledger import LEDGER_NAME, ErasedKind, append_entries, calculate_mark, read_entries
from privacy.erasure.subjects import build_partial_subject, build_whole_subject

log = logging.getLogger(__name__)
LEDGER_MISSING = (
    "The erasure ledger is neither at {} nor at {}. It says what people had erased since this backup was made. Copy it"
    " there and run this command again. If nobody ever had anything erased, make an empty file there."
)


@run_after_restoring
def replay_ledger(restored: RestoredBackup) -> None:
    paths = current_settings().erasure_ledger_path, restored.folder.parent / LEDGER_NAME
    if not any(path.exists() for path in paths):
        raise BackupError(LEDGER_MISSING.format(*paths))
    entries = read_entries(*paths)
    known = set(read_entries(paths[0]))
    append_entries(paths[0], [entry for entry in entries if entry not in known])
    erased = replay(restored.keys.secret_key, {(entry.kind, entry.mark) for entry in entries})
    log.info("Erased %s again that the backup still had.", erased)


def replay(secret_key: str, marks: set[tuple[ErasedKind, str]]) -> int:
    """Returns how many people, contributions and answers were erased again."""

    def is_erased(kind: ErasedKind, row_id: UUID, question_key: str = "") -> bool:
        return (kind, calculate_mark(secret_key, kind, row_id, question_key)) in marks

    count = 0
    for participant in db.session.scalars(select(Participant)).all():
        if is_erased(ErasedKind.PERSON, participant.id):
            erase_subject(build_whole_subject(participant))
            count += 1
    for contribution in db.session.scalars(select(Contribution)).all():
        if is_erased(ErasedKind.CONTRIBUTION, contribution.id):
            erase_subject(build_partial_subject(contribution))
            count += 1
    for contribution_id, key in db.session.execute(select(Answer.contribution_id, Answer.question_key)).all():
        if is_erased(ErasedKind.ANSWER, contribution_id, key):
            erase_answer(db.session.get_one(Contribution, contribution_id), key)
            count += 1
    return count
