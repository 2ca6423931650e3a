"""Turn an open recording into sound with PyAV. Runs only inside decode_child.py, which sets the limits.

Sound is placed by its time stamps: where a file leaves a gap (a late first frame, a muted stretch), silence is
put, so that a second here is the same second in a player.
"""

import io
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard

from transcripts.sound import file_shape
from transcripts.sound.facts import SILENT_BELOW, Unsound

OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "wav,mp3,mov,mp4,m4a,3gp,3g2,mj2,ogg,flac,matroska,webm,aac",
}
STATING = ("wav", "flac", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")  # formats whose header gives the length
GAP_SECONDS = 0.1  # smaller differences between time stamps and samples are rounding and encoder delay
TOLERATED_SECONDS = 1.0  # loss that is reported but not refused,
TOLERATED_SHARE = 0.005  # and the same for long recordings
CHUNK_SAMPLES = 1 << 16  # 256 KiB of float32
SAMPLE_BYTES = 4

Write = Callable[[bytes], None]


class UnsoundError(Exception):
    def __init__(self, reason: Unsound, **figures: float) -> None:
        super().__init__(reason)
        self.reason, self.figures = reason, figures


def decode(recording: io.RawIOBase, request: Mapping[str, Any], write: Write) -> dict[str, Any]:
    """Decode all of it and return the facts; the sound goes to `write` if asked for. Raises UnsoundError."""
    if not request["size"]:
        raise UnsoundError(Unsound.EMPTY)
    shape = _shape_of(recording, request["size"])
    try:
        with av.open(recording, mode="r", options=OPTIONS, buffer_size=1 << 17, metadata_errors="replace") as container:
            facts = _decode_container(container, request, write, shape)
    except MemoryError:
        raise  # PyAV's own is an FFmpegError too
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise UnsoundError(Unsound.DAMAGED if shape.looks_like_sound else Unsound.NOT_SOUND) from error
    _refuse_what_is_lost(facts, shape)
    return facts


@dataclass(frozen=True, slots=True)
class Shape:
    looks_like_sound: bool
    states_mp3_length: bool
    share_present: float
    is_cut: bool


def _shape_of(recording: io.RawIOBase, size: int) -> Shape:
    head = _bytes_at(recording, 0, file_shape.HEAD_BYTES)
    first_frame = _bytes_at(recording, file_shape.id3_bytes(head), file_shape.HEAD_BYTES)
    tail = _bytes_at(recording, max(0, size - file_shape.TAIL_BYTES), file_shape.TAIL_BYTES)
    recording.seek(0)
    return Shape(
        looks_like_sound=file_shape.looks_like_sound(head),
        states_mp3_length=file_shape.states_mp3_length(first_frame),
        share_present=file_shape.share_present(head, size),
        is_cut=head.startswith(b"OggS") and file_shape.ends_inside_ogg_page(tail),
    )


def _bytes_at(recording: io.RawIOBase, offset: int, length: int) -> bytes:
    recording.seek(offset)
    return recording.read(length) or b""


def _decode_container(
    container: InputContainer, request: Mapping[str, Any], write: Write, shape: Shape
) -> dict[str, Any]:
    if not container.streams.audio:
        raise UnsoundError(Unsound.NO_AUDIO)
    stream = container.streams.audio[0]
    stated = _stated_seconds(container, stream, shape)
    if stated and stated > request["longest_seconds"]:
        raise UnsoundError(Unsound.TOO_LONG, stated=stated)
    reading = Reading(container, stream, request, write)
    reading.run()
    if shape.share_present < 1 and reading.seconds:
        stated = reading.seconds / shape.share_present
    return {
        "duration_seconds": reading.seconds,
        "stated_seconds": stated,
        "lost_seconds": reading.lost_seconds + max(0.0, (stated or 0.0) - reading.reached_seconds),
        "channels": stream.codec_context.channels,
        "sample_rate": stream.codec_context.sample_rate,
        "container": container.format.name,
        "codec": stream.codec_context.name,
        "has_video": bool(container.streams.video),
        "silent": not reading.is_loud,
    }


def _refuse_what_is_lost(facts: dict[str, Any], shape: Shape) -> None:
    duration, lost = facts["duration_seconds"], facts["lost_seconds"]
    if not shape.looks_like_sound and lost > duration:
        raise UnsoundError(Unsound.NOT_SOUND)  # noise that a lenient format mistook for sound
    if not duration or lost > max(TOLERATED_SECONDS, TOLERATED_SHARE * duration):
        raise UnsoundError(Unsound.DAMAGED, stated=facts["stated_seconds"] or duration + lost, duration=duration)
    if shape.is_cut:
        raise UnsoundError(Unsound.DAMAGED)
    if facts.pop("silent"):
        raise UnsoundError(Unsound.SILENT)


def _stated_seconds(container: InputContainer, stream: AudioStream, shape: Shape) -> float | None:
    name = container.format.name
    if name not in STATING and not (name == "mp3" and shape.states_mp3_length):
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


class Reading:
    """One pass over the packets: sound out, seconds counted."""

    def __init__(
        self, container: InputContainer, stream: AudioStream, request: Mapping[str, Any], write: Write
    ) -> None:
        self.container, self.stream, self.write = container, stream, write
        self.rate: int = request["sample_rate"]
        self.channel: int | None = request["channel"]
        self.mixed_to: int = request.get("mixed_to", 1)  # channels, one sample of each after the other
        self.wants_sound: bool = request["wants_sound"]
        self.longest_seconds: float = request["longest_seconds"]
        self.start = (container.start_time or 0) / av.time_base
        self.seconds = self.lost_seconds = self.reached_seconds = self.heard_seconds = 0.0
        self.is_loud = False
        self.resampler: AudioResampler | None = None
        self.shape: tuple[object, ...] = ()
        stream.codec_context.thread_count = 1  # each thread would take address space from the limit

    def run(self) -> None:
        for frame in self._frames():
            self._fill_gap(frame)
            self.seconds += frame.samples / frame.sample_rate
            self._refuse_too_long()
            self._resample(frame)
        self._emit_resampled(None)
        self.reached_seconds = max(self.reached_seconds, self.seconds)
        if (self.wants_sound or not self.is_loud) and self.seconds - self.heard_seconds > TOLERATED_SECONDS:
            raise UnsoundError(Unsound.TOO_HEAVY)  # FFmpeg's filters drop what they have no memory for

    def _frames(self) -> Iterator[AudioFrame]:
        for packet in self._packets():
            try:
                yield from self.stream.codec_context.decode(packet if packet.size else None)
            except MemoryError:
                raise
            except av.FFmpegError:
                self.lost_seconds += _seconds(packet.duration, packet)

    def _packets(self) -> "Iterator[Packet[AudioStream]]":
        """The sound's packets, the last one empty. How far a video beside it reaches counts for its length."""
        matroska = self.container.format.name.startswith("matroska")  # states one length for all its streams
        for other in self.container.streams:
            if other.index != self.stream.index and not matroska:
                other.discard = Discard.all  # the demuxer skips its bytes instead of reading them
        packets: Iterator[Packet[Any]] = self.container.demux()
        while True:
            try:
                packet = next(packets)
            except MemoryError:
                raise
            except (StopIteration, av.FFmpegError):
                return
            if packet.pts is not None:
                end = _seconds(packet.pts + (packet.duration or 0), packet) - self.start
                self.reached_seconds = max(self.reached_seconds, end if matroska else 0.0)
            if packet.stream_index == self.stream.index:
                yield packet

    def _fill_gap(self, frame: AudioFrame) -> None:
        gap = 0.0 if frame.time is None else frame.time - self.start - self.seconds
        if gap <= GAP_SECONDS:
            return
        self.seconds += gap
        self.heard_seconds += gap
        self._refuse_too_long()
        if self.wants_sound:
            self._emit_resampled(None)
            for length in _pieces(round(gap * self.rate), CHUNK_SAMPLES):
                self.write(bytes(length * SAMPLE_BYTES * self.mixed_to))

    def _refuse_too_long(self) -> None:
        if self.seconds > self.longest_seconds:
            raise UnsoundError(Unsound.TOO_LONG, stated=self.seconds)

    def _resample(self, frame: AudioFrame) -> None:
        if self.is_loud and not self.wants_sound:
            return  # a probe needs no more samples once it has heard something
        shape = (frame.format.name, frame.layout.name, frame.layout.nb_channels, frame.sample_rate)
        if shape != self.shape:
            self._emit_resampled(None)
            self.shape, self.resampler = shape, self._new_resampler(frame)
        frame.pts = None  # the resampler would otherwise answer time stamps with silence of its own
        self._emit_resampled(frame)

    def _new_resampler(self, frame: AudioFrame) -> AudioResampler:
        if self.channel is None:
            return AudioResampler(format="flt", layout="mono" if self.mixed_to == 1 else "stereo", rate=self.rate)
        if self.channel >= frame.layout.nb_channels:
            raise UnsoundError(Unsound.DAMAGED)
        return AudioResampler(format="fltp", layout=frame.layout, rate=self.rate)

    def _emit_resampled(self, frame: AudioFrame | None) -> None:
        if self.resampler is None:
            return
        for resampled in self.resampler.resample(frame):
            length = resampled.samples * SAMPLE_BYTES * self.mixed_to
            plane = memoryview(resampled.planes[self.channel or 0])[:length]
            self.heard_seconds += resampled.samples / self.rate
            self.is_loud = self.is_loud or _peak(plane) >= SILENT_BELOW
            if self.wants_sound:
                for start in range(0, len(plane), CHUNK_SAMPLES * SAMPLE_BYTES):
                    self.write(bytes(plane[start : start + CHUNK_SAMPLES * SAMPLE_BYTES]))
        if frame is None:
            self.resampler, self.shape = None, ()


def _peak(plane: memoryview) -> float:
    samples = array("f", bytes(plane))
    return max(max(samples, default=0.0), -min(samples, default=0.0))


def _pieces(total: int, largest: int) -> Iterator[int]:
    while total > 0:
        yield min(total, largest)
        total -= largest


def _seconds(ticks: int | None, packet: "Packet[Any]") -> float:
    return float((ticks or 0) * packet.time_base)
