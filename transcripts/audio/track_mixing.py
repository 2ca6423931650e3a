"""Join several decoded tracks: summed, or side by side. Pure; uses only the standard library."""

from array import array
from collections.abc import Iterator, Sequence
from operator import add

from transcripts.audio.channel_mix import interleave

BLOCK_SAMPLES = 1 << 13


def join_tracks(tracks: Sequence[Iterator[bytes]], *, side_by_side: bool) -> Iterator[bytes]:
    """`tracks`: float32, mono, of one rate. Shorter ones are followed by silence."""
    buffers = [_TrackBuffer(track) for track in tracks]
    while length := max(buffer.fill(BLOCK_SAMPLES) for buffer in buffers):
        blocks = [buffer.take(length) for buffer in buffers]
        yield interleave(blocks) if side_by_side else _sum_blocks(blocks).tobytes()


class _TrackBuffer:
    def __init__(self, track: Iterator[bytes]) -> None:
        self._track, self._samples = track, array("f")

    def fill(self, length: int) -> int:
        """How many samples there are, up to `length`."""
        while len(self._samples) < length and (piece := next(self._track, None)) is not None:
            self._samples.frombytes(piece)
        return min(length, len(self._samples))

    def take(self, length: int) -> "array[float]":
        taken = self._samples[:length]
        del self._samples[:length]
        taken.frombytes(bytes(4 * (length - len(taken))))
        return taken


def _sum_blocks(blocks: "Sequence[array[float]]") -> "array[float]":
    total = blocks[0]
    for block in blocks[1:]:
        total = array("f", map(add, total, block))
    return total
