"""Find the words of many windows at once, as openai-whisper finds those of one. How each step chooses: choosing.py."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer
from whisper.utils import compression_ratio

from transcripts.recognition.choosing import Beams, Choosing, Draws, Text
from transcripts.recognition.decoder_steps import DecoderRun, Heard
from transcripts.recognition.honesty import repeated_share
from transcripts.recognition.token_rules import TokenRules, rules_of


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one window, with the figures that tell how sure it is."""

    tokens: tuple[int, ...]  # with time stamps, without the end
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    temperature: float
    repeated_share: float = 0.0  # of its words, those that a loop says again; gzip sees none that fills only the end


@dataclass(frozen=True, slots=True)
class Search:
    """How to look: without a temperature the likeliest tokens are taken, with one they are drawn."""

    temperature: float = 0.0
    group: int = 1  # beams, or texts that are drawn of which the likeliest counts


class Searching:
    """Bound to a model, a language and the words that come before (the glossary)."""

    def __init__(self, model: Whisper, tokenizer: Tokenizer, prompt: Sequence[int] = ()) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._rules: TokenRules = rules_of(tokenizer, model.device)
        self._most_tokens = model.dims.n_text_ctx // 2
        before = [tokenizer.sot_prev, *prompt[-(self._most_tokens - 1) :]] if prompt else []
        self._start = [*before, *tokenizer.sot_sequence]
        self._sot_at = len(before)

    @torch.inference_mode()
    def search(
        self, heard: Heard, search: Search, seeds: Sequence[int], check: Callable[[], None] = lambda: None
    ) -> list[Found]:
        """One Found a window. `seeds`: one a window; what is drawn for it depends on nothing else.

        `check` is called before each token and may raise.
        """
        run = DecoderRun(self._model, heard, search.group, len(self._start) + self._most_tokens)
        logits, silences = self._begin(run, len(seeds) * search.group)
        choosing = self._choosing(search, seeds)
        for _ in range(self._steps()):
            check()
            self._rules.apply(logits, choosing.written)
            choosing.extend(logits, run)
            going = choosing.going()
            if not going.any():
                break
            if not going.all():
                stay = going.nonzero()[:, 0]
                run.keep(stay)
                choosing.keep(stay)
            logits = run.read(choosing.written[:, -1:])[:, -1]
        texts = choosing.texts()
        return [self._found(texts[n], silences[n * search.group], search.temperature) for n in range(len(seeds))]

    def _begin(self, run: DecoderRun, rows: int) -> tuple[torch.Tensor, list[float]]:
        """The logits after the start, and for each row how likely it is that nobody speaks."""
        start = torch.tensor(self._start, device=self._model.device).repeat(rows, 1)
        logits = run.read(start)
        silences = logits[:, self._sot_at].softmax(dim=-1)[:, self._tokenizer.no_speech]
        return logits[:, -1], silences.tolist()

    def _steps(self) -> int:
        room = self._model.dims.n_text_ctx - len(self._start) + 1
        return int(min(self._most_tokens, room))

    def _choosing(self, search: Search, seeds: Sequence[int]) -> Choosing:
        eot, device = self._tokenizer.eot, self._model.device
        if search.temperature == 0 and search.group > 1:
            return Beams(len(seeds), search.group, eot, device)
        return Draws(seeds, search.group, search.temperature, eot, device)

    def _found(self, texts: Sequence[Text], silence: float, temperature: float) -> Found:
        best = max(texts, key=lambda text: text.logprob / max(len(text.tokens), 1))
        text = self._tokenizer.decode(list(best.tokens)).strip()
        return Found(
            tokens=best.tokens,
            avg_logprob=best.logprob / (len(best.tokens) + 1),
            no_speech_prob=silence,
            compression_ratio=compression_ratio(text),
            temperature=temperature,
            repeated_share=repeated_share(text),
        )
