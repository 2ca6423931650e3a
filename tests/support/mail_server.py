"""A real SMTP server on a free loopback port, with a mailbox that tests read and answers that tests choose."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.support import mail_scanner

OK = "250 OK"


@dataclass(slots=True)
class SmtpMailbox:
    """What arrived, in order. `answers` are given to the next mails in turn; afterwards all are taken."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    attempted_ids: list[str] = field(default_factory=list)  # the Message-ID of each attempt, taken or not
    responses: list[str] = field(default_factory=list)
    recipient_response: Callable[[str], str] = lambda _address: OK

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.messages]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.recipient_response(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        mail_scanner.record_received(message, envelope.rcpt_tos)
        self.attempted_ids.append(str(message["Message-ID"]))
        answer = self.responses.pop(0) if self.responses else OK
        if answer == OK:
            self.messages.append(message)
            self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return answer


class RudeSMTP(SMTP):
    """Takes mails, then refuses to say goodbye."""

    async def smtp_QUIT(self, _arg: str) -> None:  # noqa: N802
        await self.push("554 No goodbye from me")
        if self.transport is not None:
            self.transport.close()


class RudeController(Controller):
    def factory(self) -> RudeSMTP:
        return RudeSMTP(self.handler)


@contextmanager
def run_mail_server(mailbox: SmtpMailbox, controller: type[Controller] = Controller) -> Iterator[SmtpMailbox]:
    """The server is up inside the block."""
    loop = asyncio.new_event_loop()
    server = controller(mailbox, hostname="127.0.0.1", port=mailbox.port, loop=loop)
    server.start()
    try:
        yield mailbox
    finally:
        server.stop()


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
