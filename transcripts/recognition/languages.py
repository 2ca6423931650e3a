"""Which language is spoken, and which ones a Whisper model knows. Writes no text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from transcripts.recognition.recogniser import LanguageNotKnownError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from whisper.model import Whisper

WINDOWS_HEARD = 5  # the first may be a greeting, or another person's language


def language_code(asked: str) -> str:
    """ "en" from "en", "EN", "English" or "en-GB". Raises LanguageNotKnownError."""
    from whisper.tokenizer import LANGUAGES, TO_LANGUAGE_CODE

    word = asked.strip().lower()
    code: str = TO_LANGUAGE_CODE.get(word, word.split("-")[0].split("_")[0])
    if code not in LANGUAGES:
        raise LanguageNotKnownError(
            f"“{asked}” is not a language that Whisper knows. Give a code such as en, cy or ur."
        )
    return code


def known_language(model: "Whisper", asked: str) -> str:
    """The code of a language that this model can write. Raises LanguageNotKnownError."""
    code = language_code(asked)
    if code != "en" and not model.is_multilingual:
        raise LanguageNotKnownError(f"This model knows English only, not “{asked}”. Choose a model without “.en”.")
    return code


def detect_language(model: "Whisper", clips: Sequence["NDArray[np.float32]"]) -> str:
    """The likeliest language of the first clips together; English where the model knows nothing else."""
    if not model.is_multilingual or not clips:
        return "en"
    import torch
    from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim

    dtype = torch.float16 if model.device.type == "cuda" else torch.float32
    totals: dict[str, float] = {}
    for clip in clips[:WINDOWS_HEARD]:
        mel = pad_or_trim(log_mel_spectrogram(clip, model.dims.n_mels, padding=N_SAMPLES), N_FRAMES)
        _, shares = model.detect_language(mel.to(model.device).to(dtype))
        for code, share in shares.items():
            totals[code] = totals.get(code, 0.0) + share * len(clip)
    return max(totals, key=lambda code: totals[code])
