"""The worker emails personal links to people who took part, and deletes addresses that nobody confirmed."""

from core import jobs, public_mail
from core.database import db
from core.leases import Work
from core.models import Queue
from evidence import participants, updates


@jobs.job(participants.MAIL_LINKS, Queue.QUICK)
def mail_links(work: Work) -> None:
    with work.write_transaction():
        if requested := public_mail.take_requested_mail(work.subject_id):
            participants.mail_links(requested.address)


@jobs.run_at_each_sweep
def delete_unconfirmed_addresses() -> None:
    updates.delete_unconfirmed_addresses()
    db.session.commit()
