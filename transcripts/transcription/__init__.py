"""The transcription pipeline of a recording, its checkpoints and its progress."""
