"""Pages about recordings, and the sound itself."""

from transcripts.views.recordings import consent, playback, recordings

__all__ = ["consent", "playback", "recordings"]
