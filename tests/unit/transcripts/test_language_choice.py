"""In which language each window is read, and how clips with two languages are taken apart. No model runs here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition.clip_recogniser import ClipRecogniser
from transcripts.recognition.clips import Clip
from transcripts.recognition.language_choice import LanguageChoice, choose_main_language
from transcripts.recognition.recogniser import RecognisedWindow, assemble_transcript
from transcripts.text.spoken import SpokenSegment

ENGLISH, GERMAN, WELSH = {"en": 0.98, "de": 0.01}, {"de": 0.97, "en": 0.02}, {"la": 0.25, "cy": 0.24, "en": 0.1}
FACTS = ModelFacts("base", "0" * 64, "openai-whisper", {}, is_english_only=False)


def test_the_main_language_is_that_of_most_of_the_speech() -> None:
    choice = choose_main_language([ENGLISH, GERMAN, GERMAN], [20.0, 5.0, 5.0])

    assert (choice.main, choice.is_given) == ("en", False)
    assert choice.share == pytest.approx((20 * 0.98 + 10 * 0.02) / 30)


@pytest.mark.parametrize(
    ("shares", "seconds", "expected"),
    [
        (GERMAN, 8.0, "de"),
        (GERMAN, 1.0, "en"),
        (WELSH, 8.0, "en"),
        (ENGLISH, 8.0, "en"),
        ({"de": 0.8, "en": 0.2}, 8.0, "en"),
    ],
    ids=["sure", "too short", "unsure", "the same", "may be the main one"],
)
def test_a_window_leaves_the_main_language_only_if_it_is_sure(
    shares: Mapping[str, float], seconds: float, expected: str
) -> None:
    assert LanguageChoice("en", 0.9).choose(shares, seconds) == expected


def test_a_language_that_a_person_chose_is_never_left() -> None:
    given = LanguageChoice("cy")

    assert given.choose(GERMAN, 20.0) == "cy"
    assert given.rate("cy", GERMAN) is None


def test_a_doubt_about_the_recording_is_a_doubt_about_its_windows() -> None:
    doubtful = choose_main_language([WELSH, WELSH], [10.0, 10.0])

    assert doubtful.rate(doubtful.main, WELSH) == pytest.approx(0.25)
    assert LanguageChoice("en", 0.97).rate("en", {"en": 0.4}) == 0.97


@dataclass
class TwoLanguages:
    """Hears German in what is at least half as loud as full scale, and English elsewhere."""

    is_multilingual = True
    read: list[tuple[float, str]] = field(default_factory=list)

    def detect_languages(
        self,
        clips: Sequence[Clip],
        check: Callable[[], object],  # noqa: ARG002 as the Protocol has it
    ) -> list[Mapping[str, float]]:
        loud = [float(np.mean(clip.samples)) for clip in clips]
        return [GERMAN if level > 0.45 else ENGLISH if level < 0.05 else {"en": 0.7, "de": 0.3} for level in loud]

    def recognise_clips(
        self,
        clips: Sequence[Clip],
        languages: Sequence[str],
        terms: Sequence[str],  # noqa: ARG002
        check: Callable[[], object],  # noqa: ARG002
    ) -> list[tuple[SpokenSegment, ...]]:
        self.read += [(clip.offset_seconds, language) for clip, language in zip(clips, languages, strict=True)]
        return [
            (SpokenSegment(0, clip.offset_seconds, clip.offset_seconds + clip.seconds, language, avg_logprob=-0.3),)
            for clip, language in zip(clips, languages, strict=True)
        ]


def test_a_clip_with_two_languages_is_read_piece_by_piece() -> None:
    sound = np.zeros(16 * SAMPLE_RATE, dtype=np.float32)
    sound[8 * SAMPLE_RATE :] = 0.5
    engine = TwoLanguages()
    recogniser = ClipRecogniser(engine, LanguageChoice("en", 0.9), (), lambda: None)

    ((language, segments),) = recogniser.recognise([Clip(sound, 100.0, 1)], [[(100.0, 107.5), (108.0, 116.0)]])

    assert language == "en"
    assert [(one.id, one.start, one.language) for one in segments] == [(0, 100.0, "en"), (1, 108.0, "de")]
    assert [one.language_share for one in segments] == pytest.approx([0.98, 0.97])
    assert engine.read == [(100.0, "en"), (100.0, "en"), (108.0, "de")]


def test_a_clip_in_one_language_is_read_once() -> None:
    engine = TwoLanguages()
    recogniser = ClipRecogniser(engine, LanguageChoice("en", 0.9), (), lambda: None)

    recogniser.recognise([Clip(np.zeros(SAMPLE_RATE, dtype=np.float32), 3.0, 1)], [[(3.0, 4.0)]])

    assert engine.read == [(3.0, "en")]


def test_a_transcript_is_in_the_language_of_most_of_its_speech() -> None:
    segments = (
        SpokenSegment(0, 0.0, 4.0, "Hello.", language="en"),
        SpokenSegment(1, 4.0, 20.0, "Guten Tag.", language="de"),
    )

    transcript = assemble_transcript([RecognisedWindow(0, 1, 0.0, 20.0, "en", segments)], duration=20.0, facts=FACTS)

    assert transcript.language == "de"
