"""gunicorn's threaded worker, except that a thread is only taken once a request has arrived.

gunicorn waits for a request in one of its few threads, so that sixteen connections that say nothing stop the service.
Here one loop reads the header and a short body of all connections, each within a deadline. Long bodies are read by the
view, which checks the session first (transcripts/views/early_responses.py).
"""

import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from gunicorn.errors import AppImportError
from gunicorn.workers.gthread import TConn, ThreadWorker

from core.errors import SettingsError
from core.storage_check import require_usable_data

HEADER_SECONDS = 15.0
BODY_SECONDS = 60.0  # after the header; a form of 1 MiB at 140 kbit/s
MAX_HEADER_BYTES = 64 * 1024
MAX_BODY_BYTES = 1024 * 1024 + 64 * 1024  # a whole form; anything longer is an upload
MAX_WAITING_BYTES = 64 * 1024 * 1024  # of all connections together
RECEIVE_BYTES = 64 * 1024
SPARE_CONNECTIONS = 50  # gunicorn stops accepting at its limit; before that the oldest waiting connection makes room
MAX_LENGTH_DIGITS = 15
HEADER_END = b"\r\n\r\n"
CONTINUE_EXPECTED = b"100-continue"
CONTINUE_RESPONSE = b"HTTP/1.1 100 Continue\r\n\r\n"
REQUEST_TIMEOUT = "408 Request Timeout"
HEADER_TOO_LONG = "431 Request Header Fields Too Large"


@dataclass(eq=False, slots=True)
class IncomingRequest:
    connection: TConn
    deadline: float  # time.monotonic
    received: bytearray = field(default_factory=bytearray)
    body_bytes: int | None = None  # None: the header is incomplete
    header_bytes: int = 0
    expects_continue: bool = False

    def add(self, data: bytes, *, body_seconds: float) -> None:
        searched_from = max(0, len(self.received) - len(HEADER_END))
        self.received += data
        if self.body_bytes is not None:
            return
        end = self.received.find(HEADER_END, searched_from)
        if end >= 0:
            header = parse_header(bytes(self.received[:end]))
            self.header_bytes, self.body_bytes = end + len(HEADER_END), parse_body_bytes(header)
            self.expects_continue = header.get(b"expect", b"").lower() == CONTINUE_EXPECTED
            self.deadline = time.monotonic() + body_seconds

    @property
    def is_complete(self) -> bool:
        if self.body_bytes is None:
            return False
        return self.body_bytes > MAX_BODY_BYTES or len(self.received) >= self.header_bytes + self.body_bytes

    @property
    def is_header_too_long(self) -> bool:
        return self.body_bytes is None and len(self.received) > MAX_HEADER_BYTES


def parse_header(header: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in header.split(b"\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def parse_body_bytes(header: dict[bytes, bytes]) -> int:
    """The length of the body; 0 where gunicorn has to decide (none, chunked, or invalid)."""
    value = header.get(b"content-length", b"")
    return int(value) if value.isdigit() and len(value) <= MAX_LENGTH_DIGITS else 0


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    header_seconds = HEADER_SECONDS
    body_seconds = BODY_SECONDS

    def init_process(self) -> None:
        self.incoming: dict[TConn, IncomingRequest] = {}  # oldest first
        self.waiting_bytes = 0
        super().init_process()

    def load_wsgi(self) -> None:
        """A setting that cannot be used, or a missing key, ends the server with its message instead of a traceback."""
        try:
            super().load_wsgi()
            require_usable_data(self.wsgi.extensions["storage"], self.wsgi.extensions["settings"].data_folder)
        except SettingsError as error:
            raise AppImportError(str(error)) from error

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:  # no file descriptor left
            self.log.warning("A connection could not be accepted: %s", error)
            self._make_room()
            return
        if self.nr_conns >= self.worker_connections - SPARE_CONNECTIONS:
            self._make_room()
        self.nr_conns += 1
        self._receive_request(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The next request of a connection that was kept open."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._receive_request(conn)

    def murder_pending(self) -> None:
        now = time.monotonic()
        for request in [request for request in self.incoming.values() if request.deadline <= now]:
            self._refuse(request, REQUEST_TIMEOUT)
        super().murder_pending()

    def _receive_request(self, connection: TConn) -> None:
        connection.sock.setblocking(False)
        request = IncomingRequest(connection, time.monotonic() + self.header_seconds)
        self.incoming[connection] = request
        self.poller.register(connection.sock, selectors.EVENT_READ, partial(self._receive, request))

    def _receive(self, request: IncomingRequest, client: socket.socket) -> None:
        try:
            data = client.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(request)
            return
        self.waiting_bytes += len(data)
        request.add(data, body_seconds=self.body_seconds)
        if request.expects_continue and not request.is_complete:
            request.expects_continue = False
            self._send(request, CONTINUE_RESPONSE)
        if request.is_complete:
            self._hand_over(request)
        elif request.is_header_too_long:
            self._refuse(request, HEADER_TOO_LONG)
        elif self.waiting_bytes > MAX_WAITING_BYTES:
            self._make_room()

    def _hand_over(self, request: IncomingRequest) -> None:
        """To a thread, with what has arrived in front of what is still to come."""
        self._forget(request)
        connection = request.connection
        connection.init()
        connection.parser.unreader.unread(bytes(request.received))
        connection.data_ready = True
        self.enqueue_req(connection)

    def _make_room(self) -> None:
        if self.incoming:
            self._close(next(iter(self.incoming.values())))

    def _refuse(self, request: IncomingRequest, status: str) -> None:
        if request.received:  # who said nothing gets no answer
            self._send(request, f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self._close(request)

    def _send(self, request: IncomingRequest, data: bytes) -> None:
        with suppress(OSError):
            request.connection.sock.send(data)

    def _close(self, request: IncomingRequest) -> None:
        self._forget(request)
        self.nr_conns -= 1
        request.connection.close()

    def _forget(self, request: IncomingRequest) -> None:
        del self.incoming[request.connection]
        self.waiting_bytes -= len(request.received)
        self.poller.unregister(request.connection.sock)
