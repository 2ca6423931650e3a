"""Which tokens may come next: Whisper's rules for its logits, for many rows at once. Changes logits in place."""

from dataclasses import dataclass

import torch
from torch import Tensor
from whisper.tokenizer import Tokenizer

from transcripts.model_store.suppressed_tokens import list_suppressed_tokens

SUPPRESSED_LOGIT = float("-inf")
MAX_INITIAL_TIMESTAMP_SECONDS = 1.0  # speech starts within a second of a window's start
SECONDS_PER_TIMESTAMP = 0.02


@dataclass(frozen=True, slots=True)
class TokenRules:
    tokenizer: Tokenizer
    suppressed: Tensor  # indices of tokens that are never written
    suppressed_at_start: Tensor  # and of those that never start a window's text

    def apply(self, logits: Tensor, tokens: Tensor) -> None:
        """Changes `logits`, shape (rows, vocabulary), in place. `tokens`: shape (rows, n), written so far."""
        logits[:, self.suppressed] = SUPPRESSED_LOGIT
        if tokens.shape[1] == 0:
            self._require_early_timestamp(logits)
        else:
            self._pair_timestamps(logits, tokens)
        self._prefer_timestamps(logits)

    def _require_early_timestamp(self, logits: Tensor) -> None:
        first = self.tokenizer.timestamp_begin
        logits[:, self.suppressed_at_start] = SUPPRESSED_LOGIT
        logits[:, :first] = SUPPRESSED_LOGIT
        logits[:, first + round(MAX_INITIAL_TIMESTAMP_SECONDS / SECONDS_PER_TIMESTAMP) + 1 :] = SUPPRESSED_LOGIT

    def _pair_timestamps(self, logits: Tensor, tokens: Tensor) -> None:
        first, eot = self.tokenizer.timestamp_begin, self.tokenizer.eot
        is_stamp = tokens >= first
        last = is_stamp[:, -1]
        before = is_stamp[:, -2] if tokens.shape[1] > 1 else torch.ones_like(last)
        logits[(last & before).nonzero()[:, 0], first:] = SUPPRESSED_LOGIT
        logits[(last & ~before).nonzero()[:, 0], :eot] = SUPPRESSED_LOGIT
        latest = torch.where(is_stamp, tokens, first - 1).amax(dim=1)  # they never decrease, so it is the newest
        allowed_from = torch.where(last & ~before, latest, latest + 1)
        stamps = torch.arange(first, logits.shape[1], device=logits.device)
        has_any = is_stamp.any(dim=1)
        logits[:, first:].masked_fill_((stamps < allowed_from[:, None]) & has_any[:, None], SUPPRESSED_LOGIT)

    def _prefer_timestamps(self, logits: Tensor) -> None:
        first = self.tokenizer.timestamp_begin
        wins = logits[:, first:].logsumexp(dim=1) > logits[:, :first].amax(dim=1)
        logits[wins.nonzero()[:, 0], :first] = SUPPRESSED_LOGIT  # few rows: most of the vocabulary need not be touched


def build_token_rules(tokenizer: Tokenizer, device: torch.device) -> TokenRules:
    tokens = list_suppressed_tokens(tokenizer)
    return TokenRules(
        tokenizer, torch.tensor(tokens.never, device=device), torch.tensor(tokens.at_start, device=device)
    )
