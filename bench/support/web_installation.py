"""A fresh installation under gunicorn for the measurements over HTTP: its environment, its commands, its processes."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
ONE_PROCESS = ("--workers", "1")  # its processor time and memory are read
CSRF_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def make_environment(folder: Path, **changes: str) -> dict[str, str]:
    """Of an installation in a folder, on a free loopback port; nothing of the caller's own installation gets in."""
    ours = {
        "DATA_FOLDER": str(folder),
        "BASE_URL": f"http://127.0.0.1:{_find_free_port()}",
        "SECRET_KEY": "only for measuring",
        **changes,
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("LISTENING_POST_")}
    return others | {f"LISTENING_POST_{name}": value for name, value in ours.items()}


def get_base_url(environ: Mapping[str, str]) -> str:
    return environ["LISTENING_POST_BASE_URL"]


def run_flask(environ: Mapping[str, str], *arguments: str) -> str:
    """What a command prints. Raises CalledProcessError."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout


@contextmanager
def run_module(environ: Mapping[str, str], *module: str) -> Iterator[None]:
    """A Python module as a process, ended with the block."""
    process = subprocess.Popen([sys.executable, "-m", *module], cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def run_web_server(
    environ: Mapping[str, str], application: str, arguments: Sequence[str] = ONE_PROCESS
) -> Iterator[None]:
    """gunicorn as `make run` starts it, once it answers. `application` is for example "wsgi:create_app()"."""
    bind = get_base_url(environ).removeprefix("http://")
    with run_module(environ, "gunicorn", *arguments, "--log-level", "error", "--bind", bind, application):
        _wait_for(get_base_url(environ))
        yield


def sign_in_coordinator(environ: Mapping[str, str]) -> requests.Session:
    """A signed-in browser session."""
    return sign_in(environ, "coordinator")


def sign_in(environ: Mapping[str, str], role: str) -> requests.Session:
    """A browser session of somebody in a role."""
    links = run_flask(environ, "accounts", "sign-in-links").splitlines()
    link = next(line.split()[-1] for line in links if line.startswith(role))
    browser = requests.Session()
    browser.post(link, data={"csrf_token": extract_form_token(browser.get(link).text)}).raise_for_status()
    return browser


def extract_form_token(page: str) -> str:
    """The CSRF token of the first form of a page; empty when it has none."""
    found = CSRF_TOKEN.search(page)
    return found[1] if found else ""


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            requests.head(address, timeout=10)
            return
        except (requests.ConnectionError, requests.Timeout):  # a busy machine may need longer than that
            time.sleep(0.2)
    raise SystemExit("The web server did not start.")


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
