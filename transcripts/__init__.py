"""Recordings, transcription, mapping speech to questions, accepting passages."""
