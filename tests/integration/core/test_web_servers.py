"""The files for nginx and Caddy in docs/ work: started in front of our own server, where the machine has them."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from flask import Flask

from core.settings import PROJECT_ROOT, current_settings
from tests.support.mail_server import find_free_port
from tests.support.tus_sender import run_web_server

FOLDER = PROJECT_ROOT / "docs" / "web-servers"
TOKEN = "aB3_" * 10 + "xyz"
START_SECONDS = 20
pytestmark = pytest.mark.one_database


@pytest.fixture
def own_port(app: Flask) -> Iterator[int]:
    port = find_free_port()
    with run_web_server(current_settings(), port):
        yield port


def write_nginx_files(folder: Path, own_port: int, port: int) -> list[str]:
    """As in docs/, except for the port, the certificate and where files are."""
    server = (FOLDER / "nginx.conf").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{own_port}")
    for old, new in {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port};",
        "listen 80;": f"listen 127.0.0.1:{find_free_port()};",
        "/var/log/nginx": str(folder),
    }.items():
        assert old in server
        server = server.replace(old, new)
    lines = [line for line in server.splitlines() if "ssl_" not in line]
    parts = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"pid {folder}/pid; error_log {folder}/main.log; events {{}} http {{ {parts}\n" + "\n".join(lines) + "\n}"
    (folder / "nginx.conf").write_text(whole)
    return ["nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]


def write_caddy_files(folder: Path, own_port: int, port: int) -> list[str]:
    text = (FOLDER / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{own_port}")
    for old, new in {
        "evidence.charity.example {": f"http://127.0.0.1:{port} {{",
        "/var/log/caddy": str(folder),
        "{\n\tservers": "{\n\tadmin off\n\tservers",
    }.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "Caddyfile").write_text(text)
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.mark.parametrize("write_files", [write_nginx_files, write_caddy_files], ids=["nginx", "caddy"])
def test_a_web_server_in_front_passes_pages_and_keeps_secrets(write_files, own_port: int, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    port = find_free_port()
    command = write_files(tmp_path, own_port, port)
    program = shutil.which(command[0]) or shutil.which(command[0], path="/usr/sbin")
    if program is None:
        pytest.skip(f"{command[0]} is not installed here.")
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin:/usr/sbin:/bin"}
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen([program, *command[1:]], stdout=log, stderr=log, env=environ)
    try:
        page = get_when_started(f"http://127.0.0.1:{port}/link/{TOKEN}", tmp_path)
        too_long = requests.post(f"http://127.0.0.1:{port}/link", data=b"a" * 3_000_000, timeout=START_SECONDS)
        upload = requests.post(
            f"http://127.0.0.1:{port}/staff/bookings/{uuid4()}/uploads",
            data=b"a" * 3_000_000,
            timeout=START_SECONDS,
            allow_redirects=False,
        )
    finally:
        server.terminate()
        server.wait(START_SECONDS)

    assert page.status_code in {200, 404, 410}
    assert too_long.status_code in {
        413,
        502,
    }  # Caddy may give up when the application answers before it read everything
    assert upload.status_code in {401, 502}  # the application asks to sign in
    logged = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert "/link/[secret]" in logged
    assert TOKEN not in logged


def get_when_started(address: str, folder: Path) -> requests.Response:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            return requests.get(address, timeout=START_SECONDS)
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError((folder / "server.log").read_text())
