"""Send quotes to the participant: they are on their own page, and an email says that there is something to check."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core import clock
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from evidence.consent_mail import get_email
from evidence.models import Call, Participant
from evidence.participants import create_own_page_url
from review.models import Quote
from review.quotes.quotes import mark_sent


def send_quotes(quotes: Sequence[Quote], answer_by: date, *, by: UUID) -> int:
    """One email to each person. Returns how many of them have no email address."""
    people: dict[UUID, tuple[Participant, Call, int]] = {}
    for quote in quotes:
        mark_sent(quote, answer_by, by=by)
        contribution = quote.contribution
        known = people.get(contribution.participant_id)
        people[contribution.participant_id] = (
            contribution.participant,
            contribution.call,
            known[2] + 1 if known else 1,
        )
    return sum(not _mail(participant, call, count, answer_by) for participant, call, count in people.values())


def _mail(participant: Participant, call: Call, count: int, answer_by: date) -> bool:
    email = get_email(participant)
    if email:
        mail = render_mail(
            "review/quotes_sent",
            recipient=email,
            subject="There is something for you to check",
            call=call,
            count=count,
            answer_by=clock.format_date(answer_by),
            address=create_own_page_url(participant, call),
        )
        queue_mail(mail, is_secret=True)
    return bool(email)
