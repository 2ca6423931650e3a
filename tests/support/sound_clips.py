"""The beginnings of the sample recordings, so that real recognition takes seconds."""

import wave
from pathlib import Path

from review.example_data.loader import SAMPLES
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.decoder import decode


def write_clip(sample: str, seconds: int, path: Path) -> Path:
    """Write the first seconds of a sample as a WAV file."""
    (whole,) = [path for path in SAMPLES.glob(f"{sample}.*") if path.suffix != ".json"]
    samples = decode(whole)[: seconds * SAMPLE_RATE]
    with wave.open(str(path), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(SAMPLE_RATE)
        target.writeframes((samples * 32767).astype("<i2").tobytes())
    return path
