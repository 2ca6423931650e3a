"""Make small sound files of every kind, whole and hostile, with PyAV. Asserts nothing."""

import math
from array import array
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.audio.format import AudioFormat
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame

RATE = 48_000
FRAME_SAMPLES = 960
FLAC_FRAME_SAMPLES = 4608
WMA_BIT_RATE = 64_000  # its encoder has no default

# name -> codec, sample format
CODECS = {
    "wav": ("pcm_s16le", "s16"),
    "flac": ("flac", "s16"),
    "mp3": ("libmp3lame", "s16p"),
    "m4a": ("aac", "fltp"),
    "aac": ("aac", "fltp"),
    "ogg": ("libopus", "s16"),
    "opus": ("libopus", "s16"),
    "webm": ("libopus", "s16"),
    "mp4": ("aac", "fltp"),
    "mov": ("aac", "fltp"),
    "3gp": ("aac", "fltp"),
    "mka": ("flac", "s16"),
    "mkv": ("libopus", "s16"),
    "aiff": ("pcm_s16be", "s16"),
    "caf": ("pcm_s16be", "s16"),
    "w64": ("pcm_s16le", "s16"),
    "au": ("pcm_s16be", "s16"),
    "wma": ("wmav2", "fltp"),
    "avi": ("libmp3lame", "s16p"),
    "mts": ("ac3", "fltp"),
    "mpg": ("mp2", "s16"),
    "ac3": ("ac3", "fltp"),
    "wv": ("wavpack", "s16p"),
    "tta": ("tta", "s16"),
    "flv": ("aac", "fltp"),
}
CONTAINERS = {
    "m4a": "mp4",
    "aac": "adts",
    "mka": "matroska",
    "mkv": "matroska",
    "wma": "asf",
    "mts": "mpegts",
    "mpg": "mpeg",
}


def write_sound_file(
    path: Path, *, seconds: float = 3.0, loudness: Sequence[float] = (0.3,), starts_at: float = 0.0, video: bool = False
) -> Path:
    """A tone in each channel, as loud as asked (0: silent), in the format that the path's ending names."""
    ending = path.suffix[1:]
    codec, sample_format = CODECS[ending]
    layout = "mono" if len(loudness) == 1 else "stereo"
    with av.open(str(path), "w", format=CONTAINERS.get(ending)) as container:
        pictures = container.add_stream("mpeg4", rate=5, width=64, height=48, pix_fmt="yuv420p") if video else None
        stream = container.add_stream(codec, rate=RATE, layout=layout)
        assert isinstance(stream, AudioStream)
        if codec.startswith("wma"):
            stream.bit_rate = WMA_BIT_RATE
        if pictures is not None:
            for number in range(round((starts_at + seconds) * 5)):
                picture = VideoFrame(64, 48, "yuv420p")
                picture.pts = number
                container.mux(pictures.encode(picture))
            container.mux(pictures.encode(None))
        resampler = av.AudioResampler(format=sample_format, layout=layout, rate=RATE)
        _encode(container, stream, resampler, _make_tones(seconds, loudness, starts_at))
    return path


def write_silent_video(path: Path) -> Path:
    """Moving pictures without any sound."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5, width=64, height=48, pix_fmt="yuv420p")
        for number in range(10):
            picture = VideoFrame(64, 48, "yuv420p")
            picture.pts = number
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def write_expanding_file(path: Path) -> Path:
    """A flac of 40 KB at one sample a second, each of which becomes 16,000: 300 MB a frame."""
    samples = array("h", ((number * 7919) % 20_000 for number in range(FLAC_FRAME_SAMPLES))).tobytes()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=1, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.codec_context.format = AudioFormat("s16")
        for number in range(4):
            frame = AudioFrame("s16", "mono", FLAC_FRAME_SAMPLES)
            frame.planes[0].update(samples)
            frame.sample_rate, frame.time_base, frame.pts = 1, Fraction(1), number * FLAC_FRAME_SAMPLES
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _make_tones(seconds: float, loudness: Sequence[float], starts_at: float) -> list[AudioFrame]:
    frames = []
    for first in range(0, round(seconds * RATE), FRAME_SAMPLES):
        samples = array(
            "f",
            (
                level * math.sin(2 * math.pi * (300 + 200 * channel) * at / RATE)
                for at in range(first, first + FRAME_SAMPLES)
                for channel, level in enumerate(loudness)
            ),
        )
        frame = AudioFrame("flt", "mono" if len(loudness) == 1 else "stereo", FRAME_SAMPLES)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = first + round(starts_at * RATE)
        frames.append(frame)
    return frames


def _encode(
    container: OutputContainer, stream: AudioStream, resampler: av.AudioResampler, frames: list[AudioFrame]
) -> None:
    for frame in [*frames, None]:
        for resampled in resampler.resample(frame):
            container.mux(stream.encode(resampled))
    container.mux(stream.encode(None))
