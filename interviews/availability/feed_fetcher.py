"""Fetch a feed from an address that somebody typed, and nothing else: see docs/decisions/0010-busy-feeds.md.

The name is resolved once, each address is checked, and the connection goes to the checked address itself, so that DNS
rebinding does not work. TLS is still verified for the name. No proxy, no
cookies, no credentials.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from core.errors import RuleError
from core.text_cleaning import encode_domain
from interviews.availability.public_addresses import is_private_host, is_public_address

MEBIBYTE = 1024 * 1024
DEFAULT_PORTS = {"http": 80, "https": 443}
REDIRECT_STATUSES = {301, 302, 303, 307, 308}
CHUNK_BYTES = 64 * 1024
MAX_ADDRESS_CHARACTERS = 2000
MAX_HOST_CHARACTERS = 253  # RFC 1035 §2.3.4
INVALID_ADDRESS_MESSAGE = "Enter the full address of a calendar feed. It starts with https:// or webcal://."
PRIVATE_ADDRESS_MESSAGE = "This address is in a private network, which our server cannot use."
STATUS_MESSAGES = {
    401: "The calendar needs a password. Use its secret address, which does not.",
    403: "The calendar server does not allow access to this address.",
    404: "There is no longer a calendar at this address.",
    410: "There is no longer a calendar at this address.",
}
SAFE_URL_CHARACTERS = "/%:@!$&'()*+,;=~-._"


class FeedError(RuleError):
    """The text never contains the address, which is secret."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    max_bytes: int = 5 * MEBIBYTE
    max_seconds: float = 20.0  # for everything together
    max_redirects: int = 3


@dataclass(frozen=True, slots=True)
class FetchTarget:
    scheme: str
    host: str
    port: int
    path: str = field(repr=False)  # with the query, which contains the secret

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


DEFAULT_FETCH_LIMITS = FetchLimits()


def fetch_feed(
    address: str, *, allowed_hosts: Collection[str] = (), limits: FetchLimits = DEFAULT_FETCH_LIMITS
) -> bytes:
    """`allowed_hosts` may be private. Raises FeedError."""
    deadline, target = Deadline(limits.max_seconds), parse_address(address)
    for _ in range(limits.max_redirects + 1):
        with _open_response(target, allowed_hosts, deadline) as answer:
            if answer.status not in REDIRECT_STATUSES:
                content = _read_body(answer, limits)
                deadline.raise_if_passed()  # a connection that we shut down looks like the end
                return content
            target = _get_redirect_target(target, answer.getheader("Location"))
    raise FeedError("The address redirects too many times.")


def parse_address(address: str) -> FetchTarget:
    text = address.strip()
    parts = _split_address("https" + text[len("webcal") :] if text.lower().startswith("webcal:") else text)
    host, port = (parts.hostname or "").rstrip("."), parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    if parts.scheme not in DEFAULT_PORTS or not host or len(text) > MAX_ADDRESS_CHARACTERS:
        raise FeedError(INVALID_ADDRESS_MESSAGE)
    if parts.username or parts.password:
        raise FeedError("The address cannot contain a user name and password. Use the calendar’s secret address.")
    if port < 1024 and port not in DEFAULT_PORTS.values():
        raise FeedError("The port in the address is not allowed.")
    path = quote(parts.path or "/", safe=SAFE_URL_CHARACTERS) + (
        f"?{quote(parts.query, safe=SAFE_URL_CHARACTERS + '?')}" if parts.query else ""
    )
    return FetchTarget(parts.scheme, _encode_host(host), port, path)


def check_address(address: str, allowed_hosts: Collection[str]) -> None:
    """Refuses only what can be refused before the name is resolved. Raises FeedError."""
    host = parse_address(address).host
    if host not in allowed_hosts and is_private_host(host):
        raise FeedError(PRIVATE_ADDRESS_MESSAGE)


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def seconds_left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise FeedError("The calendar server takes too long to respond.")
        return left

    def raise_if_passed(self) -> None:
        _ = self.seconds_left

    @contextmanager
    def enforce_on(self, connection: socket.socket) -> Iterator[None]:
        """Ends a connection that trickles bytes, which a socket's own timeout does not."""
        same = connection.dup()  # TLS takes the other one over
        watch = threading.Timer(self.seconds_left, _shut_down, [same])
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            same.close()


def _shut_down(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _split_address(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise FeedError(INVALID_ADDRESS_MESSAGE) from error
    return parts


def _encode_host(host: str) -> str:
    encoded = host if ":" in host else encode_domain(host)
    if not encoded.isascii() or len(encoded) > MAX_HOST_CHARACTERS or any(len(one) > 63 for one in encoded.split(".")):
        raise FeedError(INVALID_ADDRESS_MESSAGE)
    return encoded


def _get_redirect_target(target: FetchTarget, location: str | None) -> FetchTarget:
    if not location:
        raise FeedError("The calendar server redirects to an invalid address.")
    try:
        address = urljoin(f"{target.scheme}://{target.host_header}{target.path}", location)
    except ValueError as error:
        raise FeedError("The calendar server redirects to an invalid address.") from error
    following = parse_address(address)
    if target.scheme == "https" and following.scheme != "https":
        raise FeedError("The calendar server leads on to an address without encryption.")
    return following


@contextmanager
def _open_response(
    target: FetchTarget, allowed_hosts: Collection[str], deadline: Deadline
) -> Iterator[http.client.HTTPResponse]:
    try:
        with _connect(target, allowed_hosts, deadline) as plain, deadline.enforce_on(plain):
            connection = http.client.HTTPConnection(target.host, target.port)
            with closing(connection):
                connection.sock = _wrap_in_tls(plain, target)
                connection.request("GET", target.path, headers=_build_headers(target))
                with closing(connection.getresponse()) as answer:
                    yield answer
    except ssl.SSLCertVerificationError as error:
        raise FeedError("The security certificate of the calendar server is not valid for this address.") from error
    except (OSError, http.client.HTTPException) as error:
        deadline.raise_if_passed()  # says so if that was the reason
        raise FeedError("We cannot reach the calendar server, or it closed the connection.") from error


def _build_headers(target: FetchTarget) -> dict[str, str]:
    return {
        "Host": target.host_header,
        "User-Agent": "Listening-Post/1 (busy times)",
        "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _connect(target: FetchTarget, allowed_hosts: Collection[str], deadline: Deadline) -> socket.socket:
    addresses = _resolve_host(target, deadline)
    if target.host not in allowed_hosts:
        addresses = [address for address in addresses if is_public_address(address)]
    if not addresses:
        raise FeedError(PRIVATE_ADDRESS_MESSAGE)
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, target.port), timeout=min(deadline.seconds_left, 5.0))
        except OSError:
            continue
    return socket.create_connection((addresses[-1], target.port), timeout=deadline.seconds_left)


def _resolve_host(target: FetchTarget, deadline: Deadline) -> list[str]:
    """A look-up has no timeout, so it runs in a thread, which is abandoned after the deadline."""
    result: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            result.set_result(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))
        except (OSError, UnicodeError) as error:
            result.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return result.result(timeout=deadline.seconds_left)
    except TimeoutError as error:
        raise FeedError("The calendar server takes too long to respond.") from error
    except (OSError, UnicodeError) as error:
        raise FeedError("There is no server with this name.") from error


def _wrap_in_tls(plain: socket.socket, target: FetchTarget) -> socket.socket:
    if target.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


def _read_body(answer: http.client.HTTPResponse, limits: FetchLimits) -> bytes:
    if answer.status != http.client.OK:
        raise FeedError(STATUS_MESSAGES.get(answer.status, f"The calendar server returned error {answer.status}."))
    if answer.getheader("Content-Encoding", "identity").lower() not in {"identity", ""}:
        raise FeedError("The calendar server sent a compressed response, which we did not ask for.")
    content = bytearray()
    while piece := answer.read(CHUNK_BYTES):
        content += piece
        if len(content) > limits.max_bytes:
            raise FeedError(f"The calendar is larger than {limits.max_bytes // MEBIBYTE} MB.")
    if answer.length:  # the body is shorter than announced
        raise http.client.IncompleteRead(b"")
    return bytes(content)
