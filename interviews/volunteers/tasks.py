"""The worker erases the addresses of people who were invited and never answered."""

from core import jobs
from core.database import db
from core.locks import lock_row
from interviews.volunteers import personal_invitations


@jobs.run_at_each_sweep
def erase_unused_addresses() -> None:
    for call in personal_invitations.list_calls_with_drafts():
        if personal_invitations.list_expired_drafts(call):
            lock_row(call)
            personal_invitations.discard_expired_drafts(call)
            db.session.commit()
    personal_invitations.erase_old_addresses()
    db.session.commit()
