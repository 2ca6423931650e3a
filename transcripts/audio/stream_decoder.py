"""Decode one sound track of an open container with PyAV. Runs only inside decode_child.py, which sets the limits.

Sound is placed by its timestamps: gaps in a file (a late first frame, a muted part) become silence, so that a second
here is the same second in a player.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol, cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph
from av.packet import Packet
from av.stream import Discard

from transcripts.audio.audio_facts import MAX_SILENT_PEAK, AudioProblem
from transcripts.audio.channel_mix import ChannelMixer, list_plane_terms

GAP_SECONDS = 0.1  # smaller differences between timestamps and samples are rounding and encoder delay
TOLERATED_SECONDS = 1.0  # a loss that is reported but not refused
CHUNK_SAMPLES = 1 << 16  # 256 KiB of float32
SAMPLE_BYTES = 4
MAX_MIXED_CHANNELS = 8  # by us; FFmpeg mixes more
# FFmpeg's own decoders report the pauses that a telephone does not send (comfort noise) as errors.
PREFERRED_DECODERS = {"amrnb": "libopencore_amrnb", "amrwb": "libopencore_amrwb"}


class UnusableAudioError(Exception):
    def __init__(self, reason: AudioProblem, detail: str = "", **figures: float) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.figures = reason, detail, figures


@dataclass(frozen=True, slots=True)
class SoundRequest:
    rate: int
    channel: int | None  # None: all mixed
    output_channels: int  # interleaved
    is_wanted: bool
    longest_seconds: float


class _Converter(Protocol):
    """Gives frames at the rate and with the channels that are asked for."""

    def convert(self, frame: AudioFrame | None) -> Iterator[AudioFrame]: ...

    def read_sound(self, frame: AudioFrame) -> Iterable[bytes]: ...

    def flush(self) -> Iterable[bytes]: ...


class StreamDecoder:
    def __init__(self, container: InputContainer, stream: AudioStream, request: SoundRequest) -> None:
        self.container, self.stream, self.request = container, stream, request
        self.start = (container.start_time or 0) / av.time_base
        self.seconds = self.lost_seconds = self.end_seconds = self.emitted_seconds = 0.0
        self.first_loss_seconds: float | None = None
        self.has_audible_sound = False
        self._codec = _choose_decoder(stream)
        self._converter: _Converter | None = None
        self._frame_format: tuple[object, ...] = ()

    def iter_sound(self) -> Iterator[bytes]:
        """The whole track; nothing if sound is not wanted."""
        for frame in self._decode_frames():
            yield from self._fill_gap(frame)
            self.seconds += frame.samples / frame.sample_rate
            self._refuse_too_long()
            yield from self._convert(frame)
        yield from self._finish_format()
        self.end_seconds = max(self.end_seconds, self.seconds)
        must_be_whole = self.request.is_wanted or not self.has_audible_sound
        if must_be_whole and self.seconds - self.emitted_seconds > TOLERATED_SECONDS:
            raise UnusableAudioError(AudioProblem.TOO_HEAVY)  # FFmpeg's filters drop what they have no memory for

    def _decode_frames(self) -> Iterator[AudioFrame]:
        for packet in self._demux_packets():
            try:
                yield from self._codec.decode(packet if packet.size else None)
            except MemoryError:
                raise
            except av.FFmpegError:
                self._count_loss(_ticks_to_seconds(packet.duration, packet))

    def _count_loss(self, seconds: float) -> None:
        if seconds and self.first_loss_seconds is None:
            self.first_loss_seconds = self.seconds
        self.lost_seconds += seconds

    def _demux_packets(self) -> "Iterator[Packet[AudioStream]]":
        """The track's packets, the last one empty. How far a video stream reaches counts for the length too."""
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

    def _fill_gap(self, frame: AudioFrame) -> Iterator[bytes]:
        gap = 0.0 if frame.time is None else frame.time - self.start - self.seconds
        if gap <= GAP_SECONDS:
            return
        self.seconds += gap
        self._refuse_too_long()
        if self.request.is_wanted:
            yield from self._finish_format()
            for length in _split_length(round(gap * self.request.rate), CHUNK_SAMPLES):
                yield bytes(length * SAMPLE_BYTES * self.request.output_channels)
        self.emitted_seconds += gap

    def _refuse_too_long(self) -> None:
        if self.seconds > self.request.longest_seconds:
            raise UnusableAudioError(AudioProblem.TOO_LONG, stated=self.seconds)

    def _convert(self, frame: AudioFrame) -> Iterator[bytes]:
        if self.has_audible_sound and not self.request.is_wanted:
            return  # a probe needs no more samples once some sound was audible
        shape = (frame.format.name, frame.layout.name, frame.layout.nb_channels, frame.sample_rate)
        if shape != self._frame_format:
            yield from self._finish_format()
            self._frame_format, self._converter = shape, _create_converter(frame, self.request)
        frame.pts = None  # otherwise the resampler would add silence of its own
        yield from self._read_converted(frame)

    def _finish_format(self) -> Iterator[bytes]:
        if self._converter is None:
            return
        yield from self._read_converted(None)
        for sound in self._converter.flush():
            yield from self._emit(sound)
        self._converter, self._frame_format = None, ()

    def _read_converted(self, frame: AudioFrame | None) -> Iterator[bytes]:
        assert self._converter is not None
        for converted in self._converter.convert(frame):
            self.emitted_seconds += converted.samples / self.request.rate
            for sound in self._converter.read_sound(converted):
                yield from self._emit(sound)

    def _emit(self, sound: bytes) -> Iterator[bytes]:
        self.has_audible_sound = self.has_audible_sound or _find_peak(sound) >= MAX_SILENT_PEAK
        if self.request.is_wanted:
            for start in range(0, len(sound), CHUNK_SAMPLES * SAMPLE_BYTES):
                yield sound[start : start + CHUNK_SAMPLES * SAMPLE_BYTES]


def _choose_decoder(stream: AudioStream) -> AudioCodecContext:
    codec = stream.codec_context
    preferred = PREFERRED_DECODERS.get(codec.name)
    if preferred is not None:
        codec = cast(AudioCodecContext, av.CodecContext.create(preferred, "r"))
        codec.sample_rate, codec.layout = stream.codec_context.sample_rate, stream.codec_context.layout
    codec.thread_count = 1  # each thread would take address space from the limit
    return codec


def _create_converter(frame: AudioFrame, request: SoundRequest) -> _Converter:
    channels = frame.layout.nb_channels
    if request.channel is not None and request.channel >= channels:
        raise UnusableAudioError(AudioProblem.DAMAGED)
    if request.channel is None and 1 < channels <= MAX_MIXED_CHANNELS:
        return _MixingConverter(frame, request)
    return _PlainConverter(frame, request)


class _PlainConverter:
    def __init__(self, frame: AudioFrame, request: SoundRequest) -> None:
        self._plane, self._outputs = request.channel or 0, request.output_channels
        if request.channel is not None:
            self._resampler = AudioResampler(format="fltp", layout=frame.layout, rate=request.rate)
        else:
            layout = "mono" if request.output_channels == 1 else "stereo"
            self._resampler = AudioResampler(format="flt", layout=layout, rate=request.rate)

    def convert(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        yield from self._resampler.resample(frame)

    def read_sound(self, frame: AudioFrame) -> Iterable[bytes]:
        yield bytes(memoryview(frame.planes[self._plane])[: frame.samples * SAMPLE_BYTES * self._outputs])

    def flush(self) -> Iterable[bytes]:
        return ()


class _MixingConverter:
    """FFmpeg gives each channel, their mean and their difference as planes; ChannelMixer chooses among them."""

    def __init__(self, frame: AudioFrame, request: SoundRequest) -> None:
        channels = frame.layout.nb_channels
        self._mixer = ChannelMixer(channels, request.rate, request.output_channels)
        self._graph = Graph()
        source = self._graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format.name,
            layout=frame.layout.name,
            time_base=Fraction(1, frame.sample_rate),
        )
        terms = list_plane_terms(channels)
        planes = "|".join([f"{len(terms)}c", *(f"c{number}={term}" for number, term in enumerate(terms))])
        steps = [
            source,
            self._graph.add("aformat", f"sample_fmts=fltp:sample_rates={request.rate}"),
            self._graph.add("pan", planes),
            self._graph.add("abuffersink"),
        ]
        for step, following in pairwise(steps):
            step.link_to(following)
        self._graph.configure()

    def convert(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        self._graph.push(frame)
        while True:
            try:
                yield cast(AudioFrame, self._graph.pull())
            except MemoryError:
                raise
            except (av.BlockingIOError, av.EOFError):
                return

    def read_sound(self, frame: AudioFrame) -> Iterable[bytes]:
        return self._mixer.add([memoryview(plane)[: frame.samples * SAMPLE_BYTES] for plane in frame.planes])

    def flush(self) -> Iterable[bytes]:
        return self._mixer.flush()


def _find_peak(sound: bytes) -> float:
    samples = array("f", sound)
    return max(max(samples, default=0.0), -min(samples, default=0.0))


def _split_length(total: int, largest: int) -> Iterator[int]:
    while total > 0:
        yield min(total, largest)
        total -= largest


def _ticks_to_seconds(ticks: int | None, packet: "Packet[Any]") -> float:
    return float((ticks or 0) * packet.time_base)
