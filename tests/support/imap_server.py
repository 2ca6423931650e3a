"""A real IMAP server on a free loopback port, and a client of its mailbox that stands for the people who read it."""

import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.support.mail_server import find_free_port

USER, PASSWORD = "replies", "only for tests"
START_CODE = "from pymap.main import main; main()"
DISABLED_SERVICES = ("admin", "managesieve")


@dataclass(frozen=True, slots=True)
class ImapServer:
    port: int

    @property
    def url(self) -> str:
        return f"imap://{USER}:only%20for%20tests@127.0.0.1:{self.port}/INBOX"

    def deliver(self, *mails: bytes, folder: str = "INBOX") -> None:
        with self._client() as client:
            for mail in mails:
                assert client.append(folder, "", "", mail)[0] == "OK"

    def list_flags(self, folder: str = "INBOX") -> list[set[str]]:
        """The flags of each mail in a folder, in the order of arrival."""
        with self._client() as client:
            if client.select(folder, readonly=True)[0] != "OK":
                return []
            _, found = client.fetch("1:*", "(FLAGS)")
            return [
                {flag.decode() for flag in imaplib.ParseFlags(line)} - {r"\Recent"}
                for line in found
                if isinstance(line, bytes)
            ]

    def clear_flags(self) -> None:
        """As if nobody had looked at any mail."""
        with self._client() as client:
            client.select("INBOX")
            client.store("1:*", "FLAGS.SILENT", "()")

    def empty_folders(self, *folders: str) -> None:
        with self._client() as client:
            for folder in folders:
                if client.select(folder)[0] == "OK":
                    client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
                    client.expunge()

    @contextmanager
    def _client(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        try:
            client.login(USER, PASSWORD)
            yield client
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                client.logout()


@contextmanager
def run_imap_server() -> Iterator[ImapServer]:
    """The server is up inside the block."""
    port = find_free_port()
    own = [part for name in DISABLED_SERVICES for part in ("--no-service", name)]
    options = [*own, "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    user = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    server = subprocess.Popen([sys.executable, "-W", "ignore", "-c", START_CODE, *options, *user])
    try:
        _wait_for(port, server)
        yield ImapServer(port)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(150):
        with suppress(OSError):
            imaplib.IMAP4("127.0.0.1", port, timeout=5).logout()
            return
        assert server.poll() is None, "the IMAP server did not start"
        time.sleep(0.1)
    raise AssertionError("the IMAP server does not answer")
