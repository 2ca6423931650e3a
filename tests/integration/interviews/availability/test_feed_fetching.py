"""Feeds are fetched from public addresses alone, within limits, from a real server on loopback."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from interviews.availability.feed_fetcher import FeedError, FetchLimits, fetch_feed, parse_address
from interviews.availability.public_addresses import is_private_host, is_public_address
from tests.support.feed_server import (
    FeedServer,
    make_calendar,
    redirect_to,
    respond_slowly,
    respond_with,
    run_feed_server,
)

CALENDAR = make_calendar((datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 2, 10, tzinfo=UTC)))
HERE = ("127.0.0.1",)
QUICK = FetchLimits(max_seconds=0.5)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with run_feed_server() as feed_server:
        feed_server.responses["/calendar.ics"] = respond_with(CALENDAR)
        yield feed_server


def test_a_calendar_is_fetched_whole(server: FeedServer) -> None:
    assert fetch_feed(server.url(), allowed_hosts=HERE).decode() == CALENDAR


def test_the_server_learns_nothing_but_who_asks(server: FeedServer) -> None:
    fetch_feed(server.url(), allowed_hosts=HERE)

    assert set(server.request_headers[0]) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "0.0.0.0"])
def test_our_own_machine_is_never_asked(server: FeedServer, host: str) -> None:
    with pytest.raises(FeedError, match=r"private network|no server of this name"):
        fetch_feed(server.url(host=host))

    assert server.requested_paths == []


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "127.255.0.1", "169.254.169.254", "100.64.0.1"),
        *("100.100.100.200", "0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "192.88.99.1", "::", "::1", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "fe80::1"),
        *("fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::a00:1", "64:ff9b:1::1"),
        *("2001::1", "2001:db8::1", "2002:a00:1::1", "::10.0.0.1", "no address"),
    ],
)
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_that_is_public_is_known(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "host",
    [
        *["localhost", "Localhost.", "a.localhost", "169.254.169.254", "127.0.0.1", "127.1", "2130706433", "0x7f.1"],
        *["10.0.0.7", "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.7", "0"],
    ],
)
def test_a_host_that_leads_inside_is_known_by_its_looks(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize("host", ["calendar.example", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "10.example"])
def test_another_host_has_to_be_looked_up(host: str) -> None:
    assert not is_private_host(host)


def test_a_redirect_within_what_is_allowed_is_followed(server: FeedServer) -> None:
    server.responses["/old"] = redirect_to("/calendar.ics", 301)

    assert fetch_feed(server.url("/old"), allowed_hosts=HERE).decode() == CALENDAR


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_refused(server: FeedServer, status: int) -> None:
    server.responses["/old"] = redirect_to(server.url(host="localhost"), status)

    with pytest.raises(FeedError, match="private network"):
        fetch_feed(server.url("/old"), allowed_hosts=HERE)

    assert server.requested_paths == ["/old"]


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "//", "http://["]
)
def test_a_redirect_to_something_else_is_refused(server: FeedServer, address: str) -> None:
    server.responses["/old"] = redirect_to(address)

    with pytest.raises(FeedError):
        fetch_feed(server.url("/old"), allowed_hosts=HERE)


def test_three_redirects_are_followed_and_no_more(server: FeedServer) -> None:
    for number in range(9):
        server.responses[f"/{number}"] = redirect_to(f"/{number + 1}")

    with pytest.raises(FeedError, match="too many times"):
        fetch_feed(server.url("/0"), allowed_hosts=HERE)

    assert server.requested_paths == ["/0", "/1", "/2", "/3"]


def test_a_name_that_changes_its_address_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when looked at, private when connected to. So the name is looked up once."""
    looked_up: list[str] = []
    connected: list[tuple[str, int]] = []

    def changing(host: str, port: int, **_more: int) -> object:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8" if len(looked_up) == 1 else "127.0.0.1", port))]

    def noting(address: tuple[str, int], **_more: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(socket, "create_connection", noting)

    with pytest.raises(FeedError, match="cannot reach"):
        fetch_feed("http://rebind.example/calendar.ics")

    assert looked_up == ["rebind.example"]
    assert connected == [("8.8.8.8", 80)]


def test_a_calendar_that_is_too_large_is_refused(server: FeedServer) -> None:
    server.responses["/calendar.ics"] = respond_with("x" * 3_000_000)

    with pytest.raises(FeedError, match="larger than 2 MB"):
        fetch_feed(server.url(), allowed_hosts=HERE, limits=FetchLimits(max_bytes=2 * 1024 * 1024))


def test_a_server_that_drips_is_cut_off(server: FeedServer) -> None:
    server.responses["/calendar.ics"] = respond_slowly(seconds=10)
    began = time.monotonic()

    with pytest.raises(FeedError, match="too long to respond"):
        fetch_feed(server.url(), allowed_hosts=HERE, limits=QUICK)

    assert time.monotonic() - began < 3


def test_a_server_that_says_nothing_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FeedError, match="too long to respond"):
        fetch_feed(f"http://127.0.0.1:{silent.getsockname()[1]}/", allowed_hosts=HERE, limits=QUICK)


def test_a_calendar_that_breaks_off_is_refused(server: FeedServer) -> None:
    server.responses["/calendar.ics"] = respond_with("BEGIN:VCALENDAR", Content_Length="5000")

    with pytest.raises(FeedError, match="closed the connection"):
        fetch_feed(server.url(), allowed_hosts=HERE)


@pytest.mark.parametrize(("status", "words"), [(404, "no longer a calendar"), (401, "password"), (500, "error 500")])
def test_an_error_of_the_server_is_explained(server: FeedServer, status: int, words: str) -> None:
    server.responses["/calendar.ics"] = respond_with("", status)

    with pytest.raises(FeedError, match=words):
        fetch_feed(server.url(), allowed_hosts=HERE)


def test_a_packed_answer_is_refused(server: FeedServer) -> None:
    server.responses["/calendar.ics"] = respond_with(b"\x1f\x8b", Content_Encoding="gzip")

    with pytest.raises(FeedError, match="compressed"):
        fetch_feed(server.url(), allowed_hosts=HERE)


@pytest.mark.parametrize(
    "address",
    [
        *("", "calendar.example/x.ics", "file:///etc/passwd", "ftp://calendar.example/", "http://", "https://[::1"),
        *("http://host:99999/", "http://user:password@calendar.example/", "http://calendar.example:25/"),
        *("https://calendar.example/" + "x" * 2000, "javascript:alert(1)", "https://" + "x" * 70 + ".example/"),
    ],
)
def test_what_is_no_address_of_a_feed_is_refused(address: str) -> None:
    with pytest.raises(FeedError):
        parse_address(address)


@pytest.mark.parametrize(
    ("address", "scheme", "host", "port", "path"),
    [
        ("webcal://Calendar.Example/x.ics", "https", "calendar.example", 443, "/x.ics"),
        ("http://calendar.example", "http", "calendar.example", 80, "/"),
        ("https://calendar.example:8443/a b?key=ü", "https", "calendar.example", 8443, "/a%20b?key=%C3%BC"),
        ("https://kalender.bücher.example/", "https", "kalender.xn--bcher-kva.example", 443, "/"),
    ],
)
def test_addresses_as_people_paste_them_are_understood(
    address: str, scheme: str, host: str, port: int, path: str
) -> None:
    target = parse_address(address)

    assert (target.scheme, target.host, target.port, target.path) == (scheme, host, port, path)


def test_a_secret_is_not_in_what_a_log_shows() -> None:
    assert "secret" not in repr(parse_address("https://calendar.example/secret.ics?key=secret"))


def certificate_for(name: str, folder: Path) -> Path:
    """A certificate that signs itself, and its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(key.private_bytes(*form) + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("name", "is_trusted"), [("localhost", True), ("elsewhere.example", True), ("localhost", False)]
)
def test_a_certificate_has_to_be_trusted_and_to_name_the_host(
    name: str, is_trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for(name, tmp_path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    is_welcome = name == "localhost" and is_trusted

    with run_feed_server(certificate) as secure:
        secure.responses["/calendar.ics"] = respond_with(CALENDAR)
        address = secure.url(host="localhost")
        if is_welcome:
            assert fetch_feed(address, allowed_hosts=["localhost"]).decode() == CALENDAR
        else:
            with pytest.raises(FeedError, match="security certificate"):
                fetch_feed(address, allowed_hosts=["localhost"])


def test_a_server_with_tls_that_drips_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certificate_for("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with run_feed_server(certificate) as secure:
        secure.responses["/calendar.ics"] = respond_slowly(seconds=10)
        with pytest.raises(FeedError, match="too long to respond"):
            fetch_feed(secure.url(host="localhost"), allowed_hosts=["localhost"], limits=QUICK)


def test_a_redirect_away_from_encryption_is_refused(
    server: FeedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with run_feed_server(certificate) as secure:
        secure.responses["/calendar.ics"] = redirect_to(server.url())
        with pytest.raises(FeedError, match="without encryption"):
            fetch_feed(secure.url(host="localhost"), allowed_hosts=["localhost", "127.0.0.1"])
