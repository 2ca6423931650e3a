"""A real HTTP server on loopback that serves calendars as a test says, also slowly, without end, or leading astray."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(slots=True)
class FeedServer:
    """`answers` by path; each writes whatever it likes. `asked`: the paths in order."""

    port: int = 0
    scheme: str = "http"
    responses: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    requested_paths: list[str] = field(default_factory=list)
    request_headers: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str = "/calendar.ics", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


def make_calendar(*stretches: tuple[datetime, datetime], extra: str = "") -> str:
    """A calendar that is busy then, and says with what."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}@elsewhere.example\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{end:%Y%m%dT%H%M%SZ}\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\n"
        for number, (start, end) in enumerate(stretches)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{events}{extra}END:VCALENDAR\r\n"


def respond_with(text: str | bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    content = text.encode() if isinstance(text, str) else text

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def redirect_to(address: str, status: int = 302) -> Callable[[BaseHTTPRequestHandler], None]:
    return respond_with("", status, Location=address)


def respond_slowly(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    """A byte now and then, each too soon for a timeout of the socket; without a length, so that any end looks whole."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                request.wfile.write(b"x")
            except OSError:
                return
            time.sleep(0.05)

    return answer


@contextmanager
def run_feed_server(certificate: Path | None = None) -> Iterator[FeedServer]:
    """The server is up inside the block; with a certificate (and its key in one file) it speaks TLS."""
    feed_server = FeedServer(scheme="https" if certificate else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feed_server.requested_paths.append(self.path)
            feed_server.request_headers.append(dict(self.headers))
            feed_server.responses.get(self.path, respond_with("", 404))(self)

        def log_message(self, *_args: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: object) -> None:
            """A client that leaves early is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    feed_server.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield feed_server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
