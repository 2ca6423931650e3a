"""What bench.transcribe compares: each row is a command, and whether its decoding is that of another row."""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHISPER = Path(sys.executable).parent / "whisper"
CHILD = [sys.executable, "-m", "bench.transcription_child"]
BASES = {"greedy": "whisper greedy", "beam 5": "whisper beam 5"}  # to which the others are compared


@dataclass(frozen=True, slots=True)
class Asked:
    recording: Path
    model: Path  # a .pt file
    converted: Path  # the same weights as a folder for faster-whisper
    output: Path
    threads: int
    is_forced: bool = False  # to 100 tokens a window, without retries


@dataclass(frozen=True, slots=True)
class Row:
    """All with word time stamps, English given, and the ladder of retries up to temperature 1 with the best of 5."""

    name: str
    decoding: str  # "greedy" or "beam 5"
    engine: str
    options: tuple[str, ...] = ()

    def command(self, asked: Asked) -> list[str]:
        return {"whisper": _whisper, "ours": _ours, "shipped": _shipped, "faster": _faster}[self.engine](self, asked)


ROWS = (
    Row("whisper greedy", "greedy", "whisper"),
    Row("whisper greedy, unprompted", "greedy", "whisper", ("--condition_on_previous_text", "False")),
    Row("ours greedy", "greedy", "ours", ("--window", "30", "--best-of", "5")),
    Row("ours greedy, 20 s windows", "greedy", "ours", ("--window", "20", "--best-of", "5")),
    Row("faster-whisper greedy", "greedy", "faster"),
    Row("faster-whisper greedy, unprompted", "greedy", "faster", ("--unprompted",)),
    Row("faster-whisper greedy, batches of 8", "greedy", "faster", ("--batch", "8")),
    Row("whisper beam 5", "beam 5", "whisper"),
    Row("whisper beam 5, unprompted", "beam 5", "whisper", ("--condition_on_previous_text", "False")),
    Row("ours beam 5", "beam 5", "ours", ("--window", "30", "--best-of", "5")),
    Row("ours beam 5, 20 s windows", "beam 5", "ours", ("--window", "20", "--best-of", "5")),
    Row("faster-whisper beam 5", "beam 5", "faster"),
    Row("faster-whisper beam 5, unprompted", "beam 5", "faster", ("--unprompted",)),
    Row("faster-whisper beam 5, batches of 8", "beam 5", "faster", ("--batch", "8")),
    Row("what ships (greedy, 20 s windows)", "greedy", "shipped"),
)


def _beams(row: Row) -> str:
    return "5" if row.decoding == "beam 5" else "None"


def _whisper(row: Row, asked: Asked) -> list[str]:
    program = [*CHILD, "forced-whisper"] if asked.is_forced else [str(WHISPER)]
    ladder = ["--temperature_increment_on_fallback", "None"] if asked.is_forced else []
    return [
        *program, str(asked.recording), "--model", str(asked.model), "--language", "en", "--word_timestamps", "True",
        "--fp16", "False", "--threads", str(asked.threads), "--beam_size", _beams(row), "--verbose", "False",
        "--output_format", "json", "--output_dir", str(asked.output.parent), *ladder, *row.options,
    ]  # fmt: skip


def _ours(row: Row, asked: Asked) -> list[str]:
    forced = ["--forced"] if asked.is_forced else []
    own = ["--beam", _beams(row), *row.options, *forced]
    return [*CHILD, "ours", str(asked.recording), str(asked.model), str(asked.output), *own]


def _shipped(row: Row, asked: Asked) -> list[str]:  # noqa: ARG001 nothing can be chosen
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "transcripts", "transcribe"]
    return [*flask, str(asked.recording), "--model", str(asked.model), "--language", "en", "-o", str(asked.output)]


def _faster(row: Row, asked: Asked) -> list[str]:
    own = ["--beam", _beams(row), "--threads", str(asked.threads), *row.options]
    return [*CHILD, "faster", str(asked.recording), str(asked.converted), str(asked.output), *own]
