"""When checkpoints of an earlier worker may be used to continue."""

import numpy as np
import pytest

from transcripts.audio.streams import AudioSource, wrap_samples
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition import speech_windows
from transcripts.transcription.recognition_checkpoints import build_cache_key

FACTS = ModelFacts(name="test", sha256="0" * 64, engine="none", options={"beam_size": None}, is_english_only=True)
SOUND = wrap_samples(np.zeros(16_000, dtype=np.float32), fingerprint="a recording")


def test_the_same_sound_with_the_same_options_goes_on() -> None:
    assert build_cache_key(FACTS, SOUND) == build_cache_key(
        FACTS, wrap_samples(np.zeros(16_000, dtype=np.float32), fingerprint="a recording")
    )


def test_a_file_that_became_one_of_several_is_recognised_again() -> None:
    of_one_voice = AudioSource(SOUND.fingerprint, SOUND.seconds, SOUND.open_chunks, has_one_voice=True)

    assert build_cache_key(FACTS, of_one_voice) != build_cache_key(FACTS, SOUND)


@pytest.mark.parametrize("figure", ["PAD_SECONDS", "SHORTEST_SILENCE_SECONDS", "LONGEST_INNER_SILENCE_SECONDS"])
def test_a_version_that_cuts_elsewhere_does_not_go_on(monkeypatch: pytest.MonkeyPatch, figure: str) -> None:
    before = build_cache_key(FACTS, SOUND)
    monkeypatch.setattr(speech_windows, figure, 0.7)

    assert build_cache_key(FACTS, SOUND) != before
