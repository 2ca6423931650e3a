"""Whether our own mail server vouches for a sender (RFC 8601). Pure; used if the settings name the server."""

import re
from email.message import EmailMessage

COMMENT = re.compile(r"\([^()]*\)")


def is_sender_authenticated(mail: EmailMessage, sender: str, *, server: str) -> bool:
    """Uses the topmost verdict of `server`: anybody can have written the others."""
    headers = [value for name, value in mail.raw_items() if name.lower() == "authentication-results"]
    verdicts = (COMMENT.sub(" ", str(header)) for header in headers)
    own = next((verdict for verdict in verdicts if _get_server_name(verdict) == server.lower()), None)
    domain = sender.rpartition("@")[2].lower()
    return own is not None and any(_is_passing_clause(clause, domain) for clause in own.split(";")[1:])


def _get_server_name(verdict: str) -> str:
    parts = verdict.partition(";")[0].split()
    return parts[0].lower() if parts else ""


def _is_passing_clause(clause: str, domain: str) -> bool:
    pairs = dict(word.lower().split("=", 1) for word in clause.split() if "=" in word)
    signed_by = [pairs.get(name, "").strip('"').rpartition("@")[2] for name in ("header.d", "header.i")]
    if pairs.get("dmarc") == "pass":
        return pairs.get("header.from", domain).strip('"') == domain
    return pairs.get("dkim") == "pass" and domain in signed_by
