"""Recordings, transcription, mapping speech to questions, accepting passages."""

import os

# Read when torch is first imported. Its idle threads otherwise spin: beside a busy web process the same transcription
# took five times as long and five times the processor time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
