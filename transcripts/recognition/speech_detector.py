"""The probability of speech at each moment: silero-vad's network, for many blocks of sound at once.

The package runs it block by block, which takes fifteen times as long. Only its LSTM depends on the previous block:
everything before it is calculated for all blocks at once, and the LSTM as one sequence. Same figures to 1e-4.
"""

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

BLOCK_SAMPLES = 512  # of one decision, at 16 kHz
CONTEXT_SAMPLES = 64  # of the previous block, which are input again
HIDDEN_SIZE = 128  # of its LSTM


class SpeechDetector:
    """For one sound from its start, in parts of any whole number of blocks."""

    def __init__(self) -> None:
        self._network, self._lstm = _load_network(), _build_lstm()
        self._context = torch.zeros(CONTEXT_SAMPLES)
        self._state: tuple[Tensor, Tensor] | None = None

    @torch.inference_mode()
    def compute_probabilities(self, samples: Tensor) -> Tensor:
        """Of speech in each block: shape (n * BLOCK_SAMPLES,) -> (n,)."""
        sound = torch.cat([self._context, samples])
        self._context = sound[-CONTEXT_SAMPLES:]
        network = self._network
        spectra = network.stft(sound.unfold(0, CONTEXT_SAMPLES + BLOCK_SAMPLES, BLOCK_SAMPLES))
        seen = network.encoder(spectra)[:, None, :, 0]
        remembered, self._state = self._lstm(seen, self._state)
        shares: Tensor = network.decoder.decoder(remembered[:, 0, :, None]).squeeze(1).mean(dim=1)
        return shares


@lru_cache(maxsize=1)
def _load_network() -> Any:
    from silero_vad import load_silero_vad

    return load_silero_vad(onnx=False)._model


@lru_cache(maxsize=1)
def _build_lstm() -> torch.nn.LSTM:
    cell, layer = _load_network().decoder.rnn, torch.nn.LSTM(HIDDEN_SIZE, HIDDEN_SIZE)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    layer.load_state_dict({f"{name}_l0": getattr(cell, name) for name in names})
    return layer
