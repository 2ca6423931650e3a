"""The worker emails personal links to addresses of people who took part."""

from core import jobs, public_mail
from core.leases import Work
from core.models import Queue
from evidence import participants


@jobs.job(participants.MAIL_LINKS, Queue.QUICK)
def mail_links(work: Work) -> None:
    with work.write_transaction():
        if requested := public_mail.take_requested_mail(work.subject_id):
            participants.mail_links(requested.address)
