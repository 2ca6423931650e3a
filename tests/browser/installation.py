"""A whole installation in a temporary folder: web server, workers, and a mail server that keeps what it gets."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

from aiosmtpd.controller import Controller
from sqlalchemy import create_engine, text

from tests import mail_scanner

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"^https?://\S+(?=\s*$)", re.MULTILINE)
START_SECONDS = 60
MAIL_SECONDS = 30
OLDEST_RECORDING = """
SELECT reference FROM participant JOIN contribution ON contribution.participant_id = participant.id
JOIN recording ON recording.contribution_id = contribution.id ORDER BY recording.uploaded_at LIMIT 1
"""
Found = TypeVar("Found")


class Mailbox:
    """Takes every mail, as a real server would, and keeps it in the order of arrival."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[list[str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        self.receivers.append(list(envelope.rcpt_tos))
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Kept"

    def to(self, recipient: str) -> list[EmailMessage]:
        return [mail for mail in list(self.mails) if mail["To"] == recipient]

    def wait_for(self, recipient: str, number: int = 1) -> EmailMessage:
        """The mail of that number to somebody, counted from 1."""
        arrived = until(lambda: len(self.to(recipient)) >= number, f"mail {number} to {recipient}", MAIL_SECONDS)
        assert arrived
        return self.to(recipient)[number - 1]


class Installation:
    """What a test needs to know of it."""

    def __init__(self, folder: Path, mailbox: Mailbox, smtp_port: int) -> None:
        port = free_port()
        self.folder, self.mailbox = folder, mailbox
        self.base_url, self.bind = f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"
        ours = {
            "DATA_FOLDER": str(folder / "data"),
            "BASE_URL": self.base_url,
            "SECRET_KEY": "only for tests",
            "WHISPER_MODEL": "samples/demo.pt",
            "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        }
        others = {name: value for name, value in os.environ.items() if not name.startswith("LISTENING_POST_")}
        self.environment = others | {f"LISTENING_POST_{name}": value for name, value in ours.items()}

    def flask(self, *arguments: str) -> str:
        """Run a command to its end and return what it prints."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def recorded(self) -> str:
        """The reference of whoever was interviewed in the example's recording, the first that there was."""
        engine = create_engine(f"sqlite:///{self.folder}/data/listening-post.sqlite")
        with engine.connect() as connection:
            found = connection.execute(text(OLDEST_RECORDING)).scalar_one()
        engine.dispose()
        return str(found)

    def sign_in_link(self, role: str) -> str:
        links = {line.split()[0]: line.split()[-1] for line in self.flask("accounts", "sign-in-links").splitlines()}
        return links[role]

    @contextmanager
    def running(self) -> Iterator[None]:
        """The web server and the workers; all ended afterwards."""
        web = ["gunicorn", "--worker-class", "gthread", "--threads", "8", "--bind", self.bind, "wsgi:create_app()"]
        work = ["flask", "--app", "wsgi", "core", "work"]
        commands = {"web": web} | {name: [*work, name] for name in ("quick", "files", "long")}
        started = [self._start(name, command) for name, command in commands.items()]
        try:
            until(lambda: _answers(f"{self.base_url}/sign-in"), "the web server", START_SECONDS)
            yield
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(20)

    def _start(self, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )


@contextmanager
def installation(folder: Path, recording: Path) -> Iterator[Installation]:
    """Set up with the example, and running. `recording`: of the example's interview."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        made = Installation(folder, mailbox, controller.port)
        made.flask("db", "upgrade")
        made.flask("review", "load-example", "--recording", str(recording))
        with made.running():
            yield made
        _require_discretion(made)
    finally:
        controller.stop()


def _require_discretion(made: Installation) -> None:
    """No mail that arrived tells its receiver of anybody else."""
    engine = create_engine(f"sqlite:///{made.folder}/data/listening-post.sqlite")
    with engine.connect() as connection:
        known = mail_scanner.known_to(connection)
    engine.dispose()
    mails = zip(made.mailbox.mails, made.mailbox.receivers, strict=True)
    told = [words for mail, to in mails for words in mail_scanner.leaks(mail_scanner.scanned_message(mail, to), known)]
    assert not told, "\n".join(told)


def link_in(mail: EmailMessage) -> str:
    """The first address that stands alone on a line of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = ADDRESS.search(body.get_content())
    assert found is not None
    return found[0]


def until(look: Callable[[], Found], what: str, seconds: float) -> Found:
    """The first true answer; fails when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"Waited {seconds} s in vain for {what}.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urlopen(address) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
