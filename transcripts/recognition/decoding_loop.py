"""Decode many windows at once, as openai-whisper decodes one. decoders.py chooses each token."""

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
    tokens: tuple[int, ...]  # with timestamps, without the end token
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    temperature: float
    repeated_share: float = 0.0  # of its words, those repeated by a loop; gzip misses a loop at the end only


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """At temperature 0 the likeliest tokens are chosen, above 0 they are sampled."""

    temperature: float = 0.0
    group_size: int = 1  # beams, or sampled texts of which the likeliest counts


class DecodingLoop:
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
        """`seeds`: one per window; sampling depends on nothing else. `check` runs before each token and may raise."""
        run = DecoderRun(self._model, cache, options.group_size, len(self._initial_tokens) + self._max_tokens)
        logits, no_speech_probs = self._compute_first_logits(run, len(seeds) * options.group_size)
        decoder = self._create_decoder(options, seeds)
        for _ in range(self._count_steps()):
            check()
            self._rules.apply(logits, decoder.tokens)
            decoder.update(logits, run)
            is_unfinished = decoder.find_unfinished_windows()
            if not is_unfinished.any():
                break
            if not is_unfinished.all():
                unfinished = is_unfinished.nonzero()[:, 0]
                run.keep_windows(unfinished)
                decoder.keep_windows(unfinished)
            logits = run.compute_logits(decoder.tokens[:, -1:])[:, -1]
        hypotheses = decoder.finalise()
        return [
            self._build_result(hypotheses[n], no_speech_probs[n * options.group_size], options.temperature)
            for n in range(len(seeds))
        ]

    def _compute_first_logits(self, run: DecoderRun, rows: int) -> tuple[torch.Tensor, list[float]]:
        start = torch.tensor(self._initial_tokens, device=self._model.device).repeat(rows, 1)
        logits = run.compute_logits(start)
        no_speech_probs = logits[:, self._sot_index].softmax(dim=-1)[:, self._tokenizer.no_speech]
        return logits[:, -1], no_speech_probs.tolist()

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
