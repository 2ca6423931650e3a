"""Probe and decode recordings. FFmpeg runs only in a limited child process (decode_child.py).

The child gets no path: it requests the recording's bytes through a pipe. Its memory and processor time are limited, and
it cannot open files or sockets beyond its three pipes; it runs in an empty folder with an empty environment.
"""

import json
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from transcripts.audio.audio_facts import (
    SAMPLE_RATE,
    AudioFacts,
    AudioProblem,
    DecodeLimits,
    Loss,
    UnusableRecordingError,
    format_length,
)
from transcripts.audio.decode_pipe import FrameKind, PipeProtocolError, answer_read, receive_frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "AudioFacts",
    "AudioProblem",
    "DecodeLimits",
    "TimeBudget",
    "UnusableRecordingError",
    "decode",
    "decode_chunks",
    "probe",
    "run_child",
]

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DEFAULT_LIMITS = DecodeLimits()
DECODER_MODULE = "transcripts.audio.decode_child"


def probe(
    recording: Path | BinaryIO, *, limits: DecodeLimits = DEFAULT_LIMITS, tolerates_loss: bool = False
) -> AudioFacts:
    """Decodes the whole recording, the only way to know that it is complete: 2 to 4 s for an hour of sound.

    `tolerates_loss`: what is damaged or missing is no reason to refuse the rest. Raises UnusableRecordingError.
    """
    with _open_recording(recording) as source:
        pieces = _run_decoder(source, limits, wants_sound=False, tolerates_loss=tolerates_loss)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                return cast(AudioFacts, end.value)


def decode_chunks(
    recording: Path | BinaryIO,
    *,
    sample_rate: int = SAMPLE_RATE,
    channel: int | None = None,
    limits: DecodeLimits = DEFAULT_LIMITS,
) -> Generator[bytes, None, None]:
    """Yields float32 (little-endian), all channels mixed or one of them. Closing the generator ends the child.

    Gives what can be decoded: `probe` decides whether that is enough.
    Raises UnusableRecordingError, possibly only at the end.
    """
    with _open_recording(recording) as source:
        yield from _run_decoder(source, limits, wants_sound=True, sample_rate=sample_rate, channel=channel)


def decode(
    recording: Path | BinaryIO,
    *,
    sample_rate: int = SAMPLE_RATE,
    channel: int | None = None,
    limits: DecodeLimits = DEFAULT_LIMITS,
) -> "NDArray[np.float32]":
    """The whole sound, shape (n,): 230 MB an hour at 16 kHz. Raises UnusableRecordingError."""
    import numpy as np

    sound = bytearray()
    for piece in decode_chunks(recording, sample_rate=sample_rate, channel=channel, limits=limits):
        sound += piece
    return np.frombuffer(sound, dtype="<f4")


@contextmanager
def _open_recording(recording: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(recording, Path):
        with recording.open("rb") as source:
            yield source
    else:
        yield recording


def _run_decoder(
    source: BinaryIO,
    limits: DecodeLimits,
    *,
    wants_sound: bool,
    sample_rate: int = SAMPLE_RATE,
    channel: int | None = None,
    tolerates_loss: bool = True,
) -> Generator[bytes, None, AudioFacts]:
    request = {
        "wants_sound": wants_sound,
        "sample_rate": sample_rate,
        "channel": channel,
        "tolerates_loss": tolerates_loss,
    }
    facts = yield from run_child(source, limits, request)
    return AudioFacts(**facts, size_bytes=source.seek(0, 2))


def run_child(
    source: BinaryIO, limits: DecodeLimits, request: dict[str, Any], *, module: str = DECODER_MODULE
) -> Generator[bytes, None, dict[str, Any]]:
    """Yields the bytes that a limited child makes of a recording, and returns the facts.

    Closing the generator ends the child. Raises UnusableRecordingError.
    """
    request = request | {
        "size": source.seek(0, 2),
        "longest_seconds": limits.longest_seconds,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
    }
    empty_folder = tempfile.mkdtemp(prefix="decode-")
    with _start_child(request, empty_folder, module) as child:
        Path(empty_folder).rmdir()  # the child runs in it but cannot create files; a killed worker leaves none
        budget = TimeBudget(limits.wait_seconds)
        while True:
            kind, body = _receive_frame(child, budget)
            if kind is FrameKind.READ:
                answer_read(cast(IO[bytes], child.stdin), body, source)
            elif kind is FrameKind.SAMPLES:
                yield body
            elif kind is FrameKind.UNUSABLE:
                raise _build_refusal(json.loads(body), limits)
            else:
                return cast(dict[str, Any], json.loads(body))


@contextmanager
def _start_child(request: dict[str, Any], folder: str, module: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-P", "-B", "-m", module, json.dumps(request)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module; the arguments contain nothing from the recording
        command,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"PYTHONPATH": str(PROJECT_ROOT), "LC_ALL": "C.UTF-8"},
    ) as child:
        try:
            yield child
        finally:
            child.kill()


class TimeBudget:
    def __init__(self, seconds: float) -> None:
        self.remaining_seconds = seconds

    def wait_for(self, stream: IO[bytes]) -> None:
        began = time.monotonic()
        ready, _, _ = select.select([stream], [], [], max(0.0, self.remaining_seconds))
        self.remaining_seconds -= time.monotonic() - began
        if not ready:
            raise UnusableRecordingError(AudioProblem.TOO_HEAVY)


def _receive_frame(child: subprocess.Popen[bytes], budget: TimeBudget) -> tuple[FrameKind, bytes]:
    stream = cast(IO[bytes], child.stdout)
    budget.wait_for(stream)
    try:
        return receive_frame(stream)
    except PipeProtocolError as error:
        was_stopped = child.wait() in (-signal.SIGKILL, -signal.SIGXCPU)
        raise UnusableRecordingError(AudioProblem.TOO_HEAVY if was_stopped else AudioProblem.DAMAGED) from error


def _build_refusal(answer: dict[str, Any], limits: DecodeLimits) -> UnusableRecordingError:
    reason = AudioProblem(answer["reason"])
    if reason is AudioProblem.TOO_LONG:
        return UnusableRecordingError(reason, f"The limit is {format_length(limits.longest_seconds)}.")
    if "duration" not in answer:
        return UnusableRecordingError(reason, answer["detail"])
    loss = Loss(answer["damaged"], answer["at"], answer["missing"], answer["duration"])
    return UnusableRecordingError(reason, loss.describe())
