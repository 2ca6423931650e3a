"""The worker emails sign-in links to addresses that belong to staff, and seals the audit log."""

from accounts import audit_seals, sign_in_links
from core import jobs, public_mail
from core.database import db
from core.leases import Work
from core.models import Queue


@jobs.job(sign_in_links.SEND_SIGN_IN_LINK, Queue.QUICK)
def send_sign_in_link(work: Work) -> None:
    with work.write_transaction():
        if requested := public_mail.take_requested_mail(work.subject_id):
            sign_in_links.send_sign_in_link(requested.address, next_path=requested.next_path or None)


@jobs.run_at_each_sweep
def seal_audit_log() -> None:
    audit_seals.seal_new_entries()
    db.session.commit()
