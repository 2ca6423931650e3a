"""What becomes of broken and hostile files: `python -m bench.hostile`. Sends each to a new installation's worker.

Prints for each its state, its words, the seconds of its check, and the peak memory of the child that read it (looked
at every few milliseconds in /proc). Ends non-zero when one got something else than it should, when something is left
behind, or when the worker does not find a good file good afterwards.
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
from core.settings import settings_from_environment
from evidence.models import Contribution
from tests import make_transcripts
from tests.hostile_files import FILES, HostileFile
from tests.make_sound import sound_file
from transcripts import recordings, transcription
from transcripts.models import Recording, RecordingState
from transcripts.recordings import EmptyFileError
from wsgi import create_app

LOOK_SECONDS = 0.003
CHILD = b"decode_child"
MIB = 1024


@dataclass
class Outcome:
    name: str
    state: str
    words: str
    seconds: float
    child_mib: float
    is_right: bool


class ChildMemory:
    """The largest resident memory that any decoding child of this process had while we looked."""

    def __init__(self) -> None:
        self.peak_mib = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _watch(self, done: threading.Event) -> None:
        while not done.wait(LOOK_SECONDS):
            for child in _children():
                self.peak_mib = max(self.peak_mib, _peak_of(child))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the file of twenty hours")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_from_environment(_environment(Path(folder))))
        with app.app_context():
            upgrade()
            files = [file for file in FILES if not (options.quick and file.is_slow)]
            outcomes = _outcomes(Path(folder), files)
            left = _left_behind(Path(folder))
    _report(outcomes, left)
    if left or not all(outcome.is_right for outcome in outcomes):
        raise SystemExit(1)


def _outcomes(folder: Path, files: list[HostileFile]) -> list[Outcome]:
    temporary = folder / "temporary"
    temporary.mkdir()
    tempfile.tempdir = str(temporary)
    interview = make_transcripts.contribution()
    good = HostileFile("a good file afterwards.mp3", sound_file, (None,))
    empty = HostileFile("an empty file.mp3", lambda path: path.write_bytes(b""), ())
    return [_outcome(file, folder, interview) for file in (empty, *files, good)]


def _outcome(file: HostileFile, folder: Path, interview: Contribution) -> Outcome:
    path = folder / file.name
    file.make(path)
    try:
        with path.open("rb") as source:
            stored = recordings.receive(source)  # type: ignore[arg-type]  # only read() is used
    except EmptyFileError as error:
        return Outcome(file.name, "not taken", str(error), 0.0, 0.0, True)
    finally:
        path.unlink()
    recording = recordings.add(interview.id, stored, by=None)
    job_id = transcription.ask_for_next_step(recording).id
    db.session.commit()
    memory, began = ChildMemory(), time.perf_counter()
    with memory.watched():
        jobs.run_next(Queue.FILES)
    seconds = time.perf_counter() - began
    row, job = db.session.get_one(Recording, recording.id), db.session.get_one(Job, job_id)
    is_kept = job.state is JobState.DONE and recordings.storage().exists(row.storage_path)
    is_right = is_kept and row.state is not RecordingState.RECEIVED and file.is_expected(row.refusal)
    return Outcome(
        file.name, row.state, row.refusal or "It plays from beginning to end.", seconds, memory.peak_mib, is_right
    )


def _children() -> list[int]:
    found = []
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has ended
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _peak_of(child: int) -> float:
    try:
        if CHILD not in Path(f"/proc/{child}/cmdline").read_bytes():
            return 0.0
        return int(Path(f"/proc/{child}/status").read_text().split("VmHWM:")[1].split()[0]) / MIB
    except (OSError, IndexError):  # it has ended
        return 0.0


def _left_behind(folder: Path) -> list[str]:
    """What no recording needs: temporary files, half files, children."""
    needed = {path for row in db.session.scalars(db.select(Recording)) for path in [row.storage_path]}
    left = [str(path) for path in (folder / "temporary").rglob("*")]
    left += [path for path in recordings.storage().paths() if path not in needed]
    return left + [f"process {child}" for child in _children()]


def _environment(folder: Path) -> dict[str, str]:
    return {"LISTENING_POST_DATA_FOLDER": str(folder / "data"), "LISTENING_POST_SECRET_KEY": os.urandom(8).hex()}


def _report(outcomes: list[Outcome], left: list[str]) -> None:
    for row in outcomes:
        verdict = "" if row.is_right else "  WRONG"
        print(f"{row.name:<46} {row.state:<9} {row.seconds:6.1f} s {row.child_mib:5.0f} MiB{verdict}\n    {row.words}")
    print(f"Left behind: {', '.join(left) or 'nothing'}.")


if __name__ == "__main__":
    main()
