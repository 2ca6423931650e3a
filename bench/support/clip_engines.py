"""Our engine, openai-whisper and faster-whisper on one clip each, with the same decoding. Each loads its model once."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.support.real_clips import KnownWord

Sound = NDArray[np.float32]
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
THREADS = len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class HeardClip:
    text: str
    words: tuple[KnownWord, ...]
    transcript: Any = None  # ours


Hear = Callable[[Sound, str], HeardClip]  # a sound and its language


@dataclass(frozen=True, slots=True)
class EngineRow:
    name: str
    load: Callable[[Path, Path], Hear]  # a .pt file, and the same weights as a folder for faster-whisper


def load_ours(model: Path, beams: int) -> Hear:
    from transcripts.audio.streams import wrap_samples
    from transcripts.recognition.recogniser import assemble_transcript
    from transcripts.recognition.whisper_engine import WhisperOptions, load_whisper

    options = WhisperOptions(beam_size=beams)
    recogniser = load_whisper(str(model), model.parent, options=options)

    def hear(sound: Sound, language: str) -> HeardClip:
        source = wrap_samples(sound)
        windows = recogniser.recognise(source, language=language)
        transcript = assemble_transcript(windows, duration=source.seconds, facts=recogniser.facts)
        return HeardClip(
            " ".join(segment.text for segment in transcript.segments),
            tuple(KnownWord(w.word, w.start, w.end) for segment in transcript.segments for w in segment.words),
            transcript,
        )

    return hear


def load_whisper_program(model: Path, beams: int, *, prompted: bool) -> Hear:
    from transcripts.model_store.whisper_loading import load_whisper_model
    from transcripts.model_store.whisper_weights import find_weights

    loaded = load_whisper_model(find_weights(str(model), model.parent), "cpu")  # with the right alignment heads

    def hear(sound: Sound, language: str) -> HeardClip:
        import whisper

        heard = whisper.transcribe(
            loaded,
            sound,
            language=language,
            word_timestamps=True,
            fp16=False,
            beam_size=beams if beams > 1 else None,
            best_of=5,
            temperature=TEMPERATURES,
            condition_on_previous_text=prompted,
        )
        words = [word for segment in heard["segments"] for word in segment["words"]]
        return HeardClip(heard["text"], tuple(KnownWord(w["word"], w["start"], w["end"]) for w in words))

    return hear


def load_faster(folder: Path, beams: int, precision: str) -> Hear:
    from faster_whisper import WhisperModel

    loaded = WhisperModel(str(folder), device="cpu", cpu_threads=THREADS, compute_type=precision, local_files_only=True)

    def hear(sound: Sound, language: str) -> HeardClip:
        segments, _ = loaded.transcribe(
            sound, language=language, beam_size=beams, word_timestamps=True, condition_on_previous_text=False
        )
        heard = list(segments)
        words = [word for segment in heard for word in segment.words or ()]
        text = "".join(segment.text for segment in heard)
        return HeardClip(text, tuple(KnownWord(w.word, w.start, w.end) for w in words))

    return hear


ENGINE_ROWS: Sequence[EngineRow] = (
    EngineRow("ours greedy", lambda model, _: load_ours(model, 1)),
    EngineRow("ours beam 5", lambda model, _: load_ours(model, 5)),
    EngineRow("whisper greedy", lambda model, _: load_whisper_program(model, 1, prompted=True)),
    EngineRow("whisper greedy, unprompted", lambda model, _: load_whisper_program(model, 1, prompted=False)),
    EngineRow("whisper beam 5, unprompted", lambda model, _: load_whisper_program(model, 5, prompted=False)),
    EngineRow("faster-whisper greedy, float32", lambda _, folder: load_faster(folder, 1, "float32")),
    EngineRow("faster-whisper greedy, int8", lambda _, folder: load_faster(folder, 1, "int8")),
    EngineRow("faster-whisper beam 5, float32", lambda _, folder: load_faster(folder, 5, "float32")),
    EngineRow("faster-whisper beam 5, int8", lambda _, folder: load_faster(folder, 5, "int8")),
)
