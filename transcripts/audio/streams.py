"""Sound that can be read chunk by chunk as often as needed: six hours take no more memory than a minute.

Decoding is in decoder.py; numpy is imported late, since a web process imports this module without having it.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from transcripts.audio.audio_facts import SAMPLE_RATE, AudioProblem, UnusableRecordingError
from transcripts.audio.decoder import decode_chunks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

SampleSpan = tuple[int, int]  # samples, half-open
CancelCheck = Callable[[], object]  # called often; raises when the work is to stop
CHUNK_SAMPLES = 1 << 16


@dataclass(frozen=True, slots=True)
class AudioSource:
    """All voices of a recording, or one channel of it: mono, 16 kHz."""

    fingerprint: str  # the recording's SHA-256, with the channel if it is one: the seed of sampling
    seconds: float
    open_chunks: "Callable[[], Generator[Samples, None, None]]"  # starts again at each call; shape (n,) each
    has_one_voice: bool = False  # a speaker's own channel or file: silent while others talk


def open_audio(
    open_recording: Callable[[], BinaryIO],
    *,
    fingerprint: str,
    seconds: float,
    channel: int | None = None,
    has_one_voice: bool = False,
) -> AudioSource:
    """Each reading decodes the recording again (2 to 4 s an hour). A single channel may be silent throughout."""

    def pieces() -> "Generator[Samples, None, None]":
        import numpy as np

        with open_recording() as recording, closing(decode_chunks(recording, channel=channel)) as decoding:
            try:
                for piece in decoding:
                    yield np.frombuffer(piece, dtype="<f4")
            except UnusableRecordingError as error:
                if error.reason is not AudioProblem.SILENT:
                    raise

    if channel is None:
        return AudioSource(fingerprint, seconds, pieces, has_one_voice)
    return AudioSource(f"{fingerprint}/channel {channel}", seconds, pieces, has_one_voice=True)


def open_audio_file(path: Path, *, fingerprint: str, seconds: float, channel: int | None = None) -> AudioSource:
    return open_audio(lambda: path.open("rb"), fingerprint=fingerprint, seconds=seconds, channel=channel)


def wrap_samples(samples: "Samples", fingerprint: str = "") -> AudioSource:
    """`samples`: shape (n,), mono, 16 kHz."""

    def pieces() -> "Generator[Samples, None, None]":
        for start in range(0, len(samples), CHUNK_SAMPLES):
            yield samples[start : start + CHUNK_SAMPLES]

    return AudioSource(fingerprint, len(samples) / SAMPLE_RATE, pieces)


def iter_blocks(sound: AudioSource, size: int) -> "Iterator[Samples]":
    """Blocks of `size` samples; the last one may be shorter."""
    import numpy as np

    rest = np.empty(0, dtype=np.float32)
    with closing(sound.open_chunks()) as pieces:
        for piece in pieces:
            pending = np.concatenate([rest, piece]) if len(rest) else piece
            whole = len(pending) - len(pending) % size
            for start in range(0, whole, size):
                yield pending[start : start + size]
            rest = pending[whole:]
    if len(rest):
        yield rest


def cut_spans(sound: AudioSource, spans: Sequence[SampleSpan]) -> "Iterator[Samples]":
    """`spans` must be in order: earlier sound is released."""
    import numpy as np

    buffer, first = np.empty(0, dtype=np.float32), 0  # `first`: the sample with which the buffer starts
    with closing(sound.open_chunks()) as pieces:
        for start, end in spans:
            parts, reached = [buffer], first + len(buffer)
            while reached < end and (piece := next(pieces, None)) is not None:
                parts = parts if reached > start else []  # a long silence is not kept
                first = first if parts else reached
                parts.append(piece)
                reached += len(piece)
            buffer = np.concatenate(parts)
            past = min(max(start - first, 0), len(buffer))
            buffer, first = buffer[past:], first + past
            yield buffer[: end - start].copy()
