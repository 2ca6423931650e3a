"""A large upload that is cut again and again, against the plain form with the same file: python -m bench.upload

Both go to gunicorn over HTTP in the same run, each to a fresh server, so that its peak memory is its own. Prints
seconds, the peak memory of the web process (VmHWM), and whether the stored recording has the SHA-256 of what was sent.
"""

import argparse
import hashlib
import http.client
import random
import re
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from bench.support.web_installation import get_base_url, make_environment, run_flask, run_module, run_web_server

GIB = 1024**3
PIECE_BYTES = 1024 * 1024
CHUNK_BYTES = 32 * PIECE_BYTES  # of one PATCH, as static/upload.js sends
BOOKING = re.compile(r"/staff/(?:bookings|interviews)/([0-9a-f-]{36})")
TOKEN = re.compile(r'data-token="([^"]+)"')
RECORDING_TIMEOUT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class UploadResult:
    name: str
    seconds: float  # until the server has every byte
    peak_mib: float  # of the web process
    started_mib: float  # before the first byte
    assembly_seconds: float  # more, until it is one recording
    is_right: bool


class RepeatedNoise:
    """The same noise each time: one piece again and again, with its number in front."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._piece = random.Random(1).randbytes(PIECE_BYTES - 8)

    def read_range(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            number, skipped = divmod(start, PIECE_BYTES)
            piece = (number.to_bytes(8, "big") + self._piece)[skipped : skipped + end - start]
            yield piece
            start += len(piece)

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for piece in self.read_range(0, self.size):
            digest.update(piece)
        return digest.hexdigest()


class UploadClient:
    """The example's interviewer at the upload of the next interview."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ, self.base = environ, get_base_url(environ)
        self._host = urlsplit(self.base).netloc
        links = run_flask(environ, "accounts", "sign-in-links").splitlines()
        browser = requests.Session()
        link = next(line.split()[-1] for line in links if line.startswith("interviewer"))
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(link).text)
        browser.post(link, data={"csrf_token": found[1] if found else ""}).raise_for_status()
        self.page = self._open_page(browser)
        token = TOKEN.search(browser.get(self.base + self.page).text)
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.token = token[1] if token else ""
        self.headers = {"Cookie": cookies, "X-CSRFToken": self.token, "Tus-Resumable": "1.0.0"}

    def request(self, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self._host, timeout=600)
        connection.request(method, path, headers={**self.headers, **named})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def get_offset(self, upload: str) -> int:
        return int(self.request("HEAD", upload).headers["Upload-Offset"])

    @contextmanager
    def open_request(self, method: str, path: str, length: int, **headers: str) -> Iterator[http.client.HTTPConnection]:
        connection = http.client.HTTPConnection(self._host, timeout=600)
        connection.putrequest(method, path)
        for name, value in {**self.headers, **headers, "Content_Length": str(length)}.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        try:
            yield connection
        finally:
            connection.close()

    def _open_page(self, browser: requests.Session) -> str:
        listed = browser.get(f"{self.base}/staff/interviews").text
        for booking in dict.fromkeys(BOOKING.findall(listed)):
            page = f"/staff/bookings/{booking}/recording"
            if browser.get(self.base + page).ok:
                return page
        raise SystemExit("The example has no interview to upload to.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=2.0, help="size of the file (default 2, the most allowed)")
    parser.add_argument("--cuts", type=int, default=20, help="how often the connection is cut (default 20)")
    options = parser.parse_args()
    content = RepeatedNoise(int(options.gigabytes * GIB))
    right = content.sha256()
    rows = [_measure("plain form", content, right, 0), _measure("tus, not cut", content, right, 0)]
    rows.append(_measure(f"tus, cut {options.cuts} times", content, right, options.cuts))
    _print_report(rows, content.size)
    if not all(row.is_right for row in rows):
        raise SystemExit("A stored recording is not what was sent.")


def _measure(name: str, content: RepeatedNoise, right: str, cuts: int) -> UploadResult:
    with tempfile.TemporaryDirectory() as folder:
        environ = make_environment(Path(folder))
        run_flask(environ, "db", "upgrade")
        run_flask(environ, "review", "load-example")
        known = _list_hashes(Path(folder))
        with run_web_server(environ, "wsgi:create_app()"):
            web = _find_web_process(environ)
            interview = UploadClient(environ)
            started, began = _read_peak_memory(web), time.perf_counter()
            send = _send_plain if name.startswith("plain") else _send_in_parts
            send(interview, content, cuts)
            seconds, peak = time.perf_counter() - began, _read_peak_memory(web)
        began = time.perf_counter()
        with run_module(environ, "flask", "--app", "wsgi", "core", "work", "files"):
            found = _wait_for_recording(Path(folder), known)
        return UploadResult(name, seconds, peak, started, time.perf_counter() - began, found == right)


def _send_plain(interview: UploadClient, content: RepeatedNoise, _cuts: int) -> None:
    head = b'--cut-here\r\nContent-Disposition: form-data; name="recording"; filename="a.wav"\r\n\r\n'
    tail = b"\r\n--cut-here--\r\n"
    length = len(head) + content.size + len(tail)
    form = {"Content_Type": "multipart/form-data; boundary=cut-here"}
    with interview.open_request("POST", interview.page, length, **form) as connection:
        connection.send(head)
        for piece in content.read_range(0, content.size):
            connection.send(piece)
        connection.send(tail)
        answer = connection.getresponse()
        if answer.status != 302:
            raise SystemExit(f"The plain form was answered {answer.status}.")


def _send_in_parts(interview: UploadClient, content: RepeatedNoise, cuts: int) -> None:
    """In requests of CHUNK_BYTES; at evenly spread moments the connection is reset in the middle of one."""
    collection = interview.page.replace("/recording", "/uploads")
    upload = interview.request("POST", collection, Upload_Length=str(content.size)).headers["Location"]
    moments = [content.size * number // (cuts + 1) for number in range(1, cuts + 1)]
    offset = 0
    while offset < content.size:
        end = min(offset + CHUNK_BYTES, content.size)
        cut_at = moments.pop(0) if moments and moments[0] < end else None
        with suppress(OSError):
            _send_chunk(interview, upload, content, (offset, end), cut_at)
        offset = interview.get_offset(upload)


def _send_chunk(
    interview: UploadClient, upload: str, content: RepeatedNoise, span: tuple[int, int], cut_at: int | None
) -> None:
    start, end = span
    headers = {"Upload_Offset": str(start), "Content_Type": "application/offset+octet-stream"}
    with interview.open_request("PATCH", upload, end - start, **headers) as connection:
        for piece in content.read_range(start, max(start, cut_at) if cut_at is not None else end):
            connection.send(piece)
        if cut_at is not None:
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return
        answer = connection.getresponse()
        if answer.status not in {204, 409}:
            raise SystemExit(f"A part was answered {answer.status}: {answer.read().decode()}")


def _find_web_process(environ: Mapping[str, str]) -> int:
    """The worker of gunicorn: the child of the process that listens on our port."""
    port = get_base_url(environ).rpartition(":")[2]
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    ours = [line.split(None, 2) for line in listed.splitlines() if f"127.0.0.1:{port}" in line and "gunicorn" in line]
    parents = {parent for _, parent, _ in ours}
    return next(int(process) for process, parent, _ in ours if process not in parents)


def _read_peak_memory(process: int) -> float:
    """Peak resident memory in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _list_hashes(folder: Path) -> set[str]:
    database = sqlite3.connect(f"file:{folder / 'listening-post.sqlite'}?mode=ro", uri=True, timeout=30)
    found = {row[0] for row in database.execute("SELECT sha256 FROM recording")}
    database.close()
    return found


def _wait_for_recording(folder: Path, known: set[str]) -> str:
    end = time.monotonic() + RECORDING_TIMEOUT_SECONDS
    while time.monotonic() < end:
        if new := _list_hashes(folder) - known:
            return new.pop()
        time.sleep(0.2)
    raise SystemExit("The parts were not put together in time.")


def _print_report(rows: list[UploadResult], size: int) -> None:
    plain = rows[0]
    print(f"{size / GIB:.2f} GiB. “whole” counts from the start of the worker, which takes some seconds by itself.")
    print(
        f"{'way':<22} {'seconds':>8} {'× plain':>8} {'web peak MiB':>13} {'at start':>9} {'whole after s':>14} SHA-256"
    )
    for row in rows:
        ratio, verdict = row.seconds / plain.seconds, "right" if row.is_right else "WRONG"
        print(
            f"{row.name:<22} {row.seconds:>8.1f} {ratio:>8.2f} {row.peak_mib:>13.0f} {row.started_mib:>9.0f}"
            f" {row.assembly_seconds:>14.1f} {verdict}"
        )


if __name__ == "__main__":
    main()
