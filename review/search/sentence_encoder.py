"""all-MiniLM-L6-v2 with numpy alone: a short query gets the vector that sentence-transformers gives, without torch.

BERT (Devlin et al. 2019) with 6 layers, 12 heads, mean pooling and unit length. Raises MeaningUnavailableError.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transcripts.mapping.similarity import (
    MAX_TOKENS,
    PINNED_SHA256,
    SimilarityUnavailableError,
    find_bundled_folder,
    verify_files,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float32]

LAYERS, HEADS = 6, 12
EPSILON = 1e-12


class MeaningUnavailableError(RuntimeError): ...


class SentenceEncoder:
    def __init__(self, folder: Path) -> None:
        import numpy as np
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        stored = load_file(str(folder / "model.safetensors"))
        self._weights: dict[str, Array] = {
            name: np.array(values, dtype=np.float32)  # a copy: as they are in the file, they are multiplied slowly
            for name, values in stored.items()
            if values.dtype.kind == "f"
        }
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def embed(self, text: str) -> "Array":
        """Shape (384,), of length 1. On one thread: several wait for one another longer than they calculate."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return self._encode_text(text)

    def _encode_text(self, text: str) -> "Array":
        ids = self._tokenizer.encode(text).ids
        hidden = self._embed_tokens(ids)
        for layer in range(LAYERS):
            hidden = self._apply_layer(hidden, f"encoder.layer.{layer}.")
        mean: Array = hidden.mean(axis=0)
        unit: Array = mean / (mean @ mean) ** 0.5
        return unit

    def _embed_tokens(self, ids: list[int]) -> "Array":
        words = self._weights["embeddings.word_embeddings.weight"][ids]
        positions = self._weights["embeddings.position_embeddings.weight"][: len(ids)]
        kinds = self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._normalise(words + positions + kinds, "embeddings.LayerNorm")

    def _apply_layer(self, hidden: "Array", name: str) -> "Array":
        attended = self._project(self._attend(hidden, name), f"{name}attention.output.dense")
        hidden = self._normalise(hidden + attended, f"{name}attention.output.LayerNorm")
        inner = _apply_gelu(self._project(hidden, f"{name}intermediate.dense"))
        return self._normalise(hidden + self._project(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _attend(self, hidden: "Array", name: str) -> "Array":
        """Multi-head attention: shapes (tokens, 384) -> (tokens, 384)."""
        import numpy as np

        query, key, value = (
            self._project(hidden, f"{name}attention.self.{part}").reshape(len(hidden), HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed: Array = (weights / weights.sum(axis=-1, keepdims=True)) @ value
        return mixed.transpose(1, 0, 2).reshape(len(hidden), -1)

    def _project(self, values: "Array", name: str) -> "Array":
        projected: Array = values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return projected

    def _normalise(self, values: "Array", name: str) -> "Array":
        centred = values - values.mean(axis=-1, keepdims=True)
        scaled = centred / (values.var(axis=-1, keepdims=True) + EPSILON) ** 0.5
        normalised: Array = scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return normalised


def _apply_gelu(values: "Array") -> "Array":
    import numpy as np
    from scipy.special import erf

    activated: Array = values * 0.5 * (1.0 + erf(values / np.sqrt(2.0)))
    return activated


@cache
def load_encoder() -> SentenceEncoder:
    """Once in a process; the files are checked first."""
    try:
        folder = find_bundled_folder()
        verify_files(folder, PINNED_SHA256.items())
        return SentenceEncoder(folder)
    except (SimilarityUnavailableError, ImportError) as error:
        raise MeaningUnavailableError(str(error)) from error
