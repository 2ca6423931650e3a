"""Which language is spoken, and which ones a Whisper model knows."""

from collections.abc import Sequence

import torch
from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.model import Whisper
from whisper.tokenizer import LANGUAGES, TO_LANGUAGE_CODE

from transcripts.audio.streams import CancelCheck
from transcripts.recognition.clips import Clip
from transcripts.recognition.decoder_steps import encode_mels
from transcripts.recognition.recogniser import UnsupportedLanguageError


def parse_language_code(name: str) -> str:
    word = name.strip().lower()
    code: str = TO_LANGUAGE_CODE.get(word, word.split("-")[0].split("_")[0])
    if code not in LANGUAGES:
        raise UnsupportedLanguageError(
            f"“{name}” is not a language that Whisper knows. Use a code such as en, cy or ur."
        )
    return code


def resolve_language(name: str, *, is_multilingual: bool) -> str:
    code = parse_language_code(name)
    if code != "en" and not is_multilingual:
        raise UnsupportedLanguageError(f"This model knows English only, not “{name}”. Choose a model without “.en”.")
    return code


@torch.inference_mode()
def detect_language(model: Whisper, clips: Sequence[Clip], check: CancelCheck) -> str:
    if not model.is_multilingual or not clips:
        return "en"
    totals: dict[str, float] = {}
    for clip in clips:
        mel = pad_or_trim(log_mel_spectrogram(clip.samples, model.dims.n_mels, padding=N_SAMPLES), N_FRAMES)
        features = encode_mels(model, mel[None], check)
        _, (shares,) = model.detect_language(features)
        for code, share in shares.items():
            totals[code] = totals.get(code, 0.0) + share * clip.seconds
    return max(totals, key=lambda code: totals[code])
