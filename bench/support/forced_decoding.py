"""A model with random weights that writes 100 tokens for every window: the speed of a real one, without its words.

Both sides are forced in the same way and for measuring only: a time stamp of 0 s, 98 of text, one of 30 s, the end.
The last stamp keeps `whisper` from reading on where it guesses that the last word ended.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from whisper.decoding import DecodingTask, LogitFilter
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import Tokenizer
from whisper.transcribe import cli

from transcripts.recognition.token_rules import TokenRules

BASE_EN = ModelDimensions(80, 1500, 512, 8, 6, 51864, 448, 512, 8, 6)
SEED = 5
TOKENS_PER_WINDOW = 100  # with both time stamps, without the end
LAST_TIMESTAMP = 1500  # of 0.02 s
NEVER = float("-inf")


def write_random_model(path: Path) -> None:
    torch.manual_seed(SEED)
    model = Whisper(BASE_EN)
    torch.nn.init.normal_(model.decoder.positional_embedding, std=0.01)  # Whisper leaves it to the weights
    state = {name: values.half() for name, values in model.state_dict().items()}
    torch.save({"dims": vars(BASE_EN), "model_state_dict": state}, path)


def mask_logits(logits: Tensor, position: int, tokenizer: Tokenizer) -> None:
    """Leave only the tokens allowed at this position. `logits`: shape (rows, vocabulary)."""
    if position == 0:
        logits[:, tokenizer.timestamp_begin + 1 :] = NEVER
    elif position < TOKENS_PER_WINDOW - 1:
        logits[:, tokenizer.eot :] = NEVER
    else:
        only = tokenizer.eot if position == TOKENS_PER_WINDOW else tokenizer.timestamp_begin + LAST_TIMESTAMP
        logits[:, :only] = NEVER
        logits[:, only + 1 :] = NEVER


class ForcedLogitFilter(LogitFilter):  # type: ignore[misc]
    def __init__(self, tokenizer: Tokenizer, sample_begin: int) -> None:
        self._tokenizer, self._sample_begin = tokenizer, sample_begin

    def apply(self, logits: Tensor, tokens: Tensor) -> None:
        mask_logits(logits, tokens.shape[1] - self._sample_begin, self._tokenizer)


def force_whisper() -> None:
    begin = DecodingTask.__init__

    def begin_forced(self: Any, *arguments: Any) -> None:
        begin(self, *arguments)
        self.logit_filters.insert(0, ForcedLogitFilter(self.tokenizer, self.sample_begin))

    DecodingTask.__init__ = begin_forced


def force_our_decoder() -> None:
    apply = TokenRules.apply

    def apply_forced(self: TokenRules, logits: Tensor, tokens: Tensor) -> None:
        mask_logits(logits, tokens.shape[1], self.tokenizer)
        apply(self, logits, tokens)

    TokenRules.apply = apply_forced  # type: ignore[method-assign]


def run_forced_whisper(arguments: Sequence[str]) -> None:
    sys.argv = ["whisper", *arguments]
    cli()
