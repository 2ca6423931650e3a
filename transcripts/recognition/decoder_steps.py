"""Run Whisper's decoder token by token for many windows at once. decoding_loop.py chooses the next token.

Uses the weights and modules of openai-whisper's model with our own caches: the keys and values of written tokens are in
one block that grows in place, and those of the audio are calculated once per window, however many beams use them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import gelu, scaled_dot_product_attention
from whisper.model import MultiHeadAttention, ResidualAttentionBlock, Whisper

from transcripts.audio.streams import CancelCheck

SMALLEST_LOG = -87.0  # of a number that a float represents in full precision


@dataclass(frozen=True, slots=True)
class CrossAttentionCache:
    """Keys and values for each layer of the decoder, each of shape (windows, heads, frames, width of a head)."""

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]

    def select_windows(self, windows: Tensor) -> "CrossAttentionCache":
        return CrossAttentionCache(
            tuple(key[windows] for key in self.keys), tuple(value[windows] for value in self.values)
        )


@torch.inference_mode()
def encode_and_allocate_cache(
    model: Whisper, mels: Tensor, check: CancelCheck = lambda: None, batch_size: int = 0
) -> CrossAttentionCache:
    """`mels`: shape (windows, mel bands, 3000); `batch_size` 0: encode all at once.

    `check` is called before each layer and may raise.
    """
    cache = _allocate_cache(model, len(mels))
    batch_size = batch_size or len(mels)
    for first in range(0, len(mels), batch_size):
        part = slice(first, first + batch_size)
        features = encode_mels(model, mels[part], check)
        for layer, block in enumerate(model.decoder.blocks):
            attention = _get_cross_attention(block)
            cache.keys[layer][part] = _split_heads(attention, attention.key(features))
            cache.values[layer][part] = _split_heads(attention, attention.value(features))
    return cache


def _allocate_cache(model: Whisper, windows: int) -> CrossAttentionCache:
    """Filled part by part: concatenating the parts at the end would need twice the memory."""
    dims, weight = model.dims, model.encoder.conv1.weight
    shape = (windows, dims.n_text_head, dims.n_audio_ctx, dims.n_text_state // dims.n_text_head)
    keys, values = (tuple(weight.new_empty(shape) for _ in model.decoder.blocks) for _ in range(2))
    return CrossAttentionCache(keys, values)


def encode_mels(model: Whisper, mels: Tensor, check: CancelCheck) -> Tensor:
    """`model.encoder` in the model's own precision: shape (windows, 1500, width)."""
    encoder = model.encoder
    x = gelu(encoder.conv1(mels.to(model.device, encoder.conv1.weight.dtype)))
    x = gelu(encoder.conv2(x)).permute(0, 2, 1)
    x = (x + encoder.positional_embedding).to(x.dtype)
    for block in encoder.blocks:
        check()
        x = block(x)
    features: Tensor = encoder.ln_post(x)
    return features


class DecoderRun:
    """One run over `windows × group_size` rows; the rows of a window are consecutive."""

    def __init__(self, model: Whisper, cache: CrossAttentionCache, group_size: int, max_tokens: int) -> None:
        self._model, self._cache, self._group_size, self._length = model, cache, group_size, 0
        rows = cache.keys[0].shape[0] * group_size
        heads, width = cache.keys[0].shape[1], cache.keys[0].shape[3]
        shape = (rows, heads, min(max_tokens, model.dims.n_text_ctx), width)
        blocks = model.decoder.blocks
        self._keys = [cache.keys[0].new_empty(shape) for _ in blocks]
        self._values = [cache.keys[0].new_empty(shape) for _ in blocks]

    def compute_logits(self, tokens: Tensor) -> Tensor:
        """Append tokens, shape (rows, n), and return the logits after each: shape (rows, n, vocabulary)."""
        return project_logits(self._model, self.compute_states(tokens))

    def compute_states(self, tokens: Tensor) -> Tensor:
        """Append tokens and return the decoder's last states: shape (rows, n, width)."""
        decoder, count = self._model.decoder, tokens.shape[1]
        positions = decoder.positional_embedding[self._length : self._length + count]
        x = (decoder.token_embedding(tokens) + positions).to(self._keys[0].dtype)
        for layer, block in enumerate(decoder.blocks):
            x = x + self._attend_to_tokens(layer, block.attn, block.attn_ln(x))
            x = x + self._attend_to_audio(layer, _get_cross_attention(block), block.cross_attn_ln(x))
            x = x + block.mlp(block.mlp_ln(x))
        self._length += count
        states: Tensor = decoder.ln(x)
        return states

    def reorder(self, rows: Tensor) -> None:
        """Row n continues from what row `rows[n]` was, within its window."""
        for cache in (self._keys, self._values):
            for layer, block in enumerate(cache):
                block[:, :, : self._length] = block[rows, :, : self._length]
                cache[layer] = block

    def keep_windows(self, windows: Tensor) -> None:
        rows = (windows[:, None] * self._group_size + torch.arange(self._group_size, device=windows.device)).flatten()
        self._cache = self._cache.select_windows(windows)
        self._keys = [block[rows] for block in self._keys]
        self._values = [block[rows] for block in self._values]

    def _attend_to_tokens(self, layer: int, attention: MultiHeadAttention, x: Tensor) -> Tensor:
        end = self._length + x.shape[1]
        self._keys[layer][:, :, self._length : end] = _split_heads(attention, attention.key(x))
        self._values[layer][:, :, self._length : end] = _split_heads(attention, attention.value(x))
        keys, values = self._keys[layer][:, :, :end], self._values[layer][:, :, :end]
        is_start = x.shape[1] > 1  # tokens are read in one go only at the start
        out = scaled_dot_product_attention(
            _split_heads(attention, attention.query(x)), keys, values, is_causal=is_start
        )
        return _merge_heads(attention, out)

    def _attend_to_audio(self, layer: int, attention: MultiHeadAttention, x: Tensor) -> Tensor:
        rows, count, state = x.shape
        queries = attention.query(x).view(rows // self._group_size, self._group_size * count, state)
        cache = self._cache
        out = scaled_dot_product_attention(_split_heads(attention, queries), cache.keys[layer], cache.values[layer])
        return _merge_heads(attention, out).view(rows, count, state)


def project_logits(model: Whisper, states: Tensor) -> Tensor:
    """Shape (..., width) -> shape (..., vocabulary)."""
    logits: Tensor = (states @ model.decoder.token_embedding.weight.to(states.dtype).T).float()
    return logits


def clamped_logsumexp(logits: Tensor) -> Tensor:
    """Along the last dimension, which needs a finite value. Denormal numbers add nothing, but are slow on a CPU."""
    most = logits.amax(dim=-1, keepdim=True)
    return (logits - most).clamp_(min=SMALLEST_LOG).exp_().sum(dim=-1).log_().add_(most[..., 0])


class AlignmentRun(DecoderRun):
    """Keeps the queries of the alignment heads; their weights are large, so they are calculated window by window."""

    def __init__(self, model: Whisper, cache: CrossAttentionCache, max_tokens: int) -> None:
        super().__init__(model, cache, group_size=1, max_tokens=max_tokens)
        self._queries: dict[int, Tensor] = {}
        self._alignment_heads: dict[int, list[int]] = {}
        for layer, head in model.alignment_heads.indices().T.tolist():
            self._alignment_heads.setdefault(layer, []).append(head)

    def compute_qk(self, window: int, tokens: int, frames: int) -> Tensor:
        """Weights before softmax, shape (alignment heads, tokens, frames)."""
        qk = []
        for layer, queries in self._queries.items():
            keys = self._cache.keys[layer][window, self._alignment_heads[layer], :frames]
            scale = queries.shape[-1] ** -0.25  # on both sides, as Whisper does: half precision would overflow
            qk.append(((queries[window, :, :tokens] * scale) @ (keys * scale).transpose(-1, -2)).float())
        return torch.cat(qk)

    def _attend_to_audio(self, layer: int, attention: MultiHeadAttention, x: Tensor) -> Tensor:
        if heads := self._alignment_heads.get(layer):
            self._queries[layer] = _split_heads(attention, attention.query(x))[:, heads]
        return super()._attend_to_audio(layer, attention, x)


def _split_heads(attention: MultiHeadAttention, x: Tensor) -> Tensor:
    return x.view(*x.shape[:2], attention.n_head, -1).transpose(1, 2)


def _merge_heads(attention: MultiHeadAttention, x: Tensor) -> Tensor:
    out: Tensor = attention.out(x.transpose(1, 2).flatten(start_dim=2))
    return out


def _get_cross_attention(block: ResidualAttentionBlock) -> MultiHeadAttention:
    attention = block.cross_attn
    assert attention is not None  # the decoder's blocks have one
    return attention
