"""Decode an open recording with PyAV. Runs only inside decode_child.py, which sets the limits.

Sound is placed by its timestamps: gaps in a file (a late first frame, a muted part) become silence, so that a second
here is the same second in a player.
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

from transcripts.audio import file_structure
from transcripts.audio.audio_facts import MAX_SILENT_PEAK, AudioProblem

FFMPEG_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "wav,mp3,mov,mp4,m4a,3gp,3g2,mj2,ogg,flac,matroska,webm,aac",
}
FORMATS_WITH_LENGTH = ("wav", "flac", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")  # in their header
GAP_SECONDS = 0.1  # smaller differences between timestamps and samples are rounding and encoder delay
TOLERATED_SECONDS = 1.0  # a loss that is reported but not refused
TOLERATED_SHARE = 0.005  # the same for long recordings
CHUNK_SAMPLES = 1 << 16  # 256 KiB of float32
SAMPLE_BYTES = 4

WriteSamples = Callable[[bytes], None]


class UnusableAudioError(Exception):
    def __init__(self, reason: AudioProblem, **figures: float) -> None:
        super().__init__(reason)
        self.reason, self.figures = reason, figures


def decode_recording(recording: io.RawIOBase, request: Mapping[str, Any], write: WriteSamples) -> dict[str, Any]:
    """Decodes everything; the sound goes to `write` if requested. Raises UnusableAudioError."""
    if not request["size"]:
        raise UnusableAudioError(AudioProblem.EMPTY)
    shape = _inspect_file(recording, request["size"])
    try:
        with av.open(
            recording, mode="r", options=FFMPEG_OPTIONS, buffer_size=1 << 17, metadata_errors="replace"
        ) as container:
            facts = _decode_container(container, request, write, shape)
    except MemoryError:
        raise  # PyAV's own is an FFmpegError too
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise UnusableAudioError(AudioProblem.DAMAGED if shape.has_audio_magic else AudioProblem.NOT_AUDIO) from error
    _refuse_incomplete(facts, shape)
    return facts


@dataclass(frozen=True, slots=True)
class FileShape:
    has_audio_magic: bool
    has_mp3_length: bool
    share_present: float
    is_cut: bool


def _inspect_file(recording: io.RawIOBase, size: int) -> FileShape:
    head = _read_bytes(recording, 0, file_structure.HEAD_BYTES)
    first_frame = _read_bytes(recording, file_structure.measure_id3_tag(head), file_structure.HEAD_BYTES)
    tail = _read_bytes(recording, max(0, size - file_structure.TAIL_BYTES), file_structure.TAIL_BYTES)
    recording.seek(0)
    return FileShape(
        has_audio_magic=file_structure.has_audio_magic(head),
        has_mp3_length=file_structure.has_mp3_length(first_frame),
        share_present=file_structure.compute_share_present(head, size),
        is_cut=head.startswith(b"OggS") and file_structure.is_cut_inside_ogg_page(tail),
    )


def _read_bytes(recording: io.RawIOBase, offset: int, length: int) -> bytes:
    recording.seek(offset)
    return recording.read(length) or b""


def _decode_container(
    container: InputContainer, request: Mapping[str, Any], write: WriteSamples, shape: FileShape
) -> dict[str, Any]:
    if not container.streams.audio:
        raise UnusableAudioError(AudioProblem.NO_AUDIO)
    stream = container.streams.audio[0]
    stated = _read_stated_seconds(container, stream, shape)
    if stated and stated > request["longest_seconds"]:
        raise UnusableAudioError(AudioProblem.TOO_LONG, stated=stated)
    reading = StreamDecoder(container, stream, request, write)
    reading.run()
    if shape.share_present < 1 and reading.seconds:
        stated = reading.seconds / shape.share_present
    return {
        "duration_seconds": reading.seconds,
        "stated_seconds": stated,
        "lost_seconds": reading.lost_seconds + max(0.0, (stated or 0.0) - reading.end_seconds),
        "channels": stream.codec_context.channels,
        "sample_rate": stream.codec_context.sample_rate,
        "container": container.format.name,
        "codec": stream.codec_context.name,
        "has_video": bool(container.streams.video),
        "silent": not reading.has_audible_sound,
    }


def _refuse_incomplete(facts: dict[str, Any], shape: FileShape) -> None:
    duration, lost = facts["duration_seconds"], facts["lost_seconds"]
    if not shape.has_audio_magic and lost > duration:
        raise UnusableAudioError(AudioProblem.NOT_AUDIO)  # noise that a lenient format mistook for sound
    if not duration or lost > max(TOLERATED_SECONDS, TOLERATED_SHARE * duration):
        raise UnusableAudioError(
            AudioProblem.DAMAGED, stated=facts["stated_seconds"] or duration + lost, duration=duration
        )
    if shape.is_cut:
        raise UnusableAudioError(AudioProblem.DAMAGED)
    if facts.pop("silent"):
        raise UnusableAudioError(AudioProblem.SILENT)


def _read_stated_seconds(container: InputContainer, stream: AudioStream, shape: FileShape) -> float | None:
    name = container.format.name
    if name not in FORMATS_WITH_LENGTH and not (name == "mp3" and shape.has_mp3_length):
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


class StreamDecoder:
    def __init__(
        self, container: InputContainer, stream: AudioStream, request: Mapping[str, Any], write: WriteSamples
    ) -> None:
        self.container, self.stream, self.write = container, stream, write
        self.rate: int = request["sample_rate"]
        self.channel: int | None = request["channel"]
        self.output_channels: int = request.get("mixed_to", 1)  # interleaved
        self.wants_sound: bool = request["wants_sound"]
        self.longest_seconds: float = request["longest_seconds"]
        self.start = (container.start_time or 0) / av.time_base
        self.seconds = self.lost_seconds = self.end_seconds = self.emitted_seconds = 0.0
        self.has_audible_sound = False
        self.resampler: AudioResampler | None = None
        self.frame_format: tuple[object, ...] = ()
        stream.codec_context.thread_count = 1  # each thread would take address space from the limit

    def run(self) -> None:
        for frame in self._decode_frames():
            self._fill_gap(frame)
            self.seconds += frame.samples / frame.sample_rate
            self._refuse_too_long()
            self._resample(frame)
        self._emit_resampled(None)
        self.end_seconds = max(self.end_seconds, self.seconds)
        if (self.wants_sound or not self.has_audible_sound) and self.seconds - self.emitted_seconds > TOLERATED_SECONDS:
            raise UnusableAudioError(AudioProblem.TOO_HEAVY)  # FFmpeg's filters drop what they have no memory for

    def _decode_frames(self) -> Iterator[AudioFrame]:
        for packet in self._demux_packets():
            try:
                yield from self.stream.codec_context.decode(packet if packet.size else None)
            except MemoryError:
                raise
            except av.FFmpegError:
                self.lost_seconds += _ticks_to_seconds(packet.duration, packet)

    def _demux_packets(self) -> "Iterator[Packet[AudioStream]]":
        """The audio packets, the last one empty. How far a video stream reaches counts for the length too."""
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
                end = _ticks_to_seconds(packet.pts + (packet.duration or 0), packet) - self.start
                self.end_seconds = max(self.end_seconds, end if matroska else 0.0)
            if packet.stream_index == self.stream.index:
                yield packet

    def _fill_gap(self, frame: AudioFrame) -> None:
        gap = 0.0 if frame.time is None else frame.time - self.start - self.seconds
        if gap <= GAP_SECONDS:
            return
        self.seconds += gap
        self.emitted_seconds += gap
        self._refuse_too_long()
        if self.wants_sound:
            self._emit_resampled(None)
            for length in _split_length(round(gap * self.rate), CHUNK_SAMPLES):
                self.write(bytes(length * SAMPLE_BYTES * self.output_channels))

    def _refuse_too_long(self) -> None:
        if self.seconds > self.longest_seconds:
            raise UnusableAudioError(AudioProblem.TOO_LONG, stated=self.seconds)

    def _resample(self, frame: AudioFrame) -> None:
        if self.has_audible_sound and not self.wants_sound:
            return  # a probe needs no more samples once some sound was audible
        shape = (frame.format.name, frame.layout.name, frame.layout.nb_channels, frame.sample_rate)
        if shape != self.frame_format:
            self._emit_resampled(None)
            self.frame_format, self.resampler = shape, self._create_resampler(frame)
        frame.pts = None  # otherwise the resampler would add silence of its own
        self._emit_resampled(frame)

    def _create_resampler(self, frame: AudioFrame) -> AudioResampler:
        if self.channel is None:
            return AudioResampler(
                format="flt", layout="mono" if self.output_channels == 1 else "stereo", rate=self.rate
            )
        if self.channel >= frame.layout.nb_channels:
            raise UnusableAudioError(AudioProblem.DAMAGED)
        return AudioResampler(format="fltp", layout=frame.layout, rate=self.rate)

    def _emit_resampled(self, frame: AudioFrame | None) -> None:
        if self.resampler is None:
            return
        for resampled in self.resampler.resample(frame):
            length = resampled.samples * SAMPLE_BYTES * self.output_channels
            plane = memoryview(resampled.planes[self.channel or 0])[:length]
            self.emitted_seconds += resampled.samples / self.rate
            self.has_audible_sound = self.has_audible_sound or _find_peak(plane) >= MAX_SILENT_PEAK
            if self.wants_sound:
                for start in range(0, len(plane), CHUNK_SAMPLES * SAMPLE_BYTES):
                    self.write(bytes(plane[start : start + CHUNK_SAMPLES * SAMPLE_BYTES]))
        if frame is None:
            self.resampler, self.frame_format = None, ()


def _find_peak(plane: memoryview) -> float:
    samples = array("f", bytes(plane))
    return max(max(samples, default=0.0), -min(samples, default=0.0))


def _split_length(total: int, largest: int) -> Iterator[int]:
    while total > 0:
        yield min(total, largest)
        total -= largest


def _ticks_to_seconds(ticks: int | None, packet: "Packet[Any]") -> float:
    return float((ticks or 0) * packet.time_base)
