"""Find the words of many windows at once, as openai-whisper finds those of one. How each step chooses: choosing.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer
from whisper.utils import compression_ratio

from transcripts.audio.streams import CancelCheck
from transcripts.recognition.decoder_steps import CrossAttentionCache, DecoderRun
from transcripts.recognition.decoders import BeamSearchDecoder, Hypothesis, SamplingDecoder, TokenDecoder
from transcripts.recognition.hallucinations import compute_repeated_share
from transcripts.recognition.token_rules import TokenRules, build_token_rules


@dataclass(frozen=True, slots=True)
class DecodedWindow:
    """What was found in one window, with the figures that tell how sure it is."""

    tokens: tuple[int, ...]  # with time stamps, without the end
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    temperature: float
    repeated_share: float = 0.0  # of its words, those that a loop says again; gzip sees none that fills only the end


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to look: without a temperature the likeliest tokens are taken, with one they are drawn."""

    temperature: float = 0.0
    group_size: int = 1  # beams, or texts that are drawn of which the likeliest counts


class DecodingLoop:
    """Bound to a model, a language and the words that come before (the glossary)."""

    def __init__(self, model: Whisper, tokenizer: Tokenizer, prompt: Sequence[int] = ()) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._rules: TokenRules = build_token_rules(tokenizer, model.device)
        self._max_tokens = model.dims.n_text_ctx // 2
        before = [tokenizer.sot_prev, *prompt[-(self._max_tokens - 1) :]] if prompt else []
        self._initial_tokens = [*before, *tokenizer.sot_sequence]
        self._sot_index = len(before)

    @torch.inference_mode()
    def run(
        self,
        cache: CrossAttentionCache,
        options: SearchOptions,
        seeds: Sequence[int],
        check: CancelCheck = lambda: None,
    ) -> list[DecodedWindow]:
        """One Found a window. `seeds`: one a window; what is drawn for it depends on nothing else.

        `check` is called before each token and may raise.
        """
        run = DecoderRun(self._model, cache, options.group_size, len(self._initial_tokens) + self._max_tokens)
        logits, silences = self._compute_first_logits(run, len(seeds) * options.group_size)
        choosing = self._create_decoder(options, seeds)
        for _ in range(self._count_steps()):
            check()
            self._rules.apply(logits, choosing.tokens)
            choosing.update(logits, run)
            going = choosing.find_unfinished_windows()
            if not going.any():
                break
            if not going.all():
                stay = going.nonzero()[:, 0]
                run.keep_windows(stay)
                choosing.keep_windows(stay)
            logits = run.compute_logits(choosing.tokens[:, -1:])[:, -1]
        texts = choosing.finalise()
        return [
            self._build_result(texts[n], silences[n * options.group_size], options.temperature)
            for n in range(len(seeds))
        ]

    def _compute_first_logits(self, run: DecoderRun, rows: int) -> tuple[torch.Tensor, list[float]]:
        """The logits after the start, and for each row how likely it is that nobody speaks."""
        start = torch.tensor(self._initial_tokens, device=self._model.device).repeat(rows, 1)
        logits = run.compute_logits(start)
        silences = logits[:, self._sot_index].softmax(dim=-1)[:, self._tokenizer.no_speech]
        return logits[:, -1], silences.tolist()

    def _count_steps(self) -> int:
        room = self._model.dims.n_text_ctx - len(self._initial_tokens) + 1
        return int(min(self._max_tokens, room))

    def _create_decoder(self, options: SearchOptions, seeds: Sequence[int]) -> TokenDecoder:
        eot, device = self._tokenizer.eot, self._model.device
        if options.temperature == 0 and options.group_size > 1:
            return BeamSearchDecoder(len(seeds), options.group_size, eot, device)
        return SamplingDecoder(seeds, options.group_size, options.temperature, eot, device)

    def _build_result(
        self, hypotheses: Sequence[Hypothesis], no_speech_prob: float, temperature: float
    ) -> DecodedWindow:
        best = max(hypotheses, key=lambda text: text.sum_logprob / max(len(text.tokens), 1))
        text = self._tokenizer.decode(list(best.tokens)).strip()
        return DecodedWindow(
            tokens=best.tokens,
            avg_logprob=best.sum_logprob / (len(best.tokens) + 1),
            no_speech_prob=no_speech_prob,
            compression_ratio=compression_ratio(text),
            temperature=temperature,
            repeated_share=compute_repeated_share(text),
        )
