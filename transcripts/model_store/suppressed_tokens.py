"""The tokens that Whisper never writes, as in its own decoder."""

from dataclasses import dataclass

from whisper.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class SuppressedTokens:
    never: list[int]
    at_start: list[int]  # those that never start the text of a window


def list_suppressed_tokens(tokenizer: Tokenizer) -> SuppressedTokens:
    never = {
        *tokenizer.non_speech_tokens,
        tokenizer.transcribe,
        tokenizer.translate,
        tokenizer.sot,
        tokenizer.sot_prev,
        tokenizer.sot_lm,
        tokenizer.no_timestamps,
        tokenizer.no_speech,
    }
    return SuppressedTokens(sorted(never), [*tokenizer.encode(" "), tokenizer.eot])
