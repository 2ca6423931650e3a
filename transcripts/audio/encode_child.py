"""Encode the listening copy of one recording inside limits. Run by listening_encoder.py as a child process.

What it encodes leaves through the pipe at once, so that only a second of sound is in memory. See decode_child.py.
"""

from array import array
from collections.abc import Callable
from typing import Any

from transcripts.audio.decode_child import serve_request
from transcripts.audio.decode_pipe import MAX_BODY_BYTES, PipedFile
from transcripts.audio.waveform import Waveform

FORMAT = "ogg"
CODEC = "libopus"
FRAME_MILLISECONDS = "60"  # Opus's longest: fewest headers, and no latency to care about


def main() -> None:
    serve_request(_encode_recording)


def _encode_recording(recording: PipedFile, request: dict[str, Any], write: Callable[[bytes], None]) -> dict[str, Any]:
    from transcripts.audio import pyav_decoding

    copy = CopyEncoder(request, write)
    pyav_decoding.decode_recording(recording, request, copy.add_samples)
    return {"peaks": copy.finish()}


class CopyEncoder:
    def __init__(self, request: dict[str, Any], write: Callable[[bytes], None]) -> None:
        import av
        from av.audio.stream import AudioStream

        self._rate, channels = request["sample_rate"], request["mixed_to"]
        self._layout = "mono" if channels == 1 else "stereo"
        self._frame_bytes = 4 * channels
        self._container = av.open(_WritePipe(write), "w", format=FORMAT)
        options = {"frame_duration": FRAME_MILLISECONDS, "application": "voip"}
        stream = self._container.add_stream(CODEC, rate=self._rate, layout=self._layout, options=options)
        assert isinstance(stream, AudioStream)  # what add_stream gives for an audio codec
        stream.bit_rate = request["bits_a_second"] * channels
        stream.codec_context.thread_count = 1
        self._stream, self._samples = stream, 0
        self._waveform = Waveform(request["duration_seconds"] * self._rate * channels)

    def add_samples(self, sound: bytes) -> None:
        """`sound`: float32, the channels interleaved."""
        from fractions import Fraction

        from av.audio.frame import AudioFrame

        self._waveform.add_samples(array("f", sound))
        length = len(sound) // self._frame_bytes
        frame = AudioFrame("flt", self._layout, length)
        frame.planes[0].update(sound.ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.time_base, frame.pts = self._rate, Fraction(1, self._rate), self._samples
        self._samples += length
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> list[int]:
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._waveform.compute_peaks()


class _WritePipe:
    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, encoded: bytes) -> int:
        for start in range(0, len(encoded), MAX_BODY_BYTES):
            self._write(bytes(encoded[start : start + MAX_BODY_BYTES]))
        return len(encoded)


if __name__ == "__main__":
    main()
