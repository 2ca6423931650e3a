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

from tests.support import mail_scanner

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"^https?://\S+(?=\s*$)", re.MULTILINE)
START_SECONDS = 60
MAIL_SECONDS = 30
OLDEST_RECORDING = """
SELECT reference FROM participant JOIN contribution ON contribution.participant_id = participant.id
JOIN recording ON recording.contribution_id = contribution.id ORDER BY recording.uploaded_at LIMIT 1
"""
Answer = TypeVar("Answer")


class InstallationMailbox:
    """Takes every mail, as a real server would, and keeps it in the order of arrival."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[list[str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        self.receivers.append(list(envelope.rcpt_tos))
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Kept"

    def list_for(self, recipient: str) -> list[EmailMessage]:
        return [mail for mail in list(self.mails) if mail["To"] == recipient]

    def wait_for(self, recipient: str, number: int = 1) -> EmailMessage:
        """The mail of that number to somebody, counted from 1."""
        arrived = wait_for(
            lambda: len(self.list_for(recipient)) >= number, f"mail {number} to {recipient}", MAIL_SECONDS
        )
        assert arrived
        return self.list_for(recipient)[number - 1]


class BrowserInstallation:
    """What a test needs to know of it."""

    def __init__(self, folder: Path, mailbox: InstallationMailbox, smtp_port: int) -> None:
        port = find_free_port()
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

    def run_flask(self, *arguments: str) -> str:
        """Run a command to its end and return what it prints."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get_interviewed_reference(self) -> str:
        """The reference of the person interviewed in the example's first recording."""
        engine = create_engine(f"sqlite:///{self.folder}/data/listening-post.sqlite")
        with engine.connect() as connection:
            found = connection.execute(text(OLDEST_RECORDING)).scalar_one()
        engine.dispose()
        return str(found)

    def sign_in_link(self, role: str) -> str:
        links = {line.split()[0]: line.split()[-1] for line in self.run_flask("accounts", "sign-in-links").splitlines()}
        return links[role]

    @contextmanager
    def run_servers(self) -> Iterator[None]:
        """The web server and the workers; all ended afterwards."""
        web = ["gunicorn", "--bind", self.bind, "wsgi:create_app()"]
        work = ["flask", "--app", "wsgi", "core", "work"]
        commands = {"web": web} | {name: [*work, name] for name in ("quick", "files", "long")}
        started = [self._start(name, command) for name, command in commands.items()]
        try:
            wait_for(lambda: _is_answering(f"{self.base_url}/sign-in"), "the web server", START_SECONDS)
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
def run_installation(folder: Path, recording: Path) -> Iterator[BrowserInstallation]:
    """Set up with the example, and running. `recording`: of the example's interview."""
    mailbox = InstallationMailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    try:
        made = BrowserInstallation(folder, mailbox, controller.port)
        made.run_flask("db", "upgrade")
        made.run_flask("review", "load-example", "--recording", str(recording))
        with made.run_servers():
            yield made
        _assert_no_leaks(made)
    finally:
        controller.stop()


def _assert_no_leaks(made: BrowserInstallation) -> None:
    """No mail that arrived tells its receiver of anybody else."""
    engine = create_engine(f"sqlite:///{made.folder}/data/listening-post.sqlite")
    with engine.connect() as connection:
        known = mail_scanner.load_known_people(connection)
    engine.dispose()
    mails = zip(made.mailbox.mails, made.mailbox.receivers, strict=True)
    printed = [
        words for mail, to in mails for words in mail_scanner.find_leaks(mail_scanner.scan_message(mail, to), known)
    ]
    assert not printed, "\n".join(printed)


def extract_link(mail: EmailMessage) -> str:
    """The first address that stands alone on a line of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    found = ADDRESS.search(body.get_content())
    assert found is not None
    return found[0]


def wait_for(look: Callable[[], Answer], what: str, seconds: float) -> Answer:
    """The first true answer; fails when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"Waited {seconds} s in vain for {what}.")


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_answering(address: str) -> bool:
    try:
        with urlopen(address) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
