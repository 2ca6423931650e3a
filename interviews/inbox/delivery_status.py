"""Read the fields of a delivery report (RFC 3464, RFC 6533). Pure."""

import re
from email.message import Message
from typing import Any

from interviews.ical.mail_parts import decode_content
from interviews.inbox.bounce_text import find_address

REPORT_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
ENCODED = frozenset({"base64", "quoted-printable"})
MAX_REPORT_CHARACTERS = 512 * 1024
MAX_GROUPS = 200
FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:[ \t]*(.{0,2000})", re.MULTILINE)
UTF8_ESCAPE = re.compile(r"\\x\{([0-9a-f]{1,6})\}", re.IGNORECASE)  # RFC 6533 §3, utf-8-addr-xtext


def read_report_fields(part: "Message[Any, Any]") -> list[dict[str, str]]:
    """The groups of fields: about the report, then about each recipient. In lower case."""
    plain = _get_text(part).replace("\r\n", "\n")[:MAX_REPORT_CHARACTERS]
    unfolded = re.sub(r"\n[ \t]+(?=\S)", " ", plain)
    groups = re.split(r"\n[ \t]*\n", unfolded)[:MAX_GROUPS]
    return [{name.lower(): value.strip().lower() for name, value in FIELD.findall(group)} for group in groups]


def _get_text(part: "Message[Any, Any]") -> str:
    """Python parses these parts as emails, and takes what is behind the first group for a body."""
    inside = part.get_payload()
    if not isinstance(inside, list):
        return decode_content(part).decode("utf-8", "replace")
    text = "\n\n".join(_join_fields(one) for one in inside[:MAX_GROUPS] if isinstance(one, Message))
    return _decode_transfer(text, str(part.get("Content-Transfer-Encoding", "")).strip().lower())


def _join_fields(group: "Message[Any, Any]") -> str:
    headers = "".join(f"{name}: {value}\n" for name, value in group.raw_items())
    text = headers.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return f"{text}\n{decode_content(group).decode('utf-8', 'replace')}"


def _decode_transfer(text: str, encoding: str) -> str:
    if encoding not in ENCODED:
        return text
    carrier: Message[str, str] = Message()
    carrier["Content-Transfer-Encoding"] = encoding
    carrier.set_payload(text.strip())
    return decode_content(carrier).decode("utf-8", "replace")


def find_reported_recipient(groups: list[dict[str, str]]) -> str:
    """The address of the first group that names one; the original one is what we wrote to."""
    for group in groups:
        for name in ("original-recipient", "final-recipient"):
            written = UTF8_ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)), group.get(name, ""))
            if address := find_address(written.rpartition(";")[2]):
                return address
    return ""
