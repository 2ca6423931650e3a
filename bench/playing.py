"""The time to first sound in the middle of a three-hour encrypted recording: python -m bench.playing

Each encrypted file is compared with the same unencrypted file, which the same gunicorn serves with Flask's
send_from_directory (python -m http.server does not support ranges, which browsers need). For each: a Range request for
64 KiB from the middle (time to the first byte, bytes that the web process read from files and sockets by /proc/PID/io),
and Chromium from nothing until the sound moves on from the middle. Medians. The long files are a sample repeated.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from playwright.sync_api import Page, sync_playwright

from bench.support.long_sounds import FORMATS, LISTENING_COPY, write_long_sound
from bench.support.plain_file_app import FOLDER_VARIABLE
from bench.support.web_installation import get_base_url, make_environment, run_flask, run_web_server, sign_in
from core.database import db
from core.settings import load_settings
from evidence.models import Contribution
from transcripts.audio import listening_copies
from transcripts.models import Recording, RecordingState
from transcripts.recordings import recordings
from wsgi import create_app

MIB = 1024 * 1024
RANGE_BYTES = 64 * 1024
CHROMIUM = Path("/usr/bin/chromium")
ENDINGS = {LISTENING_COPY: "ogg"} | {kind: kind for kind in FORMATS}
MEDIA_TYPES = {"wav": "audio/wav", "m4a": "audio/mp4", "mp3": "audio/mpeg"}
FIRST_SOUND_SCRIPT = """
([address, middle]) => new Promise((resolve, reject) => {
  const began = performance.now();
  const audio = new Audio(address);
  audio.onerror = () => reject(new Error(audio.error.message));
  audio.onloadedmetadata = () => { audio.currentTime = middle; audio.play().catch(reject); };
  audio.ontimeupdate = () => {
    if (audio.currentTime <= middle + 0.001 || audio.paused) return;
    const spent = performance.now() - began;
    audio.ontimeupdate = audio.onerror = null;
    audio.removeAttribute("src");
    audio.load();
    resolve(spent);
  };
})
"""


@dataclass(frozen=True, slots=True)
class SoundServer:
    """A web server that has the sounds, and how it is asked for one."""

    name: str
    base: str
    page: str  # of the same origin, for the browser
    session: requests.Session
    process: int


@dataclass(frozen=True, slots=True)
class ServedSound:
    kind: str
    size_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PlaybackResult:
    sound: ServedSound
    server_name: str
    first_byte_ms: float
    read_kib: float
    first_sound_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=3.0, help="length of the recording (default 3)")
    parser.add_argument("--times", type=int, default=7, help="how often each is measured (default 7)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        files, seconds = _make_files(Path(folder), options.hours)
        ours, addresses = running.enter_context(_measure_encrypted(Path(folder) / "ours", files, seconds))
        plain = running.enter_context(_measure_plain(Path(folder) / "plain-server", files[LISTENING_COPY].parent))
        browser = running.enter_context(_open_browser())
        for kind, path in files.items():
            sound = ServedSound(kind, path.stat().st_size, seconds[kind])
            row = _measure(ours, addresses[kind], sound, browser, options.times)
            _print_results(row, _measure(plain, f"/{path.name}", sound, browser, options.times))


def _make_files(folder: Path, hours: float) -> tuple[dict[str, Path], dict[str, float]]:
    plain = folder / "plain"
    plain.mkdir()
    files = {kind: plain / f"long-{number}.{ending}" for number, (kind, ending) in enumerate(ENDINGS.items())}
    return files, {kind: write_long_sound(path, kind, hours) for kind, path in files.items()}


@contextmanager
def _measure_encrypted(
    folder: Path, files: Mapping[str, Path], seconds: Mapping[str, float]
) -> Iterator[tuple[SoundServer, Any]]:
    environ = make_environment(folder)
    run_flask(environ, "db", "upgrade")
    run_flask(environ, "review", "load-example")
    with create_app(load_settings(environ)).app_context():
        addresses = {kind: _store_recording(kind, files, seconds) for kind in files}
    with run_web_server(environ, "wsgi:create_app()"):
        session = sign_in(environ, "reviewer")
        base = get_base_url(environ)
        yield SoundServer("encrypted", base, f"{base}/staff/recordings", session, _find_web_process(base)), addresses


def _store_recording(kind: str, files: Mapping[str, Path], seconds: Mapping[str, float]) -> str:
    """Stored as an upload is, encrypted; the copy is beside the recording that is a WAV file."""
    storage, path = recordings.get_storage(), files[kind]
    with path.open("rb") as source:
        storage_path = f"{'listening' if kind == LISTENING_COPY else 'recordings'}/{uuid4()}"
        stored = storage.store(source, storage_path, announced_bytes=None, max_bytes=path.stat().st_size)
    if kind == LISTENING_COPY:
        storage_path = f"recordings/{uuid4()}"
        with files["mp3"].open("rb") as source:
            head = storage.store(_FileStart(source.read(MIB)), storage_path, announced_bytes=None, max_bytes=MIB)  # type: ignore[arg-type]
        row = _add_row(head, "mp3", seconds[kind])
        row.listening_path = stored.path
        listening_copies.record_copy(row, stored, [])
    else:
        row = _add_row(stored, kind, seconds[kind])
    address = f"/staff/recordings/{row.id}/{'sound' if kind == LISTENING_COPY else 'original'}"
    db.session.commit()
    return address


class _FileStart:
    def __init__(self, content: bytes) -> None:
        self._left = content

    def read(self, _size: int = -1) -> bytes:
        piece, self._left = self._left, b""
        return piece


def _add_row(stored: Any, kind: str, seconds: float) -> Recording:
    for contribution in db.session.scalars(db.select(Contribution)):
        if recordings.may_record(contribution):
            row = recordings.add_recording(contribution.id, stored, by=None)
            row.state, row.duration_seconds, row.media_type = RecordingState.PLAYABLE, seconds, MEDIA_TYPES[kind]
            return row
    raise SystemExit("Nobody in the example agreed to be recorded.")


@contextmanager
def _measure_plain(folder: Path, sounds: Path) -> Iterator[SoundServer]:
    environ = make_environment(folder) | {FOLDER_VARIABLE: str(sounds)}
    with run_web_server(environ, "bench.support.plain_file_app:create_app()"):
        base = get_base_url(environ)
        yield SoundServer("plain", base, f"{base}/", requests.Session(), _find_web_process(base))


@contextmanager
def _open_browser() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM if CHROMIUM.exists() else None,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
        )
        yield chromium.new_page()
        chromium.close()


def _measure(site: SoundServer, address: str, sound: ServedSound, page: Page, times: int) -> PlaybackResult:
    ranges = [_request_range(site, address, sound.size_bytes // 2) for _ in range(times * 3)]
    page.context.add_cookies(
        [{"name": cookie.name, "value": cookie.value or "", "url": site.base} for cookie in site.session.cookies]
    )
    page.goto(site.page)
    sounds = [
        page.evaluate(FIRST_SOUND_SCRIPT, [f"{address}?time={number}", sound.seconds / 2]) for number in range(times)
    ]
    return PlaybackResult(
        sound,
        site.name,
        statistics.median(milliseconds for milliseconds, _ in ranges),
        statistics.median(kib for _, kib in ranges),
        statistics.median(sounds),
    )


def _request_range(site: SoundServer, address: str, start: int) -> tuple[float, float]:
    """Milliseconds to the first byte, and KiB that the server read meanwhile."""
    before, began = _count_bytes_read(site.process), time.perf_counter()
    asked = {"Range": f"bytes={start}-{start + RANGE_BYTES - 1}"}
    with site.session.get(site.base + address, headers=asked, stream=True, timeout=60) as answer:
        if answer.status_code != 206:
            raise SystemExit(f"{address} was answered {answer.status_code}.")
        next(answer.iter_content(1))
        spent = time.perf_counter() - began
        if len(answer.content or b"") < RANGE_BYTES - 1:
            raise SystemExit(f"{address} was not answered whole.")
    return spent * 1000, (_count_bytes_read(site.process) - before) / 1024


def _count_bytes_read(process: int) -> int:
    statistics_text = Path(f"/proc/{process}/io").read_text()
    return int(statistics_text.split("rchar:")[1].split()[0])


def _find_web_process(base: str) -> int:
    """The worker of gunicorn: the child of the process that listens on our port."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    host = base.removeprefix("http://")
    ours = [line.split(None, 2) for line in listed.splitlines() if host in line and "gunicorn" in line]
    parents = {parent for _, parent, _ in ours}
    return next(int(process) for process, parent, _ in ours if process not in parents)


def _print_results(*rows: PlaybackResult) -> None:
    plain = rows[-1]
    for row in rows:
        name, byte, sound = f"{row.sound.kind}, {row.server_name}", row.first_byte_ms, row.first_sound_ms
        print(
            f"{name:<26} {row.sound.size_bytes / MIB:>7.1f} MiB"
            f"  first byte {byte:>7.1f} ms ({byte / plain.first_byte_ms:>5.2f} x plain)  read {row.read_kib:>7.0f} KiB"
            f"  first sound {sound:>7.0f} ms ({sound / plain.first_sound_ms:>5.2f} x plain)",
            flush=True,
        )


if __name__ == "__main__":
    main()
