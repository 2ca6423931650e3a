"""Response times while hundreds of connections say nothing: python -m bench.silent_connections

The same application under gunicorn as `gunicorn.conf.py` runs it and under its own threaded worker, with the same
number of processes and threads, each on a fresh server. The silent connections are opened again whenever the server
closes them, as an attacker would. Takes 40 minutes, most of it waiting for gunicorn’s own worker.
"""

import argparse
import selectors
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests

from bench.support.web_installation import get_base_url, make_environment, run_flask, run_web_server

PAGE = "/calls/waiting-well"
TIMEOUT_SECONDS = 30.0
SERVERS = {"as configured": ["--workers", "2"], "gunicorn's gthread": ["--workers", "2", "--worker-class", "gthread"]}
BEGINNINGS = {"none": None, "silent": b"", "half a header": b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=300)
    parser.add_argument("--requests", type=int, default=40)
    options = parser.parse_args()
    print(f"{options.connections} connections, {options.requests} requests one after the other, seconds")
    print(f"{'server':<20}{'connections':<16}{'median':>8}{'p95':>8}{'no answer':>11}")
    for server, arguments in SERVERS.items():
        for kind, beginning in BEGINNINGS.items():
            with tempfile.TemporaryDirectory() as folder:
                times, failures = _measure(Path(folder), arguments, beginning, options.connections, options.requests)
            p95 = statistics.quantiles(times, n=20)[-1]
            print(f"{server:<20}{kind:<16}{statistics.median(times):>8.3f}{p95:>8.3f}{failures:>11}", flush=True)


def _measure(
    folder: Path, arguments: list[str], beginning: bytes | None, connections: int, requests_wanted: int
) -> tuple[list[float], int]:
    """Seconds of each request, and how many got no answer within TIMEOUT_SECONDS."""
    environ = make_environment(folder)
    run_flask(environ, "db", "upgrade")
    run_flask(environ, "review", "load-example")
    base = get_base_url(environ)
    with run_web_server(environ, "wsgi:create_app()", arguments):
        for _ in range(10):
            requests.get(base + PAGE, timeout=TIMEOUT_SECONDS)
        if beginning is None:
            return _time_requests(base + PAGE, requests_wanted)
        with keep_open(base, beginning, connections):
            return _time_requests(base + PAGE, requests_wanted)


def _time_requests(address: str, number: int) -> tuple[list[float], int]:
    times, failures = [], 0
    for _ in range(number):
        started = time.perf_counter()
        try:
            requests.get(address, timeout=TIMEOUT_SECONDS).raise_for_status()
        except requests.RequestException:
            failures += 1
        times.append(time.perf_counter() - started)
    return times, failures


@contextmanager
def keep_open(base: str, beginning: bytes, number: int) -> Iterator[None]:
    done = threading.Event()
    address = (urlsplit(base).hostname or "", urlsplit(base).port or 80)
    thread = threading.Thread(target=_open_again_and_again, args=(address, beginning, number, done), daemon=True)
    thread.start()
    time.sleep(2)
    try:
        yield
    finally:
        done.set()
        thread.join()


def _open_again_and_again(address: tuple[str, int], beginning: bytes, number: int, done: threading.Event) -> None:
    with selectors.DefaultSelector() as waiting:
        while not done.is_set():
            while len(waiting.get_map()) < number:
                connection = socket.create_connection(address, timeout=TIMEOUT_SECONDS)
                connection.sendall(beginning)
                waiting.register(connection, selectors.EVENT_READ)
            for key, _ in waiting.select(0.1):  # closed by the server, or answered with 408
                waiting.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
        for key in list(waiting.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
