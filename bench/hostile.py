"""How broken and hostile files are handled: `python -m bench.hostile`. Sends each to a new installation's worker.

Prints each file's state, message, seconds of its check, and the peak memory of the child that read it (polled every
few milliseconds in /proc). Exits non-zero if a result is wrong, something is left behind, or the worker no longer
accepts a good file afterwards.
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade

from core import jobs
from core.database import db
from core.models import Job, JobState, Queue
from core.settings import load_settings
from evidence.models import Contribution
from tests.support import make_transcripts
from tests.support.hostile_files import HOSTILE_FILES, HostileFile
from tests.support.make_sound import write_sound_file
from transcripts.models import Recording, RecordingState
from transcripts.recordings import processing_jobs, recordings
from transcripts.recordings.recordings import EmptyFileError
from wsgi import create_app

POLL_SECONDS = 0.003
CHILD_MODULE = b"decode_child"
MIB = 1024


@dataclass
class FileResult:
    name: str
    state: str
    message: str
    seconds: float
    child_mib: float
    is_right: bool


class ChildMemory:
    """The largest resident memory that any decoding child of this process had while we looked."""

    def __init__(self) -> None:
        self.peak_mib = 0.0

    @contextmanager
    def watch(self) -> Iterator[None]:
        done = threading.Event()
        watcher = threading.Thread(target=self._poll, args=(done,), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _poll(self, done: threading.Event) -> None:
        while not done.wait(POLL_SECONDS):
            for child in _list_children():
                self.peak_mib = max(self.peak_mib, _read_peak_memory(child))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the file of twenty hours")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings(_make_environment(Path(folder))))
        with app.app_context():
            upgrade()
            files = [file for file in HOSTILE_FILES if not (options.quick and file.is_slow)]
            outcomes = _process_files(Path(folder), files)
            left = _find_leftovers(Path(folder))
    _print_report(outcomes, left)
    if left or not all(outcome.is_right for outcome in outcomes):
        raise SystemExit(1)


def _process_files(folder: Path, files: list[HostileFile]) -> list[FileResult]:
    temporary = folder / "temporary"
    temporary.mkdir()
    tempfile.tempdir = str(temporary)
    interview = make_transcripts.contribution()
    good = HostileFile("a good file afterwards.mp3", write_sound_file, (None,))
    empty = HostileFile("an empty file.mp3", lambda path: path.write_bytes(b""), ())
    return [_process_file(file, folder, interview) for file in (empty, *files, good)]


def _process_file(file: HostileFile, folder: Path, interview: Contribution) -> FileResult:
    path = folder / file.name
    file.write(path)
    try:
        with path.open("rb") as source:
            stored = recordings.store_incoming_file(source)  # type: ignore[arg-type]  # only read() is used
    except EmptyFileError as error:
        return FileResult(file.name, "not taken", str(error), 0.0, 0.0, True)
    finally:
        path.unlink()
    recording = recordings.add_recording(interview.id, stored, by=None)
    job_id = processing_jobs.enqueue_next_step(recording).id
    db.session.commit()
    memory, began = ChildMemory(), time.perf_counter()
    with memory.watch():
        jobs.run_next(Queue.FILES)
    seconds = time.perf_counter() - began
    row, job = db.session.get_one(Recording, recording.id), db.session.get_one(Job, job_id)
    is_kept = job.state is JobState.DONE and recordings.get_storage().exists(row.storage_path)
    is_right = is_kept and row.state is not RecordingState.RECEIVED and file.is_expected_refusal(row.refusal)
    return FileResult(
        file.name, row.state, row.refusal or "It plays from beginning to end.", seconds, memory.peak_mib, is_right
    )


def _list_children() -> list[int]:
    found = []
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has ended
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _read_peak_memory(child: int) -> float:
    try:
        if CHILD_MODULE not in Path(f"/proc/{child}/cmdline").read_bytes():
            return 0.0
        return int(Path(f"/proc/{child}/status").read_text().split("VmHWM:")[1].split()[0]) / MIB
    except (OSError, IndexError):  # it has ended
        return 0.0


def _find_leftovers(folder: Path) -> list[str]:
    """What no recording needs: temporary files, half files, children."""
    needed = {path for row in db.session.scalars(db.select(Recording)) for path in [row.storage_path]}
    left = [str(path) for path in (folder / "temporary").rglob("*")]
    left += [path for path in recordings.get_storage().list_paths() if path not in needed]
    return left + [f"process {child}" for child in _list_children()]


def _make_environment(folder: Path) -> dict[str, str]:
    return {"LISTENING_POST_DATA_FOLDER": str(folder / "data"), "LISTENING_POST_SECRET_KEY": os.urandom(8).hex()}


def _print_report(outcomes: list[FileResult], left: list[str]) -> None:
    for row in outcomes:
        verdict = "" if row.is_right else "  WRONG"
        print(
            f"{row.name:<46} {row.state:<9} {row.seconds:6.1f} s {row.child_mib:5.0f} MiB{verdict}\n    {row.message}"
        )
    print(f"Left behind: {', '.join(left) or 'nothing'}.")


if __name__ == "__main__":
    main()
