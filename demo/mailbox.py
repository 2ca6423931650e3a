"""A real SMTP server on loopback that keeps the mails it receives."""

import re
import socket
import threading
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

WAIT_SECONDS = 60
ADDRESS = re.compile(r"https?://\S+")


class DemoMailbox:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._arrived = threading.Condition()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._server = Controller(self, hostname="127.0.0.1", port=self._port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        with self._arrived:
            mail: EmailMessage = message_from_bytes(envelope.content, policy=default)
            self.mails.append(mail)
            self._arrived.notify_all()
        return "250 Kept"

    def start(self) -> str:
        """Returns its address for LISTENING_POST_SMTP_URL."""
        self._server.start()
        return f"smtp://127.0.0.1:{self._port}"

    def stop(self) -> None:
        self._server.stop()

    def wait_for_newest(self, recipient: str, *, subject: str = "", method: str | None = None) -> EmailMessage:
        """Of mails to a person with a text in the subject or a calendar METHOD. Raises TimeoutError."""
        deadline = time.monotonic() + WAIT_SECONDS
        with self._arrived:
            while True:
                for mail in self.mails[::-1]:
                    if _is_wanted(mail, recipient, subject, method):
                        return mail
                if not self._arrived.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"No mail to {recipient} with “{subject or method}” in {WAIT_SECONDS} s.")


def decode_text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def extract_address(mail: EmailMessage, part: str = "") -> str:
    """The first address in a mail's text that contains `part`."""
    return next(str(found) for found in ADDRESS.findall(decode_text(mail)) if part in found)


def extract_calendar(mail: EmailMessage) -> str | None:
    """None if it is not a calendar mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            return str(part.get_content())
    return None


def _is_wanted(mail: EmailMessage, recipient: str, subject: str, method: str | None) -> bool:
    if recipient not in str(mail["To"]) or subject.lower() not in str(mail["Subject"]).lower():
        return False
    return method is None or f"METHOD:{method}" in (extract_calendar(mail) or "")
