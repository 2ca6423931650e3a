"""Pages about recordings, and their audio."""

from transcripts.views.recordings import consent, playback, recordings

__all__ = ["consent", "playback", "recordings"]
