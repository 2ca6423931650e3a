"""Load a Whisper model from OpenAI's file or from faster-whisper's, with the alignment heads that OpenAI chose for it.

openai-whisper sets those heads only for models that it downloaded by name. We find the name by the file's hash or, for
weights that were converted, by that of the tensors.
"""

import hashlib
from collections.abc import Mapping

import torch
import whisper
from torch import Tensor
from whisper.model import Whisper

from transcripts.model_store.faster_weights import UnreadableWeightsError
from transcripts.model_store.model_facts import MissingWeightsError
from transcripts.model_store.whisper_rebuilding import load_rebuilt_model
from transcripts.model_store.whisper_weights import WeightsFile, find_model_name

CALCULATED_TENSOR = "encoder.positional_embedding"  # sines: not learnt, so that converters may write them differently
# SHA-256 of the tensors of published models (compute_tensors_sha256), whatever file they come from
TENSORS_SHA256 = {
    "base": "78104943b94764d17f98b259b29b1723105692b7cff0c599bb72812fd48d48a0",
    "tiny.en": "1bcf2464094c4740eb4af9e902778a2f169df1a3a627557f4e534411aa808d76",
}


def load_whisper_model(weights: WeightsFile, device: str | torch.device) -> Whisper:
    """Raises MissingWeightsError if the file cannot be used."""
    try:
        model = load_rebuilt_model(weights.path).to(device) if weights.is_for_faster_whisper else _load(weights, device)
    except UnreadableWeightsError as error:
        raise MissingWeightsError(f"The model “{weights.name}” cannot be used: {error}") from error
    name = find_model_name(weights.sha256) or find_name_by_tensors(model.state_dict())
    if name is not None:
        _set_alignment_heads(model, name)
    return model


def _set_alignment_heads(model: Whisper, name: str) -> None:
    try:
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
    except RuntimeError as error:
        raise MissingWeightsError(
            f"The model cannot be used: its folder says that it is {name}, but it is not."
        ) from error


def find_name_by_tensors(state: Mapping[str, Tensor]) -> str | None:
    sha256 = compute_tensors_sha256(state)
    return next((name for name, known in TENSORS_SHA256.items() if known == sha256), None)


def compute_tensors_sha256(state: Mapping[str, Tensor]) -> str:
    """Of names, shapes and half-precision values, in the order of names."""
    digest = hashlib.sha256()
    for name in sorted(state.keys() - {CALCULATED_TENSOR}):
        digest.update(f"{name} {tuple(state[name].shape)}\n".encode())
        digest.update(state[name].half().cpu().contiguous().numpy().astype("<f2", copy=False).data)
    return digest.hexdigest()


def _load(weights: WeightsFile, device: str | torch.device) -> Whisper:
    return whisper.load_model(str(weights.path), device=device)
