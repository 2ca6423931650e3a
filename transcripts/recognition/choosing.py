"""How each row goes on from its logits: the likeliest token, one that is drawn, or the best of several beams."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from transcripts.recognition.decoder_steps import DecoderRun, log_total


@dataclass(frozen=True, slots=True)
class Text:
    tokens: tuple[int, ...]  # without the end
    logprob: float  # of all of them and the end


class Choosing(Protocol):
    """Rows lie window by window. Windows are numbered as they are in the run; `texts` has all that there ever were."""

    written: Tensor  # shape (rows, n)

    def extend(self, logits: Tensor, run: DecoderRun) -> None:
        """Append one token to each row; beams may reorder the run's rows."""
        ...

    def going(self) -> Tensor:
        """Which windows are not done, shape (windows,)."""
        ...

    def keep(self, windows: Tensor) -> None:
        """Go on with these windows alone."""
        ...

    def texts(self) -> list[list[Text]]:
        """By window of the start, what was written for it."""
        ...


class Draws:
    """Each row by itself: the likeliest token, or with a temperature one that is drawn."""

    def __init__(self, seeds: Sequence[int], group: int, temperature: float, eot: int, device: torch.device) -> None:
        rows = len(seeds) * group
        self.written = torch.empty((rows, 0), dtype=torch.long, device=device)
        self._group, self._temperature, self._eot = group, temperature, eot
        self._sums = torch.zeros(rows, device=device)
        self._rows = torch.arange(rows, device=device)  # which row of the start each one is
        self._generators = [_generator(seed, temperature, n, device) for seed in seeds for n in range(group)]
        self._done: list[Text | None] = [None] * rows

    def extend(self, logits: Tensor, run: DecoderRun) -> None:  # noqa: ARG002 no row goes on as another
        chosen = self._chosen(logits)
        logprobs = logits.gather(1, chosen[:, None])[:, 0] - log_total(logits)
        ended = self._ended()
        self._sums = torch.where(ended, self._sums, self._sums + logprobs)
        self.written = torch.cat([self.written, torch.where(ended, self._eot, chosen)[:, None]], dim=1)

    def going(self) -> Tensor:
        return ~self._ended().view(-1, self._group).all(dim=1)

    def keep(self, windows: Tensor) -> None:
        self._note_texts()
        rows = (windows[:, None] * self._group + torch.arange(self._group, device=windows.device)).flatten()
        self.written, self._sums, self._rows = self.written[rows], self._sums[rows], self._rows[rows]

    def texts(self) -> list[list[Text]]:
        self._note_texts()
        done = [text or Text((), 0.0) for text in self._done]
        return [done[n : n + self._group] for n in range(0, len(done), self._group)]

    def _note_texts(self) -> None:
        for row, tokens, total in zip(self._rows.tolist(), self.written.tolist(), self._sums.tolist(), strict=True):
            end = tokens.index(self._eot) if self._eot in tokens else len(tokens)
            self._done[row] = Text(tuple(tokens[:end]), total)

    def _ended(self) -> Tensor:
        if not self.written.shape[1]:
            return torch.zeros(len(self.written), dtype=torch.bool, device=self.written.device)
        return self.written[:, -1] == self._eot

    def _chosen(self, logits: Tensor) -> Tensor:
        if self._temperature == 0:
            return logits.argmax(dim=1)
        shares = (logits / self._temperature).softmax(dim=1)
        drawn = [
            torch.multinomial(share, 1, generator=self._generators[row])
            for share, row in zip(shares, self._rows.tolist(), strict=True)
        ]
        return torch.cat(drawn)


class Beams:
    """Beam search with openai-whisper's rules: as many texts as beams are finished, then the window is done."""

    def __init__(self, windows: int, beams: int, eot: int, device: torch.device) -> None:
        self.written = torch.empty((windows * beams, 0), dtype=torch.long, device=device)
        self._beams, self._eot = beams, eot
        self._sums = torch.zeros(windows * beams, device=device)
        self._here = list(range(windows))
        self._finished: list[list[Text]] = [[] for _ in range(windows)]

    def extend(self, logits: Tensor, run: DecoderRun) -> None:
        logprobs = logits - log_total(logits)[:, None]
        totals, tokens = logprobs.topk(self._beams + 1, dim=1)
        totals = (totals + self._sums[:, None]).cpu()
        sources: list[int] = []
        chosen: list[int] = []
        for place, window in enumerate(self._here):
            for row, token in self._best(place, window, totals, tokens.cpu()):
                sources.append(row)
                chosen.append(token)
        rows = torch.tensor(sources, device=logits.device)
        picked = torch.tensor(chosen, device=logits.device)
        self._sums = self._sums[rows] + logprobs[rows, picked]
        self.written = torch.cat([self.written[rows], picked[:, None]], dim=1)
        run.reorder(rows)

    def going(self) -> Tensor:
        is_going = [len(self._finished[window]) < self._beams for window in self._here]
        return torch.tensor(is_going, device=self.written.device)

    def keep(self, windows: Tensor) -> None:
        rows = (windows[:, None] * self._beams + torch.arange(self._beams, device=windows.device)).flatten()
        self.written, self._sums = self.written[rows], self._sums[rows]
        self._here = [self._here[n] for n in windows.tolist()]

    def texts(self) -> list[list[Text]]:
        """Where too few were finished, the likeliest unfinished ones count too."""
        for place, window in enumerate(self._here):
            rows = range(place * self._beams, (place + 1) * self._beams)
            for row in sorted(rows, key=lambda row: float(self._sums[row]), reverse=True):
                if len(self._finished[window]) < self._beams:
                    self._finished[window].append(Text(tuple(self.written[row].tolist()), float(self._sums[row])))
        return self._finished

    def _best(self, place: int, window: int, totals: Tensor, tokens: Tensor) -> list[tuple[int, int]]:
        """The rows and tokens with which a window goes on; what ends on the way there is finished."""
        first = place * self._beams
        is_start = self.written.shape[1] == 0  # all beams are equal then: one of them speaks for all
        rows = [first] if is_start else list(range(first, first + self._beams))
        candidates = [
            (float(total), row, int(token))
            for row in rows
            for total, token in zip(totals[row], tokens[row], strict=True)
        ]
        candidates.sort(key=lambda candidate: candidate[0], reverse=True)
        going: list[tuple[int, int]] = []
        for total, row, token in candidates:
            if token == self._eot:
                self._finish(window, row, total)
            else:
                going.append((row, token))
            if len(going) == self._beams:
                break
        return going

    def _finish(self, window: int, row: int, total: float) -> None:
        if len(self._finished[window]) < self._beams:
            self._finished[window].append(Text(tuple(self.written[row].tolist()), total))


def _generator(seed: int, temperature: float, number: int, device: torch.device) -> torch.Generator:
    """What one text is drawn with: the same for the same window, temperature and number, whatever else is drawn."""
    mark = zlib.crc32(f"{seed}/{temperature}/{number}".encode())
    return torch.Generator(device=device).manual_seed(mark)
