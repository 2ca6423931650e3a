"""A fresh installation in a temporary folder: its database, its web server and its workers as real processes."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
START_SECONDS = 60


class DemoInstallation:
    def __init__(self, smtp_url: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="listening-post-demo-"))
        self.base_url = f"http://127.0.0.1:{_free_port()}"
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LISTENING_POST_")},
            "LISTENING_POST_DATA_FOLDER": str(self.folder),
            "LISTENING_POST_BASE_URL": self.base_url,
            "LISTENING_POST_SECRET_KEY": os.urandom(24).hex(),
            "LISTENING_POST_DATABASE_URL": f"sqlite:///{self.folder / 'listening-post.sqlite'}",
            "LISTENING_POST_STORAGE_URL": f"file://{self.folder / 'storage'}",
            "LISTENING_POST_SMTP_URL": smtp_url,
            "LISTENING_POST_WHISPER_MODEL": str(SAMPLES / "demo.pt"),
        }
        self._log = (self.folder / "log").open("wb")
        self._server: subprocess.Popen[bytes] | None = None

    def run_command(self, *arguments: str) -> str:
        """Run a `flask` command line and return what it prints. Raises RuntimeError with its errors."""
        result = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise RuntimeError(f"flask {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    def start(self) -> None:
        """Start the web server and the workers, and wait until a page answers."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", "run"]
        self._server = subprocess.Popen(command, cwd=ROOT, env=self._environ, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                requests.get(self.base_url, timeout=5)
            except requests.RequestException:  # not listening yet, or still loading
                time.sleep(0.2)
            else:
                return
        raise RuntimeError(f"The server did not start:\n{self.read_log()}")

    def read_log(self) -> str:
        """The end of the output of the server and the workers."""
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        """End the processes and remove everything."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(30)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
