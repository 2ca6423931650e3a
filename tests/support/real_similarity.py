"""The real language model, loaded once for all tests of a process; it remembers the vectors of texts."""

from functools import cache

from transcripts.mapping.similarity import SentenceSimilarity, load_similarity


@cache
def get_similarity() -> SentenceSimilarity:
    return load_similarity()
