"""The voice encoder: a recurrent network that gives similar vectors to the same voice, no matter what is said.

Trained with the generalised end-to-end loss (Wan et al. 2018); the weights are those of Resemblyzer (Apache-2.0).
Vectors are never stored: they are deleted with the job that calculated them.
"""

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from transcripts.model_store.model_facts import MissingWeightsError
from transcripts.speakers.mel_power import MEL_BANDS

UNITS = 256
LAYERS = 3
BATCH_SIZE = 64
LEARNT_PARTS = ("lstm.", "linear.")  # the file also holds the training's own figures

Vectors = NDArray[np.float32]


class VoiceEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(MEL_BANDS, UNITS, LAYERS, batch_first=True)
        self.linear = nn.Linear(UNITS, UNITS)

    def forward(self, mels: Tensor) -> Tensor:
        """(windows, frames, MEL_BANDS) to unit vectors, (windows, UNITS)."""
        _, (hidden, _) = self.lstm(mels)
        return nn.functional.normalize(torch.relu(self.linear(hidden[-1])), dim=1)

    def embed(self, mels: NDArray[np.float32]) -> Vectors:
        with torch.inference_mode():
            vectors = [self(torch.from_numpy(mels[at : at + BATCH_SIZE])) for at in range(0, len(mels), BATCH_SIZE)]
        embedded: Vectors = torch.cat([torch.empty(0, UNITS), *vectors]).numpy()
        return embedded


def load_voice_encoder(path: Path) -> VoiceEncoder:
    """`path`: weights whose SHA-256 was checked. Raises MissingWeightsError."""
    encoder = VoiceEncoder()
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
        encoder.load_state_dict({name: value for name, value in state.items() if name.startswith(LEARNT_PARTS)})
    except (OSError, RuntimeError, LookupError, ValueError, EOFError, UnpicklingError) as error:
        raise MissingWeightsError(f"{path.name} cannot be read as weights of the voice encoder.") from error
    return encoder.eval()
