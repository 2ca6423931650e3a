"""Transcription beside the `whisper` command and faster-whisper, on the same files: python -m bench.transcribe --help

Every row is a separate process: its seconds are wall-clock time with start and loading; its memory is the peak of that
process. WER is after Whisper's own normaliser. Files called "real" need real weights (--model). With -o results are
stored, so that parts of the table can be measured at different times; --show prints them. `--files random` measures the
speed of base.en's dimensions.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.support.transcription_commands import (
    BASELINES,
    CHILD,
    COMPARED_COMMANDS,
    ROOT,
    ComparedCommand,
    TranscriptionRequest,
)
from bench.support.transcription_table import print_table

FILES = (
    "interview-1",
    "interview-2",
    "silences",
    "music",
    "clipped",
    "unseen",
    "ten minutes",
    "hour",
    "three hours",
    "real, five minutes",
    "real, twenty minutes",
    "real, hour",
    "random",
)
FORCED = "random"  # its sound is that of the next line
FORCED_SOUND = "ten minutes"
DEMO = ROOT / "samples" / "demo.pt"
GPU_NOTE = "On a GPU: not measured, there was none."


@dataclass(frozen=True, slots=True)
class TranscriptionResult:
    file: str
    row: str
    base: str  # the row that it is compared to
    audio_seconds: float
    seconds: float
    cpu_seconds: float
    peak_mib: float
    measured_at: str
    score: dict[str, float] | None
    times: dict[str, float] | None  # of our driver: where its seconds went


def main() -> None:
    options = _parse_options()
    kept = _read_previous(options.output)
    if not options.show:
        _check_programs()
        for result in _measure(options):
            kept = [one for one in kept if (one["file"], one["row"]) != (result.file, result.row)] + [asdict(result)]
            if options.output:
                options.output.write_text(json.dumps(kept, indent=1))
    print_table(kept, FILES, [row.name for row in COMPARED_COMMANDS])
    print(GPU_NOTE)


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", nargs="+", choices=FILES, default=FILES[:5], help="default: the short ones")
    parser.add_argument(
        "--rows", nargs="+", metavar="ROW", default=[row.name for row in COMPARED_COMMANDS], help="full names"
    )
    parser.add_argument("--list-rows", action="store_true", help="print the names of the rows")
    parser.add_argument("--model", type=Path, default=DEMO, help="a .pt file (default: the demonstration model)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench", help="for the sound and the models made")
    parser.add_argument("--show", action="store_true", help="measure nothing, print what -o contains")
    parser.add_argument("-o", "--output", type=Path, help="a JSON file that results are added to")
    options = parser.parse_args()
    if options.list_rows:
        raise SystemExit("\n".join(row.name for row in COMPARED_COMMANDS))
    return options


def _check_programs() -> None:
    if shutil.which("ffmpeg") is None:
        raise SystemExit(
            "The `whisper` command needs the program ffmpeg: apt-get install ffmpeg, or your system's way."
        )


def _read_previous(output: Path | None) -> list[dict[str, object]]:
    if output is None or not output.exists():
        return []
    results: list[dict[str, object]] = json.loads(output.read_text())
    return results


def _measure(options: argparse.Namespace) -> Iterator[TranscriptionResult]:
    folder: Path = options.folder.resolve()
    sound, outputs = folder / "sound", folder / "outputs"
    outputs.mkdir(parents=True, exist_ok=True)
    rows = [row for row in COMPARED_COMMANDS if row.name in options.rows]
    for name in options.files:
        is_forced = name == FORCED
        recording = _make_recording(FORCED_SOUND if is_forced else name, sound)
        if recording is None:
            continue
        model = _make_random_model(folder) if is_forced else options.model.resolve()
        converted = folder / "models" / f"{model.stem}-converted"
        if not is_forced:
            _convert(model, converted)
            if model == DEMO:
                _run_child("bench.support.same_tokens", str(recording), str(model), str(converted))
        for row in rows:
            if is_forced and row.engine in {"faster", "shipped"}:
                continue  # these cannot be forced from outside
            output = outputs / name.replace(" ", "-") / row.name.replace(" ", "-") / f"{recording.stem}.json"
            asked = TranscriptionRequest(recording, model, converted, output, options.threads, is_forced)
            yield _run(name, row, asked)


def _run(file: str, row: ComparedCommand, asked: TranscriptionRequest) -> TranscriptionResult:
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.unlink(missing_ok=True)
    seconds, cpu_seconds, peak_mib = _time_command(row.command(asked), asked)
    if not asked.output.exists():
        raise SystemExit(f"{row.name} wrote nothing for {file}; see {asked.output.parent / 'log'}.")
    said = asked.recording.with_suffix(".json")
    score = (
        None
        if asked.is_forced
        else json.loads(_run_child("bench.support.transcription_score", str(said), str(asked.output)))
    )
    times = asked.output.with_suffix(".times")
    result = TranscriptionResult(
        file=file,
        row=row.name,
        base=BASELINES[row.decoding],
        audio_seconds=json.loads(said.read_text())["seconds"],
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        peak_mib=peak_mib,
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        score=score,
        times=json.loads(times.read_text()) if times.exists() else None,
    )
    print(f"{file}: {row.name}: {seconds:.1f} s, {cpu_seconds:.1f} s of processors", file=sys.stderr, flush=True)
    return result


def _time_command(command: list[str], asked: TranscriptionRequest) -> tuple[float, float, float]:
    """Seconds on the wall, seconds of processors, and the peak memory of the process in MiB."""
    environ = {**os.environ, "OMP_NUM_THREADS": str(asked.threads), "HF_HUB_OFFLINE": "1"}
    with (asked.output.parent / "log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"“{' '.join(command)}” ended with {process.returncode}; see {asked.output.parent / 'log'}.")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _make_recording(name: str, folder: Path) -> Path | None:
    path = folder / f"{name}.wav"
    if name == "unseen" and not path.exists() and shutil.which("espeak-ng") is None:
        print("The sentences that the model never saw need espeak-ng: not measured.", file=sys.stderr)
        return None
    if not path.exists():
        _run_child("bench.speech_files", name, str(folder))
    return path


def _make_random_model(folder: Path) -> Path:
    path = folder / "models" / "random-base.en.pt"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        subprocess.run([*CHILD, "random-model", str(path)], cwd=ROOT, check=True)
    return path


def _convert(model: Path, folder: Path) -> None:
    if not (folder / "model.bin").exists():
        subprocess.run([*CHILD, "convert", str(model), str(folder)], cwd=ROOT, check=True)


def _run_child(module: str, *arguments: str) -> str:
    """Large work runs in a child: the memory of this process would count as its children's peak."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{module} ended with {done.returncode}.")
    if module.endswith("same_tokens"):
        print(done.stdout.strip(), file=sys.stderr, flush=True)
    return done.stdout


if __name__ == "__main__":
    main()
