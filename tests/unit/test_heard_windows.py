"""What of a recording counts as heard in the same way, so that a later worker may go on behind it."""

import numpy as np
import pytest

from transcripts.heard_windows import way_of
from transcripts.recognition import speech_windows
from transcripts.recognition.recogniser import ModelFacts
from transcripts.sound.streams import Sound, in_memory

FACTS = ModelFacts(name="test", sha256="0" * 64, engine="none", options={"beam_size": None}, is_english_only=True)
SOUND = in_memory(np.zeros(16_000, dtype=np.float32), mark="a recording")


def test_the_same_sound_asked_in_the_same_way_goes_on() -> None:
    assert way_of(FACTS, SOUND) == way_of(FACTS, in_memory(np.zeros(16_000, dtype=np.float32), mark="a recording"))


def test_a_file_that_became_one_of_several_is_heard_anew() -> None:
    of_one_voice = Sound(SOUND.mark, SOUND.seconds, SOUND.pieces, has_one_voice=True)

    assert way_of(FACTS, of_one_voice) != way_of(FACTS, SOUND)


@pytest.mark.parametrize("figure", ["PAD_SECONDS", "SHORTEST_SILENCE_SECONDS", "LONGEST_INNER_SILENCE_SECONDS"])
def test_a_version_that_cuts_elsewhere_does_not_go_on(monkeypatch: pytest.MonkeyPatch, figure: str) -> None:
    before = way_of(FACTS, SOUND)
    monkeypatch.setattr(speech_windows, figure, 0.7)

    assert way_of(FACTS, SOUND) != before
