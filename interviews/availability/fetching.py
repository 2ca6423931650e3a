"""Fetch a feed from an address that somebody typed, and nothing else: see docs/decisions/busy-feeds.md.

The name is looked up once, each address is checked, and the connection goes to the checked address itself, so that a
name that changes its address between two look-ups leads nowhere. TLS is still verified for the name. No proxy, no
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
from interviews.availability.public_addresses import is_public, leads_inside

MEBIBYTE = 1024 * 1024
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}
PIECE_BYTES = 64 * 1024
LONGEST_ADDRESS = 2000
ADDRESS_WORDS = "Enter the whole address of a calendar feed. It begins with https:// or webcal://."
INSIDE_WORDS = "The address leads into a private network, and our server may not look there."
STATUS_WORDS = {
    401: "The calendar asks for a password. Use its secret address, which needs none.",
    403: "The calendar server says that this address may not be read.",
    404: "There is no calendar at this address any more.",
    410: "There is no calendar at this address any more.",
}
SAFE = "/%:@!$&'()*+,;=~-._"


class FeedError(RuleError):
    """The feed cannot be fetched; the text says why, without the address."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    bytes: int = 5 * MEBIBYTE
    seconds: float = 20.0  # for everything together
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Target:
    """Where to ask, and for what."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)  # with the query: it holds the secret

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


NO_LIMITS_CHANGED = FetchLimits()


def fetch(address: str, *, allowed_hosts: Collection[str] = (), limits: FetchLimits = NO_LIMITS_CHANGED) -> bytes:
    """What stands at an address. `allowed_hosts` may be private all the same. Raises FeedError."""
    deadline, target = Deadline(limits.seconds), target_of(address)
    for _ in range(limits.redirects + 1):
        with _answer(target, allowed_hosts, deadline) as answer:
            if answer.status not in REDIRECTS:
                content = _body(answer, limits)
                deadline.check()  # what was cut off looks like an end
                return content
            target = _next_target(target, answer.getheader("Location"))
    raise FeedError("The address leads on to others too many times.")


def target_of(address: str) -> Target:
    """The parts of an address as people paste it; webcal is https. Raises FeedError."""
    text = address.strip()
    parts = _split("https" + text[len("webcal") :] if text.lower().startswith("webcal:") else text)
    host, port = (parts.hostname or "").rstrip("."), parts.port or PORTS.get(parts.scheme, 0)
    if parts.scheme not in PORTS or not host or len(text) > LONGEST_ADDRESS:
        raise FeedError(ADDRESS_WORDS)
    if parts.username or parts.password:
        raise FeedError("The address may not hold a name and password. Use the calendar's secret address.")
    if port < 1024 and port not in PORTS.values():
        raise FeedError("The address names a port at which no calendars are.")
    path = quote(parts.path or "/", safe=SAFE) + (f"?{quote(parts.query, safe=SAFE + '?')}" if parts.query else "")
    return Target(parts.scheme, _ascii(host), port, path)


def check_address(address: str, allowed_hosts: Collection[str]) -> None:
    """Refuse what can be refused before anything is looked up. Raises FeedError."""
    host = target_of(address).host
    if host not in allowed_hosts and leads_inside(host):
        raise FeedError(INSIDE_WORDS)


class Deadline:
    """How long everything together may still take."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise FeedError("The calendar server takes too long to answer.")
        return left

    def check(self) -> None:
        """Raises FeedError when the time is over."""
        _ = self.left

    @contextmanager
    def cuts(self, connection: socket.socket) -> Iterator[None]:
        """A server that sends a byte now and then never runs into a socket's own timeout; this ends it."""
        same = connection.dup()  # TLS takes the other one over
        watch = threading.Timer(self.left, _cut, [same])
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            same.close()


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise FeedError(ADDRESS_WORDS) from error
    return parts


def _ascii(host: str) -> str:
    try:
        return host if ":" in host else host.encode("idna").decode().lower()
    except UnicodeError as error:
        raise FeedError(ADDRESS_WORDS) from error


def _next_target(target: Target, location: str | None) -> Target:
    if not location:
        raise FeedError("The calendar server leads on to nowhere.")
    try:
        address = urljoin(f"{target.scheme}://{target.host_header}{target.path}", location)
    except ValueError as error:
        raise FeedError("The calendar server leads on to nowhere.") from error
    following = target_of(address)
    if target.scheme == "https" and following.scheme != "https":
        raise FeedError("The calendar server leads on to an address without encryption.")
    return following


@contextmanager
def _answer(target: Target, allowed_hosts: Collection[str], deadline: Deadline) -> Iterator[http.client.HTTPResponse]:
    """Everything that goes wrong on the way, in words."""
    try:
        with _connected(target, allowed_hosts, deadline) as plain, deadline.cuts(plain):
            connection = http.client.HTTPConnection(target.host, target.port)
            with closing(connection):
                connection.sock = _secured(plain, target)
                connection.request("GET", target.path, headers=_headers(target))
                with closing(connection.getresponse()) as answer:
                    yield answer
    except ssl.SSLCertVerificationError as error:
        raise FeedError("The calendar server cannot prove that it is the one that the address names.") from error
    except (OSError, http.client.HTTPException) as error:
        deadline.check()  # says so if that was the reason
        raise FeedError("The calendar server cannot be reached, or broke off.") from error


def _headers(target: Target) -> dict[str, str]:
    return {
        "Host": target.host_header,
        "User-Agent": "Listening-Post/1 (busy times)",
        "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _connected(target: Target, allowed_hosts: Collection[str], deadline: Deadline) -> socket.socket:
    """To the first of the name's addresses that answers, each checked before."""
    addresses = _looked_up(target, deadline)
    if target.host not in allowed_hosts:
        addresses = [address for address in addresses if is_public(address)]
    if not addresses:
        raise FeedError(INSIDE_WORDS)
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, target.port), timeout=min(deadline.left, 5.0))
        except OSError:
            continue
    return socket.create_connection((addresses[-1], target.port), timeout=deadline.left)


def _looked_up(target: Target, deadline: Deadline) -> list[str]:
    """A look-up has no timeout of its own, so it runs in a thread that is left behind if it takes too long."""
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            found.set_result(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return found.result(timeout=deadline.left)
    except TimeoutError as error:
        raise FeedError("The calendar server takes too long to answer.") from error
    except (OSError, UnicodeError) as error:
        raise FeedError("There is no server of this name.") from error


def _secured(plain: socket.socket, target: Target) -> socket.socket:
    if target.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


def _body(answer: http.client.HTTPResponse, limits: FetchLimits) -> bytes:
    if answer.status != http.client.OK:
        raise FeedError(STATUS_WORDS.get(answer.status, f"The calendar server answers with error {answer.status}."))
    if answer.getheader("Content-Encoding", "identity").lower() not in {"identity", ""}:
        raise FeedError("The calendar server sends a packed answer, which was not asked for.")
    content = bytearray()
    while piece := answer.read(PIECE_BYTES):
        content += piece
        if len(content) > limits.bytes:
            raise FeedError(f"The calendar is larger than {limits.bytes // MEBIBYTE} MB.")
    if answer.length:  # what was promised and never came
        raise http.client.IncompleteRead(b"")
    return bytes(content)
