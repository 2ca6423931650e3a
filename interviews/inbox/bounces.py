"""Parse bounces: delivery reports (RFC 3464), and the plain texts that older servers send. Pure.

Which email and interview a bounce is about: delivery_failures.py. No text of a report is kept: it contains addresses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from interviews.ical.mail_parts import decode_content, get_sender

MAX_PARTS = 50
MAX_PART_BYTES = 512 * 1024  # of one part; our own emails have a few thousand
MESSAGE_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^\s<>@]+)>", re.IGNORECASE)
STATUS_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
MAIL_SYSTEMS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"})
DELAY_PHRASES = re.compile(
    r"delayed|delay |warning|will (?:be )?(?:re)?tr|not yet been delivered|still being", re.IGNORECASE
)
REASON_BY_STATUS = {
    "5.1.0": "The address does not exist.",
    "5.1.1": "The address does not exist.",
    "5.1.2": "The part of the address after the @ does not exist.",
    "5.1.3": "The address is not valid.",
    "5.1.6": "The mailbox has moved.",
    "5.1.10": "The address does not exist.",
    "5.2.1": "The mailbox does not accept email.",
    "5.2.2": "The mailbox is full.",
    "4.2.2": "The mailbox is full.",
    "5.2.3": "The email is too large for the mailbox.",
    "5.3.4": "The email is too large for the mailbox.",
    "5.4.1": "The mail server of the address does not respond.",
    "5.4.4": "The part of the address after the @ does not exist.",
    "5.4.7": "The mail server of the address did not respond in time.",
    "4.4.7": "The mail server of the address did not respond in time.",
}  # RFC 3463, and what large providers write
REASON_BY_STATUS_CLASS = {
    "7": "The mail server of the address refuses our email.",
    "4": "The mail server of the address could not be reached.",
}
UNKNOWN_REASON = "The email could not be delivered."


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server says about one of our emails."""

    message_ids: frozenset[tuple[str, str]]  # of the emails that it quotes: before and after the @, in lower case
    is_final: bool  # False: the server still tries
    status: str  # for example 5.1.1; may be empty

    @property
    def reason(self) -> str:
        text = REASON_BY_STATUS.get(self.status) or REASON_BY_STATUS_CLASS.get(self.status[2:3]) or UNKNOWN_REASON
        return f"{text} ({self.status})" if self.status else text


def parse_bounce(mail: EmailMessage) -> Bounce | None:
    parts = _list_parts(mail)
    for part in parts:
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            return _parse_report(mail, parts, part)
    return _parse_plain_bounce(mail, parts) if _is_from_mail_system(mail) else None


def _parse_report(mail: EmailMessage, parts: list[Any], status_part: Any) -> Bounce:
    groups = status_part.get_payload()
    fields = [_parse_fields(group) for group in groups] if isinstance(groups, list) else []
    failed = [one for one in fields if one.get("action", "").startswith("failed")]
    by_status = [one for one in fields if "action" not in one and one.get("status", "").startswith("5")]
    codes = [match[1] for one in failed or by_status if (match := STATUS_CODE.search(one.get("status", "")))]
    texts = [
        *_iterate_texts(parts),
        *(value for one in fields for value in one.values()),
        str(mail.get("In-Reply-To", "")),
    ]
    return Bounce(_find_message_ids(texts), bool(failed or by_status), codes[0] if codes else "")


def _parse_plain_bounce(mail: EmailMessage, parts: list[Any]) -> Bounce:
    """As sent by qmail, Exim and old servers: some text, then a copy of the email or its headers."""
    texts = list(_iterate_texts(parts))
    first = "\n".join([str(mail.get("Subject", "")), *texts[:1]])
    status = STATUS_CODE.search(first)
    return Bounce(_find_message_ids(texts), DELAY_PHRASES.search(first) is None, status[1] if status else "")


def _is_from_mail_system(mail: EmailMessage) -> bool:
    local = (get_sender(mail) or "").partition("@")[0]
    return local in MAIL_SYSTEMS or "X-Failed-Recipients" in mail


def _parse_fields(group: Any) -> dict[str, str]:
    try:
        return {name.lower(): str(value).strip().lower() for name, value in group.items()}
    except Exception:  # a header made to break its reader
        return {}


def _find_message_ids(texts: list[str]) -> frozenset[tuple[str, str]]:
    return frozenset((local.lower(), host.lower()) for text in texts for local, host in MESSAGE_ID.findall(text))


def _iterate_texts(parts: list[Any]) -> Iterator[str]:
    for index, part in enumerate(parts):
        if index and (quoted := part.get("Message-ID")):
            yield f"<{str(quoted).strip().strip('<>')}>"
        if not part.is_multipart():
            yield decode_content(part)[:MAX_PART_BYTES].decode("utf-8", "replace")


def _list_parts(mail: EmailMessage) -> list[Any]:
    parts: list[Any] = []
    for part in mail.walk():
        parts.append(part)
        if len(parts) >= MAX_PARTS:
            break
    return parts
