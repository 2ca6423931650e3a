"""Convert one of OpenAI's Whisper models to the folder that faster-whisper reads."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec, common_spec, transformer_spec
from ctranslate2.specs.attention_spec import MultiHeadAttentionSpec
from numpy.typing import NDArray
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcripts.model_store.faster_folders import PROVENANCE_FILE
from transcripts.model_store.faster_vocabulary import build_tokenizer, list_token_names
from transcripts.model_store.suppressed_tokens import list_suppressed_tokens
from transcripts.model_store.whisper_loading import load_whisper_model
from transcripts.model_store.whisper_weights import WeightsFile

StateDict = Mapping[str, NDArray[np.float32]]


def write_faster_model(weights: WeightsFile, folder: Path) -> None:
    """Half precision. The folder must be new or empty."""
    model = load_whisper_model(weights, "cpu")
    tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    folder.mkdir(parents=True, exist_ok=True)
    spec = build_spec(model, tokenizer)
    spec.validate()
    spec.optimize(quantization="float16")
    spec.save(str(folder))
    build_tokenizer(tokenizer).save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": model.dims.n_mels}))
    (folder / PROVENANCE_FILE).write_text(json.dumps({"name": weights.name, "sha256": weights.sha256}))


def build_spec(model: Whisper, tokenizer: Tokenizer) -> WhisperSpec:
    dims = model.dims
    spec = WhisperSpec(dims.n_audio_layer, dims.n_audio_head, dims.n_text_layer, dims.n_text_head)
    state = {name: values.float().numpy() for name, values in model.state_dict().items()}
    _fill_encoder(spec.encoder, state)
    _fill_decoder(spec.decoder, state)
    spec.register_vocabulary(list_token_names(tokenizer, dims.n_vocab))
    tokens = list_suppressed_tokens(tokenizer)
    spec.config.suppress_ids = tokens.never
    spec.config.suppress_ids_begin = tokens.at_start
    spec.config.alignment_heads = model.alignment_heads.indices().T.tolist()
    spec.config.lang_ids = list(tokenizer.all_language_tokens) if model.is_multilingual else []
    return spec


def _fill_encoder(spec: transformer_spec.TransformerEncoderSpec, state: StateDict) -> None:
    for name in ("conv1", "conv2"):
        _fill_linear(getattr(spec, name), state, f"encoder.{name}")
    spec.position_encodings.encodings = state["encoder.positional_embedding"]
    _fill_norm(spec.layer_norm, state, "encoder.ln_post")
    for number, layer in enumerate(spec.layer):
        _fill_layer(layer, state, f"encoder.blocks.{number}")


def _fill_decoder(spec: transformer_spec.TransformerDecoderSpec, state: StateDict) -> None:
    spec.embeddings.weight = state["decoder.token_embedding.weight"]
    spec.projection.weight = spec.embeddings.weight
    spec.position_encodings.encodings = state["decoder.positional_embedding"]
    _fill_norm(spec.layer_norm, state, "decoder.ln")
    for number, layer in enumerate(spec.layer):
        name = f"decoder.blocks.{number}"
        _fill_layer(layer, state, name)
        _fill_cross_attention(layer.attention, state, f"{name}.cross_attn")
        _fill_norm(layer.attention.layer_norm, state, f"{name}.cross_attn_ln")


def _fill_layer(
    layer: transformer_spec.TransformerEncoderLayerSpec | transformer_spec.TransformerDecoderLayerSpec,
    state: StateDict,
    name: str,
) -> None:
    attention = layer.self_attention
    _fill_concatenated(attention.linear[0], state, [f"{name}.attn.{part}" for part in ("query", "key", "value")])
    _fill_linear(attention.linear[1], state, f"{name}.attn.out")
    _fill_norm(attention.layer_norm, state, f"{name}.attn_ln")
    _fill_linear(layer.ffn.linear_0, state, f"{name}.mlp.0")
    _fill_linear(layer.ffn.linear_1, state, f"{name}.mlp.2")
    _fill_norm(layer.ffn.layer_norm, state, f"{name}.mlp_ln")


def _fill_cross_attention(attention: MultiHeadAttentionSpec, state: StateDict, name: str) -> None:
    _fill_linear(attention.linear[0], state, f"{name}.query")
    _fill_concatenated(attention.linear[1], state, [f"{name}.key", f"{name}.value"])
    _fill_linear(attention.linear[2], state, f"{name}.out")


def _fill_concatenated(spec: common_spec.LinearSpec, state: StateDict, names: list[str]) -> None:
    spec.weight = np.concatenate([state[f"{name}.weight"] for name in names])
    width = state[f"{names[0]}.weight"].shape[0]
    nothing = np.zeros(width, dtype=np.float32)
    spec.bias = np.concatenate([state.get(f"{name}.bias", nothing) for name in names])


def _fill_linear(spec: common_spec.LinearSpec | common_spec.Conv1DSpec, state: StateDict, name: str) -> None:
    spec.weight, spec.bias = state[f"{name}.weight"], state[f"{name}.bias"]


def _fill_norm(spec: common_spec.LayerNormSpec, state: StateDict, name: str) -> None:
    spec.gamma, spec.beta = state[f"{name}.weight"], state[f"{name}.bias"]
