"""How each row continues from its logits: the likeliest token, a sampled one, or the best of several beams."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from transcripts.recognition.decoder_steps import DecoderRun, clamped_logsumexp


@dataclass(frozen=True, slots=True)
class Hypothesis:
    tokens: tuple[int, ...]  # without the end token
    sum_logprob: float  # including the end token


class TokenDecoder(Protocol):
    """Rows are ordered by window. Windows are numbered as in the run; `finalise` returns all, in the original order."""

    tokens: Tensor  # shape (rows, n)

    def update(self, logits: Tensor, run: DecoderRun) -> None: ...

    def find_unfinished_windows(self) -> Tensor:
        """A mask, shape (windows,)."""
        ...

    def keep_windows(self, windows: Tensor) -> None: ...

    def finalise(self) -> list[list[Hypothesis]]: ...


class SamplingDecoder:
    def __init__(
        self, seeds: Sequence[int], group_size: int, temperature: float, eot: int, device: torch.device
    ) -> None:
        rows = len(seeds) * group_size
        self.tokens = torch.empty((rows, 0), dtype=torch.long, device=device)
        self._group_size, self._temperature, self._eot = group_size, temperature, eot
        self._sum_logprobs = torch.zeros(rows, device=device)
        self._original_rows = torch.arange(rows, device=device)  # which original row each one is
        self._generators = [
            _create_generator(seed, temperature, n, device) for seed in seeds for n in range(group_size)
        ]
        self._hypotheses: list[Hypothesis | None] = [None] * rows

    def update(self, logits: Tensor, run: DecoderRun) -> None:  # noqa: ARG002 rows are never reordered
        chosen = self._select_tokens(logits)
        logprobs = logits.gather(1, chosen[:, None])[:, 0] - clamped_logsumexp(logits)
        ended = self._find_ended_rows()
        self._sum_logprobs = torch.where(ended, self._sum_logprobs, self._sum_logprobs + logprobs)
        self.tokens = torch.cat([self.tokens, torch.where(ended, self._eot, chosen)[:, None]], dim=1)

    def find_unfinished_windows(self) -> Tensor:
        return ~self._find_ended_rows().view(-1, self._group_size).all(dim=1)

    def keep_windows(self, windows: Tensor) -> None:
        self._record_hypotheses()
        rows = (windows[:, None] * self._group_size + torch.arange(self._group_size, device=windows.device)).flatten()
        self.tokens, self._sum_logprobs, self._original_rows = (
            self.tokens[rows],
            self._sum_logprobs[rows],
            self._original_rows[rows],
        )

    def finalise(self) -> list[list[Hypothesis]]:
        self._record_hypotheses()
        hypotheses = [hypothesis or Hypothesis((), 0.0) for hypothesis in self._hypotheses]
        return [hypotheses[n : n + self._group_size] for n in range(0, len(hypotheses), self._group_size)]

    def _record_hypotheses(self) -> None:
        for row, tokens, total in zip(
            self._original_rows.tolist(), self.tokens.tolist(), self._sum_logprobs.tolist(), strict=True
        ):
            end = tokens.index(self._eot) if self._eot in tokens else len(tokens)
            self._hypotheses[row] = Hypothesis(tuple(tokens[:end]), total)

    def _find_ended_rows(self) -> Tensor:
        if not self.tokens.shape[1]:
            return torch.zeros(len(self.tokens), dtype=torch.bool, device=self.tokens.device)
        return self.tokens[:, -1] == self._eot

    def _select_tokens(self, logits: Tensor) -> Tensor:
        if self._temperature == 0:
            return logits.argmax(dim=1)
        shares = (logits / self._temperature).softmax(dim=1)
        drawn = [
            torch.multinomial(share, 1, generator=self._generators[row])
            for share, row in zip(shares, self._original_rows.tolist(), strict=True)
        ]
        return torch.cat(drawn)


class BeamSearchDecoder:
    """Beam search with openai-whisper's rules: a window is finished once it has as many finished texts as beams."""

    def __init__(self, windows: int, beam_size: int, eot: int, device: torch.device) -> None:
        self.tokens = torch.empty((windows * beam_size, 0), dtype=torch.long, device=device)
        self._beam_size, self._eot = beam_size, eot
        self._sum_logprobs = torch.zeros(windows * beam_size, device=device)
        self._active_windows = list(range(windows))
        self._finished: list[list[Hypothesis]] = [[] for _ in range(windows)]

    def update(self, logits: Tensor, run: DecoderRun) -> None:
        logprobs = logits - clamped_logsumexp(logits)[:, None]
        totals, tokens = logprobs.topk(self._beam_size + 1, dim=1)
        totals = (totals + self._sum_logprobs[:, None]).cpu()
        sources: list[int] = []
        chosen: list[int] = []
        for position, window in enumerate(self._active_windows):
            for row, token in self._select_continuations(position, window, totals, tokens.cpu()):
                sources.append(row)
                chosen.append(token)
        rows = torch.tensor(sources, device=logits.device)
        picked = torch.tensor(chosen, device=logits.device)
        self._sum_logprobs = self._sum_logprobs[rows] + logprobs[rows, picked]
        self.tokens = torch.cat([self.tokens[rows], picked[:, None]], dim=1)
        run.reorder(rows)

    def find_unfinished_windows(self) -> Tensor:
        is_unfinished = [len(self._finished[window]) < self._beam_size for window in self._active_windows]
        return torch.tensor(is_unfinished, device=self.tokens.device)

    def keep_windows(self, windows: Tensor) -> None:
        rows = (windows[:, None] * self._beam_size + torch.arange(self._beam_size, device=windows.device)).flatten()
        self.tokens, self._sum_logprobs = self.tokens[rows], self._sum_logprobs[rows]
        self._active_windows = [self._active_windows[n] for n in windows.tolist()]

    def finalise(self) -> list[list[Hypothesis]]:
        for position, window in enumerate(self._active_windows):
            rows = range(position * self._beam_size, (position + 1) * self._beam_size)
            for row in sorted(rows, key=lambda row: float(self._sum_logprobs[row]), reverse=True):
                if len(self._finished[window]) < self._beam_size:
                    self._finished[window].append(
                        Hypothesis(tuple(self.tokens[row].tolist()), float(self._sum_logprobs[row]))
                    )
        return self._finished

    def _select_continuations(
        self, position: int, window: int, totals: Tensor, tokens: Tensor
    ) -> list[tuple[int, int]]:
        first = position * self._beam_size
        is_start = self.tokens.shape[1] == 0  # all beams are still equal, so only the first counts
        rows = [first] if is_start else list(range(first, first + self._beam_size))
        candidates = [
            (float(total), row, int(token))
            for row in rows
            for total, token in zip(totals[row], tokens[row], strict=True)
        ]
        candidates.sort(key=lambda candidate: candidate[0], reverse=True)
        continuations: list[tuple[int, int]] = []
        for total, row, token in candidates:
            if token == self._eot:
                self._record_finished(window, row, total)
            else:
                continuations.append((row, token))
            if len(continuations) == self._beam_size:
                break
        return continuations

    def _record_finished(self, window: int, row: int, total: float) -> None:
        if len(self._finished[window]) < self._beam_size:
            self._finished[window].append(Hypothesis(tuple(self.tokens[row].tolist()), total))


def _create_generator(seed: int, temperature: float, number: int, device: torch.device) -> torch.Generator:
    return torch.Generator(device=device).manual_seed(zlib.crc32(f"{seed}/{temperature}/{number}".encode()))
