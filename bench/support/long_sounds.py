"""Recordings of hours for measurements: a sample encoded once, then its packets again and again. Measures nothing."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream

from bench.support.web_installation import ROOT
from transcripts.audio.listening_encoder import ListeningCopy

SAMPLE = ROOT / "samples" / "interview-1.ogg"
FORMATS = {"wav": ("wav", "pcm_s16le", 16_000), "m4a": ("mp4", "aac", 44_100), "mp3": ("mp3", "libmp3lame", 44_100)}
LISTENING_COPY = "listening copy"
BIT_RATE = 128_000  # what recorders write


def write_long_sound(path: Path, kind: str, hours: float) -> float:
    """Write one and return its length in seconds. `kind`: one of WAYS, or COPY."""
    once = _encode_listening_copy() if kind == LISTENING_COPY else _encode_once(*FORMATS[kind])
    container = "ogg" if kind == LISTENING_COPY else FORMATS[kind][0]
    options = {"movflags": "faststart"} if kind == "m4a" else {}
    with av.open(io.BytesIO(once), "r") as source, av.open(str(path), "w", format=container, options=options) as target:
        packets: list[Any] = [packet for packet in source.demux(audio=0) if packet.size]
        stream = target.add_stream_from_template(source.streams.audio[0])
        length = sum(packet.duration or 0 for packet in packets)
        base = packets[0].time_base
        times = max(1, round(hours * 3600 / float(length * base)))
        first = packets[0].pts
        for number in range(times):
            for packet in packets:
                again = av.Packet(bytes(packet))
                again.time_base, again.duration, again.stream = base, packet.duration, stream
                again.pts = again.dts = packet.pts - first + number * length
                target.mux(again)
    return float(times * length * base)


def _encode_once(container: str, codec: str, rate: int) -> bytes:
    encoded = io.BytesIO()
    with av.open(str(SAMPLE)) as source, av.open(encoded, "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        if codec != "pcm_s16le":
            stream.bit_rate = BIT_RATE
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        for frame in source.decode(audio=0):
            for resampled in resampler.resample(frame):
                resampled.time_base = Fraction(1, rate)
                target.mux(stream.encode(resampled))
        target.mux(stream.encode(None))
    return encoded.getvalue()


def _encode_listening_copy() -> bytes:
    """By the way that recordings go."""
    with SAMPLE.open("rb") as source:
        copy = ListeningCopy(source, seconds=200.0, channels=1, on_progress=lambda _share: None)
        return b"".join(iter(copy.read, b""))
