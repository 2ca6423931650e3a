"""Decode one recording inside limits. Run by audio.py as `python -m transcripts.sound.decode_child`.

Its command line is one JSON object; standard input and output are the conversation of decode_pipe.py. Only the
standard library and PyAV are used, since a web process without numpy probes recordings too.
"""

import importlib
import json
import pkgutil
import resource
import sys
from collections.abc import Callable
from typing import Any

from transcripts.sound.decode_pipe import AskedFile, Kind, send
from transcripts.sound.facts import Unsound

OPEN_FILES = 3  # standard input, output and error: nothing else may be opened, neither a file nor a socket
PIECE_BYTES = 1 << 16  # what a pipe holds: one piece is made while another is heard


Work = Callable[
    [AskedFile, dict[str, Any], Callable[[bytes], None]], dict[str, Any]
]  # recording, request, write -> facts


def main() -> None:
    converse(_decoded)


def converse(work: Work) -> None:
    """Do some work on the recording inside limits, and tell what came of it."""
    request = json.loads(sys.argv[1])
    limit_resources(request["memory_bytes"], request["cpu_seconds"])
    from transcripts.sound.decoding import UnsoundError  # PyAV is loaded inside the limits

    load_all_of_pyav()
    forbid_opening()
    answers, questions = open(0, "rb", buffering=0), open(1, "wb", buffering=0)  # noqa: SIM115 - pipes
    recording = AskedFile(questions, answers, request["size"])
    kind, body = Kind.FACTS, {}
    try:
        body = work(recording, request, lambda made: send(questions, Kind.SOUND, made))
    except UnsoundError as error:
        kind, body = Kind.UNSOUND, refusal(error.reason, **error.figures)
    except MemoryError:
        kind, body = Kind.UNSOUND, refusal(Unsound.TOO_HEAVY)
    send(questions, kind, json.dumps(body).encode())


def _decoded(recording: AskedFile, request: dict[str, Any], write: Callable[[bytes], None]) -> dict[str, Any]:
    from transcripts.sound import decoding

    pieces = Pieces(write)
    try:
        return decoding.decode(recording, request, pieces.take)
    finally:
        pieces.send()


class Pieces:
    """A second of sound or two at once: FFmpeg gives a hundredth, and sending costs more than decoding."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write, self._held = write, bytearray()

    def take(self, sound: bytes) -> None:
        self._held += sound
        if len(self._held) >= PIECE_BYTES:
            self.send()

    def send(self) -> None:
        if self._held:
            self._write(bytes(self._held))
            self._held.clear()


def refusal(reason: Unsound, **figures: float) -> dict[str, Any]:
    return {"reason": reason.value, **figures}


def load_all_of_pyav() -> None:
    """PyAV imports some of its modules when it meets a stream of their kind, and then no file can be opened."""
    import av

    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith(("__main__", "datasets")):
            importlib.import_module(module.name)


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def forbid_opening() -> None:
    """From here on neither a file nor a connection can be opened, whatever the recording makes FFmpeg try."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


if __name__ == "__main__":
    main()
