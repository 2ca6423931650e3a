"""openai-whisper's weights from faster-whisper's: the inverse of faster_conversion.py, exact in half precision."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import count
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from whisper.model import ModelDimensions, Whisper

from transcripts.model_store.faster_weights import UnreadableWeightsError, Variables, read_variables

# faster-whisper's name, and how many of openai-whisper's tensors it joins
SELF_ATTENTION = {"linear_0": ("query", "key", "value"), "linear_1": ("out",)}
CROSS_ATTENTION = {"linear_0": ("query",), "linear_1": ("key", "value"), "linear_2": ("out",)}
WITHOUT_BIAS = "key"  # faster-whisper has zeros there
HALF_PRECISION = np.dtype("<f2")


def load_rebuilt_model(model_bin: Path) -> Whisper:
    """In full precision, as openai-whisper loads its own files. Raises UnreadableWeightsError."""
    dims, state = read_whisper_state(model_bin)
    model = Whisper(dims)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise UnreadableWeightsError(f"{model_bin} does not have the tensors of a Whisper model.") from error
    return model


def write_whisper_file(model_bin: Path, target: Path) -> None:
    """A file that openai-whisper loads by its path. Raises UnreadableWeightsError."""
    model = load_rebuilt_model(model_bin).half()
    torch.save({"dims": asdict(model.dims), "model_state_dict": model.state_dict()}, target)


def read_whisper_state(model_bin: Path) -> tuple[ModelDimensions, dict[str, Tensor]]:
    """The tensors have half precision, as in OpenAI's own files. Raises UnreadableWeightsError."""
    variables = read_variables(model_bin)
    try:
        state = _build_encoder(variables) | _build_decoder(variables)
        dims = _find_dimensions(variables)
    except (KeyError, IndexError, ValueError) as error:
        raise UnreadableWeightsError(f"{model_bin} is not a Whisper model of CTranslate2: {error}.") from error
    if any(values.dtype != HALF_PRECISION for values in state.values()):
        raise UnreadableWeightsError(f"{model_bin} is not in half precision (float16), which this engine needs.")
    return dims, {name: torch.from_numpy(values.copy()) for name, values in state.items()}


def _find_dimensions(variables: Variables) -> ModelDimensions:
    conv, embeddings = variables["encoder/conv1/weight"], variables["decoder/embeddings/weight"]
    return ModelDimensions(
        n_mels=conv.shape[1],
        n_audio_ctx=variables["encoder/position_encodings/encodings"].shape[0],
        n_audio_state=conv.shape[0],
        n_audio_head=_count_heads(variables, "encoder"),
        n_audio_layer=_count_layers(variables, "encoder"),
        n_vocab=embeddings.shape[0],
        n_text_ctx=variables["decoder/position_encodings/encodings"].shape[0],
        n_text_state=embeddings.shape[1],
        n_text_head=_count_heads(variables, "decoder"),
        n_text_layer=_count_layers(variables, "decoder"),
    )


def _count_heads(variables: Variables, part: str) -> int:
    heads, width = int(variables[f"{part}/num_heads"]), variables[f"{part}/position_encodings/encodings"].shape[1]
    if heads < 1 or width % heads:
        raise ValueError(f"{heads} heads cannot share a width of {width}")
    return heads


def _count_layers(variables: Variables, part: str) -> int:
    return next(n for n in count() if f"{part}/layer_{n}/ffn/linear_0/weight" not in variables)


def _build_encoder(variables: Variables) -> dict[str, NDArray[np.generic]]:
    state = {"encoder.positional_embedding": variables["encoder/position_encodings/encodings"]}
    for name in ("conv1", "conv2"):
        state |= _read_linear(variables, f"encoder/{name}", f"encoder.{name}")
    state |= _read_norm(variables, "encoder/layer_norm", "encoder.ln_post")
    for number in range(_count_layers(variables, "encoder")):
        state |= _read_layer(variables, f"encoder/layer_{number}", f"encoder.blocks.{number}")
    return state


def _build_decoder(variables: Variables) -> dict[str, NDArray[np.generic]]:
    state = {
        "decoder.positional_embedding": variables["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": variables["decoder/embeddings/weight"],
    }
    state |= _read_norm(variables, "decoder/layer_norm", "decoder.ln")
    for number in range(_count_layers(variables, "decoder")):
        source, target = f"decoder/layer_{number}", f"decoder.blocks.{number}"
        state |= _read_layer(variables, source, target)
        state |= _read_attention(variables, f"{source}/attention", f"{target}.cross_attn", CROSS_ATTENTION)
        state |= _read_norm(variables, f"{source}/attention/layer_norm", f"{target}.cross_attn_ln")
    return state


def _read_layer(variables: Variables, source: str, target: str) -> dict[str, NDArray[np.generic]]:
    return {
        **_read_attention(variables, f"{source}/self_attention", f"{target}.attn", SELF_ATTENTION),
        **_read_norm(variables, f"{source}/self_attention/layer_norm", f"{target}.attn_ln"),
        **_read_linear(variables, f"{source}/ffn/linear_0", f"{target}.mlp.0"),
        **_read_linear(variables, f"{source}/ffn/linear_1", f"{target}.mlp.2"),
        **_read_norm(variables, f"{source}/ffn/layer_norm", f"{target}.mlp_ln"),
    }


def _read_attention(
    variables: Variables, source: str, target: str, joined: Mapping[str, tuple[str, ...]]
) -> dict[str, NDArray[np.generic]]:
    state = {}
    for linear, names in joined.items():
        weights = np.split(variables[f"{source}/{linear}/weight"], len(names))
        biases = np.split(variables[f"{source}/{linear}/bias"], len(names))
        for name, weight, bias in zip(names, weights, biases, strict=True):
            state[f"{target}.{name}.weight"] = weight
            if name != WITHOUT_BIAS:
                state[f"{target}.{name}.bias"] = bias
            elif np.any(bias):
                raise ValueError(f"{source}/{linear} has a bias where Whisper has none")
    return state


def _read_linear(variables: Variables, source: str, target: str) -> dict[str, NDArray[np.generic]]:
    return {f"{target}.{part}": variables[f"{source}/{part}"] for part in ("weight", "bias")}


def _read_norm(variables: Variables, source: str, target: str) -> dict[str, NDArray[np.generic]]:
    return {f"{target}.weight": variables[f"{source}/gamma"], f"{target}.bias": variables[f"{source}/beta"]}
