"""A recording's listening copy as a stream of bytes. FFmpeg runs in a limited child process (encode_child.py)."""

from collections.abc import Callable
from typing import Any, BinaryIO

from transcripts.sound.audio import conversation
from transcripts.sound.facts import DecodeLimits

ENCODER = "transcripts.listening.encode_child"
MEDIA_TYPE = "audio/ogg"
SAMPLE_RATE = 24_000  # all that Opus keeps of speech at this rate of bits
BITS_A_SECOND = 24_000  # for each channel
MOST_CHANNELS = 2
LIMITS = DecodeLimits(cpu_seconds=3600, wait_seconds=5400)


class ListeningCopy:
    """To be read once, from beginning to end; afterwards `peaks` is there. Nothing of it lies on a disk."""

    def __init__(
        self, recording: BinaryIO, *, seconds: float, channels: int, on_progress: Callable[[float], None]
    ) -> None:
        self.peaks: list[int] = []
        self._expected_bytes = max(1.0, seconds * channels * BITS_A_SECOND / 8)
        self._on_progress, self._made_bytes = on_progress, 0
        request: dict[str, Any] = {
            "wants_sound": True,
            "sample_rate": SAMPLE_RATE,
            "channel": None,
            "mixed_to": min(channels, MOST_CHANNELS),
            "bits_a_second": BITS_A_SECOND,
            "duration_seconds": seconds,
        }
        self._pieces = conversation(recording, LIMITS, request, module=ENCODER)

    def read(self, _size: int = -1) -> bytes:
        """Raises UnsoundRecordingError."""
        self._on_progress(min(0.99, self._made_bytes / self._expected_bytes))
        try:
            piece = next(self._pieces)
        except StopIteration as end:
            self.peaks = end.value["peaks"]
            return b""
        self._made_bytes += len(piece)
        return piece

    def close(self) -> None:
        """Ends the child."""
        self._pieces.close()
