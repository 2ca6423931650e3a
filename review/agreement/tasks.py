"""Calculate agreement once everybody has finished a round: scikit-learn and nltk are only with the worker."""

from core import jobs
from core.database import db
from core.leases import Work
from core.models import Queue
from review.agreement import rounds
from review.models import CodingRound


@jobs.job(rounds.CALCULATE_JOB, Queue.LONG)
def calculate_agreement_of_round(work: Work) -> None:
    with work.write_transaction():
        rounds.calculate(db.session.get_one(CodingRound, work.subject_id))
