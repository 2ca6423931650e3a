"""A recording's listening copy as a stream of bytes. FFmpeg runs in a limited child process (encode_child.py)."""

from collections.abc import Callable
from typing import Any, BinaryIO

from transcripts.audio.audio_facts import DecodeLimits
from transcripts.audio.decoder import run_child

ENCODER_MODULE = "transcripts.audio.encode_child"
MEDIA_TYPE = "audio/ogg"
COPY_SAMPLE_RATE = 24_000  # all that Opus keeps of speech at this bit rate
BITS_PER_SECOND = 24_000  # for each channel
MAX_CHANNELS = 2
ENCODE_LIMITS = DecodeLimits(cpu_seconds=3600, wait_seconds=5400)


class ListeningCopy:
    """Read it once from start to end; `peaks` is filled at the end. `read` raises UnusableRecordingError."""

    def __init__(
        self, recording: BinaryIO, *, seconds: float, channels: int, on_progress: Callable[[float], None]
    ) -> None:
        self.peaks: list[int] = []
        self._expected_bytes = max(1.0, seconds * channels * BITS_PER_SECOND / 8)
        self._on_progress, self._encoded_bytes = on_progress, 0
        request: dict[str, Any] = {
            "wants_sound": True,
            "sample_rate": COPY_SAMPLE_RATE,
            "channel": None,
            "tolerates_loss": True,
            "mixed_to": channels if channels <= MAX_CHANNELS else 1,
            "bits_a_second": BITS_PER_SECOND,
            "duration_seconds": seconds,
        }
        self._pieces = run_child(recording, ENCODE_LIMITS, request, module=ENCODER_MODULE)

    def read(self, _size: int = -1) -> bytes:
        self._on_progress(min(0.99, self._encoded_bytes / self._expected_bytes))
        try:
            piece = next(self._pieces)
        except StopIteration as end:
            self.peaks = end.value["peaks"]
            return b""
        self._encoded_bytes += len(piece)
        return piece

    def close(self) -> None:
        self._pieces.close()
