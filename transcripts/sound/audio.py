"""Probe and decode recordings. FFmpeg itself runs only in a limited child process (decode_child.py).

The child gets no path: it asks for the recording's bytes through a pipe. Its limits are memory, processor time
and no file or socket beyond its three pipes; it runs in an empty folder with an empty environment.
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

from transcripts.sound.decode_pipe import BrokenConversationError, Kind, answer_read, receive
from transcripts.sound.facts import SAMPLE_RATE, DecodeLimits, SoundFacts, Unsound, UnsoundRecordingError, spoken_length

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DecodeLimits", "SoundFacts", "Unsound", "UnsoundRecordingError", "decode", "decode_pieces", "probe"]

PROJECT_ROOT = Path(__file__).resolve().parents[2]
NO_LIMITS_CHANGED = DecodeLimits()
DECODER = "transcripts.sound.decode_child"


def probe(recording: Path | BinaryIO, *, limits: DecodeLimits = NO_LIMITS_CHANGED) -> SoundFacts:
    """What the recording is, after decoding all of it once: the only way to know that it is whole.

    Costs 2 to 4 s for an hour of sound on one core. Raises UnsoundRecordingError.
    """
    with _opened(recording) as source:
        pieces = _conversation(source, limits, wants_sound=False)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                return cast(SoundFacts, end.value)


def decode_pieces(
    recording: Path | BinaryIO,
    *,
    sample_rate: int = SAMPLE_RATE,
    channel: int | None = None,
    limits: DecodeLimits = NO_LIMITS_CHANGED,
) -> Generator[bytes, None, None]:
    """The sound as pieces of float32 (little-endian): all channels mixed, or one of them.

    Ends with UnsoundRecordingError where probe would have raised it. Closing the generator ends the child.
    """
    with _opened(recording) as source:
        yield from _conversation(source, limits, wants_sound=True, sample_rate=sample_rate, channel=channel)


def decode(
    recording: Path | BinaryIO,
    *,
    sample_rate: int = SAMPLE_RATE,
    channel: int | None = None,
    limits: DecodeLimits = NO_LIMITS_CHANGED,
) -> "NDArray[np.float32]":
    """The whole sound, shape (n,): 230 MB an hour at 16 kHz. Raises UnsoundRecordingError."""
    import numpy as np

    sound = bytearray()
    for piece in decode_pieces(recording, sample_rate=sample_rate, channel=channel, limits=limits):
        sound += piece
    return np.frombuffer(sound, dtype="<f4")


@contextmanager
def _opened(recording: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(recording, Path):
        with recording.open("rb") as source:
            yield source
    else:
        yield recording


def _conversation(
    source: BinaryIO,
    limits: DecodeLimits,
    *,
    wants_sound: bool,
    sample_rate: int = SAMPLE_RATE,
    channel: int | None = None,
) -> Generator[bytes, None, SoundFacts]:
    request = {"wants_sound": wants_sound, "sample_rate": sample_rate, "channel": channel}
    facts = yield from conversation(source, limits, request)
    return SoundFacts(**facts, size_bytes=source.seek(0, 2))


def conversation(
    source: BinaryIO, limits: DecodeLimits, request: dict[str, Any], *, module: str = DECODER
) -> Generator[bytes, None, dict[str, Any]]:
    """What a limited child makes of a recording: bytes, piece by piece, and facts as its result.

    Raises UnsoundRecordingError. Closing the generator ends the child.
    """
    request = request | {
        "size": source.seek(0, 2),
        "longest_seconds": limits.longest_seconds,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
    }
    empty_folder = tempfile.mkdtemp(prefix="decode-")
    with _child(request, empty_folder, module) as child:
        Path(empty_folder).rmdir()  # the child stands in it, and nothing can be made there; a killed worker leaves none
        patience = Patience(limits.wait_seconds)
        while True:
            kind, body = _next_frame(child, patience)
            if kind is Kind.READ:
                answer_read(cast(IO[bytes], child.stdin), body, source)
            elif kind is Kind.SOUND:
                yield body
            elif kind is Kind.UNSOUND:
                raise _refusal(json.loads(body), limits)
            else:
                return cast(dict[str, Any], json.loads(body))


@contextmanager
def _child(request: dict[str, Any], folder: str, module: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-P", "-B", "-m", module, json.dumps(request)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module; nothing of the recording is in the words
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


class Patience:
    """How much longer to wait for the child, over all waits together."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def wait_for(self, stream: IO[bytes]) -> None:
        began = time.monotonic()
        ready, _, _ = select.select([stream], [], [], max(0.0, self.left))
        self.left -= time.monotonic() - began
        if not ready:
            raise UnsoundRecordingError(Unsound.TOO_HEAVY)


def _next_frame(child: subprocess.Popen[bytes], patience: Patience) -> tuple[Kind, bytes]:
    telling = cast(IO[bytes], child.stdout)
    patience.wait_for(telling)
    try:
        return receive(telling)
    except BrokenConversationError as error:
        was_stopped = child.wait() in (-signal.SIGKILL, -signal.SIGXCPU)
        raise UnsoundRecordingError(Unsound.TOO_HEAVY if was_stopped else Unsound.DAMAGED) from error


def _refusal(answer: dict[str, Any], limits: DecodeLimits) -> UnsoundRecordingError:
    reason = Unsound(answer["reason"])
    if reason is Unsound.TOO_LONG:
        return UnsoundRecordingError(reason, f"The limit is {spoken_length(limits.longest_seconds)}.")
    if "duration" not in answer:
        return UnsoundRecordingError(reason)
    stated, duration = spoken_length(answer["stated"]), spoken_length(answer["duration"])
    return UnsoundRecordingError(reason, f"It should last {stated}, but only {duration} can be played.")
