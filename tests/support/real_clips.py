"""The short recordings of real voices in tests/data/real_speech."""

import json
from typing import Any

from bench.support.two_speaker_talks import Samples
from core.settings import PROJECT_ROOT
from transcripts.audio import decoder

REAL_CLIPS = PROJECT_ROOT / "tests" / "data" / "real_speech"


def decode_clip(name: str) -> tuple[Samples, dict[str, Any]]:
    """Its samples, and what clips.json says about it."""
    clips: dict[str, dict[str, Any]] = json.loads((REAL_CLIPS / "clips.json").read_text(encoding="utf-8"))
    return decoder.decode(REAL_CLIPS / f"{name}.flac"), clips[name]
