"""Run the mapping of one transcript with the language model that the settings name. Only workers call it."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import NotReadyError
from core.settings import Settings, current_settings
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.model_store import sentence_weights
from transcripts.model_store.installed_models import get_weights_folder
from transcripts.passages.suggestions import MappingRequest

if TYPE_CHECKING:
    from transcripts.mapping.similarity import Similarity


def run_mapping(request: MappingRequest) -> SpeechMapping:
    """Raises NotReadyError while the language model is missing."""
    return map_speech(
        request.segments,
        request.schedule,
        similarity=_get_similarity(current_settings()),
        written=request.written,
        reviewed=request.reviewed,
        markers=request.markers,
        decisions=request.decisions,
        language=request.language,
    )


def _get_similarity(settings: Settings) -> "Similarity":
    from transcripts.mapping.similarity import SimilarityUnavailableError

    weights_folder = get_weights_folder(settings)
    try:
        return _load_similarity(
            settings.embedding_model,
            weights_folder,
            is_large_installed=sentence_weights.find_sentence_model(weights_folder) is not None,
        )
    except SimilarityUnavailableError as error:
        raise NotReadyError(
            f"{error} The transcript is kept, and will be matched to questions as soon as the model is installed."
        ) from error


@lru_cache(maxsize=1)
def _load_similarity(
    model: str | None,
    weights_folder: Path,
    *,
    is_large_installed: bool,  # noqa: ARG001 part of the cache key
) -> "Similarity":
    from transcripts.mapping.similarity import load_similarity

    return load_similarity(model, weights_folder)
