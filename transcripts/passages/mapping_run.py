"""Run the mapping of one transcript with the language model that the settings name. Only workers call it."""

from functools import lru_cache
from typing import TYPE_CHECKING

from core.errors import NotReadyError
from core.settings import current_settings
from transcripts.mapping import SpeechMapping, map_speech
from transcripts.passages.suggestions import MappingRequest

if TYPE_CHECKING:
    from transcripts.mapping.similarity import Similarity


def run_mapping(request: MappingRequest) -> SpeechMapping:
    """Raises NotReadyError while the language model is missing."""
    return map_speech(
        request.segments,
        request.schedule,
        similarity=_get_similarity(current_settings().embedding_model),
        written=request.written,
        reviewed=request.reviewed,
        markers=request.markers,
        decisions=request.decisions,
        language=request.language,
    )


def _get_similarity(model_folder: str | None) -> "Similarity":
    from transcripts.mapping.similarity import SimilarityUnavailableError

    try:
        return _load_similarity(model_folder)
    except SimilarityUnavailableError as error:
        raise NotReadyError(
            f"{error} The transcript is kept, and will be matched to questions as soon as the model is installed."
        ) from error


@lru_cache(maxsize=1)
def _load_similarity(model_folder: str | None) -> "Similarity":
    from transcripts.mapping.similarity import load_similarity

    return load_similarity(model_folder)
