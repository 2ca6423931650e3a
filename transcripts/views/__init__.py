"""The pages of this package, one module for each group of pages."""

from transcripts.views import consent, deciding, playing, recordings, transcripts, tus, unfinished, uploading

__all__ = ["consent", "deciding", "playing", "recordings", "transcripts", "tus", "unfinished", "uploading"]
