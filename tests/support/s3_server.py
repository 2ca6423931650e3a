"""An S3-compatible server as a process of its own, and one that refuses everything. Asserts nothing."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import requests

from core.settings import S3Account

KEY, SECRET = "an-access-key", "the-secret-that-no-log-may-hold"
START_SECONDS = 60


def make_account(address: str) -> S3Account:
    return S3Account(address, KEY, SECRET, "us-east-1")


@contextmanager
def run_s3_server() -> Iterator[str]:
    """Its address. Ended by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


@contextmanager
def run_refusing_server(status: int, code: str) -> Iterator[str]:
    """Answers each request with one of S3's errors."""

    class Refusal(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # S3's clients wait for "100 Continue"

        def _refuse(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_GET = do_POST = do_DELETE = _refuse  # noqa: N815 the names that http.server asks for

        def log_message(self, *_arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def make_bucket(address: str, name: str) -> None:
    requests.put(f"{address}/{name}", timeout=30).raise_for_status()


@contextmanager
def open_client(address: str) -> Iterator[Any]:
    """Another program that has the same account."""
    from boto3.session import Session

    ours = make_account(address)
    session = Session(aws_access_key_id=ours.key, aws_secret_access_key=ours.secret, region_name=ours.region)
    made = session.client("s3", endpoint_url=address)
    try:
        yield made
    finally:
        made.close()


def read_all_contents(address: str) -> bytes:
    """Everything that is stored in the server, as one run of bytes."""
    with open_client(address) as s3:
        names = [
            (bucket["Name"], listed["Key"])
            for bucket in s3.list_buckets()["Buckets"]
            for listed in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", [])
        ]
        return b"".join(s3.get_object(Bucket=bucket, Key=key)["Body"].read() for bucket, key in names)


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            requests.get(f"{address}/moto-api/", timeout=30)
            return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError("The S3 server did not start.")
