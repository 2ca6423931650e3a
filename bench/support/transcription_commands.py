"""What bench.transcribe compares: each row is a command, and whether its decoding is that of another row."""

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHISPER = Path(sys.executable).parent / "whisper"
CHILD = [sys.executable, "-m", "bench.support.transcription_child"]
BASELINES = {"greedy": "whisper greedy", "beam 5": "whisper beam 5"}  # to which the others are compared


@dataclass(frozen=True, slots=True)
class TranscriptionRequest:
    recording: Path
    model: Path  # a .pt file
    converted: Path  # the same weights as a folder for faster-whisper
    output: Path
    threads: int
    is_forced: bool = False  # to 100 tokens a window, without retries


@dataclass(frozen=True, slots=True)
class ComparedCommand:
    """All with word time stamps, English given, and the ladder of retries up to temperature 1 with the best of 5."""

    name: str
    decoding: str  # "greedy" or "beam 5"
    engine: str
    options: tuple[str, ...] = ()

    def command(self, asked: TranscriptionRequest) -> list[str]:
        return {
            "whisper": _whisper_command,
            "ours": _our_command,
            "shipped": _shipped_command,
            "faster": _faster_whisper_command,
        }[self.engine](self, asked)


COMPARED_COMMANDS = (
    ComparedCommand("whisper greedy", "greedy", "whisper"),
    ComparedCommand("whisper greedy, unprompted", "greedy", "whisper", ("--condition_on_previous_text", "False")),
    ComparedCommand("ours greedy", "greedy", "ours", ("--window", "30", "--best-of", "5")),
    ComparedCommand("ours greedy, 20 s windows", "greedy", "ours", ("--window", "20", "--best-of", "5")),
    ComparedCommand("faster-whisper greedy", "greedy", "faster"),
    ComparedCommand("faster-whisper greedy, unprompted", "greedy", "faster", ("--unprompted",)),
    ComparedCommand("faster-whisper greedy, batches of 8", "greedy", "faster", ("--batch", "8")),
    ComparedCommand("whisper beam 5", "beam 5", "whisper"),
    ComparedCommand("whisper beam 5, unprompted", "beam 5", "whisper", ("--condition_on_previous_text", "False")),
    ComparedCommand("ours beam 5", "beam 5", "ours", ("--window", "30", "--best-of", "5")),
    ComparedCommand("ours beam 5, 20 s windows", "beam 5", "ours", ("--window", "20", "--best-of", "5")),
    ComparedCommand("faster-whisper beam 5", "beam 5", "faster"),
    ComparedCommand("faster-whisper beam 5, unprompted", "beam 5", "faster", ("--unprompted",)),
    ComparedCommand("faster-whisper beam 5, batches of 8", "beam 5", "faster", ("--batch", "8")),
    ComparedCommand(
        "faster-whisper greedy, unprompted, int8", "greedy", "faster", ("--unprompted", "--precision", "int8")
    ),
    ComparedCommand(
        "faster-whisper beam 5, unprompted, int8", "beam 5", "faster", ("--unprompted", "--precision", "int8")
    ),
    ComparedCommand("what ships (greedy)", "greedy", "shipped"),
)


def _beam_options(row: ComparedCommand) -> str:
    return "5" if row.decoding == "beam 5" else "None"


def _whisper_command(row: ComparedCommand, asked: TranscriptionRequest) -> list[str]:
    program = [*CHILD, "forced-whisper"] if asked.is_forced else [str(WHISPER)]
    ladder = ["--temperature_increment_on_fallback", "None"] if asked.is_forced else []
    return [
        *program, str(asked.recording), "--model", str(asked.model), "--language", "en", "--word_timestamps", "True",
        "--fp16", "False", "--threads", str(asked.threads), "--beam_size", _beam_options(row), "--verbose", "False",
        "--output_format", "json", "--output_dir", str(asked.output.parent), *ladder, *row.options,
    ]  # fmt: skip


def _our_command(row: ComparedCommand, asked: TranscriptionRequest) -> list[str]:
    forced = ["--forced"] if asked.is_forced else []
    own = ["--beam", _beam_options(row), *row.options, *forced]
    return [*CHILD, "ours", str(asked.recording), str(asked.model), str(asked.output), *own]


def _shipped_command(row: ComparedCommand, asked: TranscriptionRequest) -> list[str]:  # noqa: ARG001 nothing can be chosen
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", "transcripts", "transcribe"]
    return [*flask, str(asked.recording), "--model", str(asked.model), "--language", "en", "-o", str(asked.output)]


def _faster_whisper_command(row: ComparedCommand, asked: TranscriptionRequest) -> list[str]:
    own = ["--beam", _beam_options(row), "--threads", str(asked.threads), *row.options]
    return [*CHILD, "faster", str(asked.recording), str(asked.converted), str(asked.output), *own]
