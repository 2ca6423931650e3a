"""Parse bounces: delivery reports (RFC 3464), and the plain texts that older servers send. Pure.

Which email and interview a bounce is about: delivery_failures.py. No text of a report is kept: it contains addresses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from interviews.ical.mail_parts import decode_content, get_sender
from interviews.inbox.bounce_text import cut_copy, find_address, find_copied_recipient, is_final_by_words
from interviews.inbox.delivery_status import REPORT_TYPES, find_reported_recipient, read_report_fields

MAX_PARTS = 50
MAX_PART_BYTES = 512 * 1024  # of one part; our own emails have a few thousand
MESSAGE_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^\s<>@]+)>", re.IGNORECASE)
STATUS_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
MAIL_SYSTEMS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"})
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

    message_ids: frozenset[tuple[str, str]]  # the mails that it quotes: before and behind the @, in small letters
    is_final: bool  # False: it still tries
    status: str  # as 5.1.1; empty when it says none
    recipient: str = ""  # as the report names it; never stored

    @property
    def reason(self) -> str:
        text = REASON_BY_STATUS.get(self.status) or REASON_BY_STATUS_CLASS.get(self.status[2:3]) or UNKNOWN_REASON
        return f"{text} ({self.status})" if self.status else text


def parse_bounce(mail: EmailMessage) -> Bounce | None:
    parts = _list_parts(mail)
    for part in parts:
        if part.get_content_type() in REPORT_TYPES:
            return _parse_report(mail, parts, part)
    return _parse_plain_bounce(mail, parts) if _is_from_mail_system(mail) else None


def _parse_report(mail: EmailMessage, parts: list[Any], status_part: Any) -> Bounce:
    fields = read_report_fields(status_part)
    about_recipients = [one for one in fields if "action" in one or "status" in one]
    failed = [one for one in about_recipients if _says_failed(one)]
    codes = [found[1] for one in failed if (found := STATUS_CODE.search(one.get("status", "")))]
    texts = [
        *_iterate_texts(parts),
        *(value for one in fields for value in one.values()),
        str(mail.get("In-Reply-To", "")),
    ]
    is_final = bool(failed) if about_recipients else is_final_by_words(_get_subject(mail), _find_own_text(parts))
    recipient = find_reported_recipient(failed or about_recipients) or _find_recipient(mail, parts)
    return Bounce(_find_message_ids(texts), is_final, codes[0] if codes else "", recipient)


def _says_failed(group: dict[str, str]) -> bool:
    if "action" in group:
        return group["action"].startswith("failed")
    return group["status"].startswith("5")


def _parse_plain_bounce(mail: EmailMessage, parts: list[Any]) -> Bounce:
    """As qmail, Exim and old servers write: their own text, then a copy of the email or its headers."""
    own_text = _find_own_text(parts)
    status = STATUS_CODE.search(own_text) or STATUS_CODE.search(_get_subject(mail))
    return Bounce(
        _find_message_ids(list(_iterate_texts(parts))),
        is_final_by_words(_get_subject(mail), own_text),
        status[1] if status else "",
        _find_recipient(mail, parts),
    )


def _get_subject(mail: EmailMessage) -> str:
    try:
        return str(mail.get("Subject", ""))
    except Exception:  # a header made to break its reader
        return ""


def _find_own_text(parts: list[Any]) -> str:
    """What the mail server itself wrote: the first text, without the copy of our email behind it."""
    first = next((part for part in parts if not part.is_multipart() and part.get_content_maintype() == "text"), None)
    return cut_copy(decode_content(first)[:MAX_PART_BYTES].decode("utf-8", "replace")) if first is not None else ""


def _find_recipient(mail: EmailMessage, parts: list[Any]) -> str:
    try:
        listed = find_address(str(mail.get("X-Failed-Recipients", "")))
    except Exception:  # a header made to break its reader
        listed = ""
    return listed or find_address(_find_own_text(parts)) or _find_copied_recipient(parts)


def _find_copied_recipient(parts: list[Any]) -> str:
    copies = [part for part in parts[1:] if part.get("Message-ID") and part.get("To")]
    texts = [f"To: {part.get('To')}" for part in copies] + list(_iterate_texts(parts))
    return next((address for text in texts if (address := find_copied_recipient(text))), "")


def _is_from_mail_system(mail: EmailMessage) -> bool:
    local = (get_sender(mail) or "").partition("@")[0]
    return local in MAIL_SYSTEMS or "X-Failed-Recipients" in mail


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
