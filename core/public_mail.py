"""How many emails people who are not signed in may cause: to one address, from one network, and in all.

Every request counts, whether we know the address or not, so that the limits say nothing about who took part. Callers
commit.
"""

import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from flask import has_request_context, request
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from core import clock, jobs
from core.database import db
from core.errors import RuleError
from core.models import CountedMail, RequestedMail
from core.settings import current_settings
from core.text_cleaning import normalise_email

MAX_ATTEMPTS = 5  # requests that count at the same moment
ALL_MAILS = "all"
REFUSED_MAILS = "refused"
MAX_REFUSED_ROWS = 1000  # the alarm does not need more
REFUSED_RETENTION = timedelta(days=1)
IPV6_PREFIX = 64  # what one household or office gets
NETWORK_PREFIX = "network "


class TooManyMailsError(RuleError): ...


@dataclass(frozen=True, slots=True)
class Limit:
    count: int
    period: timedelta


ADDRESS_LIMITS = (Limit(5, timedelta(minutes=15)), Limit(10, timedelta(days=1)))
NETWORK_LIMITS = (Limit(30, timedelta(minutes=15)), Limit(60, timedelta(hours=1)))  # a whole library may share one
TOTAL_PERIOD = timedelta(hours=1)


def count_mail_to(address: str) -> bool:
    """False: do not send it, and do not say so to anyone who is not signed in."""
    for _ in range(MAX_ATTEMPTS):
        subjects = (_hash_address(address), *_list_network_subjects(), ALL_MAILS)
        numbers = {subject: _get_next_number(subject) for subject in subjects}  # before the limits: see _insert_row
        if not _is_below_limits(address):
            return False
        try:
            with db.session.begin_nested():
                for subject, number in numbers.items():
                    _insert_row(subject, number)
            return True
        except IntegrityError:  # counted elsewhere at the same moment
            continue
    return False


def require_mail_allowed(address: str) -> None:
    """For people who are signed in, who may know."""
    if not count_mail_to(address):
        raise TooManyMailsError(
            "We have already sent several emails to this address. Use the newest one, or try again in 15 minutes."
        )


def request_mail(job_name: str, address: str, *, next_path: str | None = None) -> None:
    """The worker looks the address up, so that the page answers as quickly whether we know it or not."""
    if count_mail_to(address):
        row = RequestedMail(address=normalise_email(address), next_path=next_path or "", created_at=clock.now())
        db.session.add(row)
        db.session.flush()
        jobs.enqueue(job_name, row.id)


def take_requested_mail(request_id: UUID) -> RequestedMail | None:
    """None if it was taken before."""
    row = db.session.get(RequestedMail, request_id)
    if row is not None:
        db.session.delete(row)
    return row


def count_refused_mails() -> int:
    """In the last day, because visitors had caused too many emails in one hour."""
    return _count_rows(REFUSED_MAILS, REFUSED_RETENTION)


def delete_old_counts() -> None:
    now = clock.now()
    longest = {NETWORK_PREFIX: NETWORK_LIMITS[-1].period, "": ADDRESS_LIMITS[-1].period}
    for prefix, period in longest.items():
        old = CountedMail.counted_at <= now - period
        db.session.execute(delete(CountedMail).where(CountedMail.subject.startswith(prefix), old))


def _is_below_limits(address: str) -> bool:
    subjects = [(_hash_address(address), ADDRESS_LIMITS)]
    subjects += [(subject, NETWORK_LIMITS) for subject in _list_network_subjects()]
    if not all(_is_below(subject, limits) for subject, limits in subjects):
        return False
    if _is_below(ALL_MAILS, (Limit(current_settings().max_public_mails_per_hour, TOTAL_PERIOD),)):
        return True
    _record_refused_mail()
    return False


def _is_below(subject: str, limits: Sequence[Limit]) -> bool:
    return all(_count_rows(subject, limit.period) < limit.count for limit in limits)


def _count_rows(subject: str, period: timedelta) -> int:
    query = select(func.count()).where(CountedMail.subject == subject, CountedMail.counted_at > clock.now() - period)
    return db.session.scalar(query) or 0


def _get_next_number(subject: str) -> int:
    newest = select(func.max(CountedMail.number)).where(CountedMail.subject == subject)
    return (db.session.scalar(newest) or 0) + 1


def _insert_row(subject: str, number: int) -> None:
    """The number is unique for each subject, so what was counted after it was read makes this fail."""
    db.session.add(CountedMail(subject=subject, number=number, counted_at=clock.now()))
    db.session.flush()


def _record_refused_mail() -> None:
    if count_refused_mails() < MAX_REFUSED_ROWS:
        with suppress(IntegrityError), db.session.begin_nested():
            _insert_row(REFUSED_MAILS, _get_next_number(REFUSED_MAILS))


def _hash_address(address: str) -> str:
    """Without a tag after “+”: all those addresses are one mailbox."""
    local, _, domain = normalise_email(address).rpartition("@")
    mailbox = local.partition("+")[0] or local
    return f"address {_hash(f'{mailbox}@{domain}')}"


def _list_network_subjects() -> list[str]:
    """Empty for this machine itself: a proxy that the settings do not mention would be everybody."""
    try:
        visitor = ip_address((request.remote_addr or "") if has_request_context() else "")
    except ValueError:
        return []
    if isinstance(visitor, IPv6Address):
        visitor = visitor.ipv4_mapped or visitor
    if visitor.is_loopback:
        return []
    prefix = IPV6_PREFIX if isinstance(visitor, IPv6Address) else visitor.max_prefixlen
    return [NETWORK_PREFIX + _hash(str(ip_network((visitor, prefix), strict=False)))]


def _hash(text: str) -> str:
    key = current_settings().secret_key.encode()
    return hmac.new(key, b"public mail:" + text.encode(), "sha256").hexdigest()
