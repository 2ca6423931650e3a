"""A web server of its own for a test, and somebody who sends to it with bare sockets, to cut them where it hurts."""

import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from uuid import UUID

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from accounts.access import STAFF_SESSION_KEY
from core.settings import PROJECT_ROOT, Settings
from tests.support import make

START_SECONDS = 60
BODY = "application/offset+octet-stream"
TOKEN = re.compile(r'data-token="([^"]+)"')
RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: the other side sees a reset, not an end


@contextmanager
def run_web_server(settings: Settings, port: int, **environ: str) -> Iterator["subprocess.Popen[bytes]"]:
    """gunicorn as an operator starts it, once it answers; killed at the end if it still runs."""
    ours = {
        "DATA_FOLDER": str(settings.data_folder),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
    }
    values = {f"LISTENING_POST_{name}": value for name, value in ours.items()}
    command = ["gunicorn", "--workers", "1"]  # tests look at the one process
    with (settings.data_folder / "web.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *command, "--bind", f"127.0.0.1:{port}", "wsgi:create_app()"],
            cwd=PROJECT_ROOT,
            env={**os.environ, **values, **environ},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_for(port)
        yield server
    finally:
        kill_server(server)


def kill_server(server: "subprocess.Popen[bytes]") -> None:
    """The server and its worker at once, as when the electricity fails."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, 9)
    server.wait()


@dataclass
class TusSender:
    """A signed-in member of staff with the upload page of one interview open."""

    port: int
    cookie: str
    page: str
    token: str = ""

    def open_page(self) -> str:
        page = self.request("GET", self.page).read().decode()
        found = TOKEN.search(page)
        assert found, page
        self.token = found[1]
        return page

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body or None, self._headers(headers))
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        answer.read = lambda *_: answer.body  # type: ignore[attr-defined, method-assign]
        connection.close()
        return answer

    def create_upload(self, length: int) -> str:
        """The address of a new upload."""
        answer = self.request("POST", self.page.replace("/recording", "/uploads"), Upload_Length=str(length))
        assert answer.status == 201, answer.read()
        return answer.headers["Location"]

    def get_offset(self, upload: str) -> int:
        answer = self.request("HEAD", upload)
        assert answer.status == 200, answer.status
        return int(answer.headers["Upload-Offset"])

    def send_chunk(self, upload: str, offset: int, body: bytes) -> HTTPResponse:
        return self.request("PATCH", upload, body, Upload_Offset=str(offset), Content_Type=BODY)

    def send_and_disconnect(self, upload: str, offset: int, body: bytes, *, after: int, reset: bool = False) -> None:
        """Announce all of it, send the first bytes, and be gone."""
        with self.open_patch(upload, offset, len(body)) as connection:
            connection.sendall(body[:after])
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)

    @contextmanager
    def open_patch(self, upload: str, offset: int, length: int) -> Iterator[socket.socket]:
        """A connection whose headers are sent."""
        headers = self._headers({"Upload_Offset": str(offset), "Content_Type": BODY, "Content_Length": str(length)})
        lines = [
            f"PATCH {upload} HTTP/1.1",
            "Host: 127.0.0.1",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            yield connection

    def _headers(self, changed: dict[str, str]) -> dict[str, str]:
        own = {"Tus-Resumable": "1.0.0", "Cookie": self.cookie, "X-CSRFToken": self.token}
        return own | {name.replace("_", "-"): value for name, value in changed.items()}


def sign_in_sender(app: Flask, port: int, staff_id: UUID, booking_id: UUID) -> TusSender:
    """Signed in without the pages: the session is made with the key that both know."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    cookie = serializer.dumps({STAFF_SESSION_KEY: make.staff_session(staff_id)})
    made = TusSender(port, f"session={cookie}", f"/staff/bookings/{booking_id}/recording")
    # The token belongs to the session that the page's answer sets.
    answer = made.request("GET", made.page)
    made.cookie = answer.headers["Set-Cookie"].split(";")[0]
    made.open_page()
    return made


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", "/sign-in")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("The web server did not start.")
