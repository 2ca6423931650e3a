"""Which language is spoken, and which ones a Whisper model knows."""

import torch
from whisper.model import Whisper
from whisper.tokenizer import LANGUAGES, TO_LANGUAGE_CODE, Tokenizer

from transcripts.recognition.decoder_steps import CrossAttentionCache, DecoderRun
from transcripts.recognition.language_choice import LanguageShares
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
def compute_language_shares(model: Whisper, tokenizer: Tokenizer, cache: CrossAttentionCache) -> list[LanguageShares]:
    """For each encoded window, from the decoder's first step."""
    windows = len(cache.keys[0])
    start = torch.full((windows, 1), tokenizer.sot, device=model.device)
    logits = DecoderRun(model, cache, group_size=1, max_tokens=1).compute_logits(start)[:, 0]
    tokens = torch.tensor(tokenizer.all_language_tokens, device=model.device)
    shares = logits[:, tokens].softmax(dim=-1).tolist()
    return [dict(zip(tokenizer.all_language_codes, of_window, strict=True)) for of_window in shares]
