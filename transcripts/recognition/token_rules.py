"""Which tokens may come next: Whisper's rules on its logits, for many rows at once. Changes logits in place."""

from dataclasses import dataclass

import torch
from torch import Tensor
from whisper.tokenizer import Tokenizer

NEVER = float("-inf")
FIRST_TIMESTAMP_SECONDS = 1.0  # speech begins within a second of a window's start
SECONDS_PER_TIMESTAMP = 0.02


@dataclass(frozen=True, slots=True)
class TokenRules:
    """The rules that openai-whisper applies by default, with time stamps."""

    tokenizer: Tokenizer
    never: Tensor  # indices of tokens that are never written
    not_first: Tensor  # and of those that a window's text never begins with

    def apply(self, logits: Tensor, written: Tensor) -> None:
        """`logits`: shape (rows, vocabulary); `written`: shape (rows, n), what each row has written so far."""
        logits[:, self.never] = NEVER
        if written.shape[1] == 0:
            self._begin(logits)
        else:
            self._pair_timestamps(logits, written)
        self._prefer_timestamps(logits)

    def _begin(self, logits: Tensor) -> None:
        """A window begins with a time stamp, and soon."""
        first = self.tokenizer.timestamp_begin
        logits[:, self.not_first] = NEVER
        logits[:, :first] = NEVER
        logits[:, first + round(FIRST_TIMESTAMP_SECONDS / SECONDS_PER_TIMESTAMP) + 1 :] = NEVER

    def _pair_timestamps(self, logits: Tensor, written: Tensor) -> None:
        """Time stamps come in pairs, but for the last, and never go back."""
        first, eot = self.tokenizer.timestamp_begin, self.tokenizer.eot
        is_stamp = written >= first
        last = is_stamp[:, -1]
        before = is_stamp[:, -2] if written.shape[1] > 1 else torch.ones_like(last)
        logits[(last & before).nonzero()[:, 0], first:] = NEVER
        logits[(last & ~before).nonzero()[:, 0], :eot] = NEVER
        latest = torch.where(is_stamp, written, first - 1).amax(dim=1)  # they never decrease, so it is the newest
        allowed_from = torch.where(last & ~before, latest, latest + 1)
        stamps = torch.arange(first, logits.shape[1], device=logits.device)
        has_any = is_stamp.any(dim=1)
        logits[:, first:].masked_fill_((stamps < allowed_from[:, None]) & has_any[:, None], NEVER)

    def _prefer_timestamps(self, logits: Tensor) -> None:
        """Where all time stamps together are likelier than any word, one of them it is."""
        first = self.tokenizer.timestamp_begin
        wins = logits[:, first:].logsumexp(dim=1) > logits[:, :first].amax(dim=1)
        logits[wins.nonzero()[:, 0], :first] = NEVER  # few rows: most of the vocabulary need not be touched


def rules_of(tokenizer: Tokenizer, device: torch.device) -> TokenRules:
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
    not_first = [*tokenizer.encode(" "), tokenizer.eot]
    return TokenRules(
        tokenizer,
        torch.tensor(sorted(never), device=device),
        torch.tensor(not_first, device=device),
    )
