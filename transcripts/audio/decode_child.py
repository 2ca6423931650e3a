"""Decode one recording inside limits. Run by decoder.py as `python -m transcripts.audio.decode_child`.

Its command line is one JSON object; standard input and output speak the protocol of decode_pipe.py. Only the standard
library and PyAV are used, since a web process without numpy probes recordings too.
"""

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable
from typing import Any

from core.process_limits import forbid_opening_files, limit_resources
from transcripts.audio.audio_facts import AudioProblem
from transcripts.audio.decode_pipe import FrameKind, PipedFile, send_frame

CHUNK_BYTES = 1 << 16  # a pipe's capacity: the next piece is decoded while the last one is being read


ChildWork = Callable[
    [PipedFile, dict[str, Any], Callable[[bytes], None]], dict[str, Any]
]  # recording, request, write -> facts


def main() -> None:
    serve_request(_decode_recording)


def serve_request(work: ChildWork) -> None:
    request = json.loads(sys.argv[1])
    limit_resources(request["memory_bytes"], request["cpu_seconds"])
    from transcripts.audio import pyav_decoding  # noqa: F401 - PyAV is loaded inside the limits, and before files close
    from transcripts.audio.stream_decoder import UnusableAudioError

    load_all_of_pyav()
    forbid_opening_files()
    replies, frames = open(0, "rb", buffering=0), open(1, "wb", buffering=0)  # noqa: SIM115 - pipes
    recording = PipedFile(frames, replies, request["size"])
    kind, body = FrameKind.FACTS, {}
    try:
        body = work(recording, request, lambda samples: send_frame(frames, FrameKind.SAMPLES, samples))
    except UnusableAudioError as error:
        kind, body = FrameKind.UNUSABLE, build_refusal(error.reason, error.detail, **error.figures)
    except MemoryError:
        kind, body = FrameKind.UNUSABLE, build_refusal(AudioProblem.TOO_HEAVY)
    send_frame(frames, kind, json.dumps(body).encode())


def _decode_recording(recording: PipedFile, request: dict[str, Any], write: Callable[[bytes], None]) -> dict[str, Any]:
    from transcripts.audio import pyav_decoding

    pieces = ChunkBuffer(write)
    try:
        return pyav_decoding.decode_recording(recording, request, pieces.add)
    finally:
        pieces.flush()


class ChunkBuffer:
    """Sends a second or two at once: FFmpeg decodes a hundredth at a time, and sending costs more than decoding."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write, self._buffer = write, bytearray()

    def add(self, sound: bytes) -> None:
        self._buffer += sound
        if len(self._buffer) >= CHUNK_BYTES:
            self.flush()

    def flush(self) -> None:
        if self._buffer:
            self._write(bytes(self._buffer))
            self._buffer.clear()


def build_refusal(reason: AudioProblem, detail: str = "", **figures: float) -> dict[str, Any]:
    return {"reason": reason.value, "detail": detail, **figures}


def load_all_of_pyav() -> None:
    """PyAV imports some modules only when a stream needs them, and by then no file can be opened."""
    import av

    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith(("__main__", "datasets")):
            importlib.import_module(module.name)


if __name__ == "__main__":
    main()
