"""One window of speech through openai-whisper: its text, its figures, its words' times. Knows no other window.

Whisper's own loop with word timestamps goes on from the last word it aligned; where the alignment is poor it hears
sentences twice. So words are aligned afterwards, and where the next pass starts stays with the timestamp tokens.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import torch
import whisper
from numpy.typing import NDArray
from whisper.audio import HOP_LENGTH, N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.model import Whisper
from whisper.timing import add_word_timestamps
from whisper.tokenizer import get_tokenizer

from transcripts.recognition.word_times import with_believable_times
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.spoken import SpokenSegment, SpokenWord

SHORTEST_REST_SECONDS = 0.5  # of a window after its last sentence: no speech, only room to invent some


@dataclass(frozen=True, slots=True)
class Decoding:
    language: str
    glossary: str
    beam_size: int | None
    temperatures: tuple[float, ...]


def recognise_window(
    model: Whisper, clip: NDArray[np.float32], offset_seconds: float, decoding: Decoding
) -> tuple[SpokenSegment, ...]:
    """The segments of `clip` (shape (n,), at most 30 s), with the recording's times."""
    torch.manual_seed(zlib.crc32(clip.tobytes()))  # a retry with a temperature draws the same words every time
    result = whisper.transcribe(
        model,
        clip,
        language=decoding.language,
        temperature=decoding.temperatures,
        beam_size=decoding.beam_size,
        initial_prompt=decoding.glossary or None,
        carry_initial_prompt=bool(decoding.glossary),
        condition_on_previous_text=False,
        fp16=model.device.type == "cuda",
    )
    raw = [segment for segment in result["segments"] if segment["text"].strip() and _has_sound(segment, len(clip))]
    by_tokens = [(segment["start"], segment["end"]) for segment in raw]
    _add_words(model, clip, raw, decoding.language)
    place = Place(offset_seconds, len(clip) / SAMPLE_RATE)
    return tuple(
        with_believable_times(_segment(number, segment, place), place.of(start), place.of(end))
        for number, (segment, (start, end)) in enumerate(zip(raw, by_tokens, strict=True))
    )


def _has_sound(segment: dict[str, Any], samples: int) -> bool:
    rest = samples - int(segment["seek"]) * HOP_LENGTH
    return int(segment["seek"]) == 0 or rest >= SHORTEST_REST_SECONDS * SAMPLE_RATE


def _add_words(model: Whisper, clip: NDArray[np.float32], segments: Sequence[dict[str, Any]], language: str) -> None:
    mel = log_mel_spectrogram(clip, model.dims.n_mels, padding=N_SAMPLES)
    frames = mel.shape[-1] - N_FRAMES
    tokenizer = get_tokenizer(
        model.is_multilingual, num_languages=model.num_languages, language=language, task="transcribe"
    )
    last_end = 0.0
    for seek, group in groupby(segments, key=lambda segment: int(segment["seek"])):
        passed = list(group)
        length = min(N_FRAMES, frames - seek)
        add_word_timestamps(
            segments=passed,
            model=model,
            tokenizer=tokenizer,
            mel=pad_or_trim(mel[:, seek : seek + length], N_FRAMES).to(model.device).to(_dtype(model)),
            num_frames=length,
            last_speech_timestamp=last_end,
        )
        last_end = passed[-1]["end"]


def _dtype(model: Whisper) -> torch.dtype:
    return torch.float16 if model.device.type == "cuda" else torch.float32


@dataclass(frozen=True, slots=True)
class Place:
    """A window's place in the recording."""

    offset: float
    length: float

    def of(self, seconds: float) -> float:
        return round(self.offset + min(max(float(seconds), 0.0), self.length), 3)


def _segment(number: int, raw: dict[str, Any], place: Place) -> SpokenSegment:
    start = place.of(raw["start"])
    return SpokenSegment(
        id=number,
        start=start,
        end=max(start, place.of(raw["end"])),
        text=raw["text"].strip(),
        words=tuple(_words(raw["words"], place)),
        avg_logprob=raw["avg_logprob"],
        no_speech_prob=raw["no_speech_prob"],
        compression_ratio=raw["compression_ratio"],
        temperature=raw["temperature"],
    )


def _words(raw: Sequence[dict[str, Any]], place: Place) -> Iterator[SpokenWord]:
    for word in raw:
        start = place.of(word["start"])
        yield SpokenWord(word["word"], start, max(start, place.of(word["end"])), float(word["probability"]))
