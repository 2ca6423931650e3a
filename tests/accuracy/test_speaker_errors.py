"""How often a guess by voice is wrong, on real voices and on the samples; more is in bench/speakers.py."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bench.support.labelled_speech import SpeechTurn
from bench.support.real_voices import make_real_talk, read_turns, read_voices
from bench.support.two_speaker_talks import (
    SAMPLES,
    TwoChannelTalk,
    cross_talks,
    guess_speakers,
    make_talks,
    measure,
    measure_speaker_error,
)
from tests.support import real_weights
from tests.support.real_clips import REAL_CLIPS, decode_clip
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import wrap_samples
from transcripts.kinds.closed_sets import SpeakerSource, SpeakersUnset
from transcripts.model_store.model_facts import EngineName
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.recogniser import assemble_transcript
from transcripts.speakers import diarisation

MOST_ERROR = 0.05


@pytest.fixture(scope="module")
def encoder() -> Path:
    return real_weights.require_voice_encoder()


@cache
def list_sample_talks() -> dict[str, TwoChannelTalk]:
    return {talk.name: talk for talk in make_talks(SAMPLES)}


def test_the_measure_counts_seconds_under_the_best_assignment() -> None:
    truth = [SpeechTurn(0, 6, "A"), SpeechTurn(6, 10, "B")]
    swapped_and_a_second_off = [SpeechTurn(0, 5, "x"), SpeechTurn(5, 10, "y")]

    assert measure_speaker_error(truth, swapped_and_a_second_off) == pytest.approx(0.1, abs=0.002)
    assert measure_speaker_error(truth, [SpeechTurn(0, 10, "x")]) == pytest.approx(0.4, abs=0.002)
    assert measure_speaker_error(truth, truth[:1]) == 0


def test_two_real_people_are_distinguished(encoder: Path) -> None:
    sound, clip = decode_clip("harvard12")

    found = measure(sound, read_turns(clip, len(sound)), encoder)

    assert found.voices == 2
    assert found.error < MOST_ERROR


def test_voices_that_are_alike_are_named_right_or_not_at_all(encoder: Path) -> None:
    sound, clip = decode_clip("sample")

    found = measure(sound, read_turns(clip, len(sound)), encoder)

    assert found.confidence is None or found.error < MOST_ERROR


@pytest.mark.slow
def test_the_same_holds_for_the_words_that_whisper_recognises(encoder: Path) -> None:
    sound, clip = decode_clip("sample")
    recogniser = load_recogniser(EngineName.OPENAI_WHISPER, "base", real_weights.require_weights("base"))
    windows = list(recogniser.recognise(wrap_samples(sound), language="en", glossary=()))
    spoken = assemble_transcript(windows, duration=len(sound) / SAMPLE_RATE, facts=recogniser.facts, language="en")

    named = diarisation.guess_by_voice(wrap_samples(sound), spoken, encoder, lambda: None).spoken.segments

    guessed = [SpeechTurn(one.start, one.end, one.speaker) for one in named if one.speaker]
    assert not guessed or measure_speaker_error(read_turns(clip, len(sound)), guessed) < MOST_ERROR


@pytest.mark.parametrize("quieter_db", [0.0, 12.0])
def test_people_who_take_turns_are_distinguished_though_one_is_quieter(quieter_db: float, encoder: Path) -> None:
    talk = make_real_talk(read_voices(REAL_CLIPS), ["sense", "harvard12 second"], 35.0, seed=3, quieter_db=quieter_db)

    found = measure(talk.sound.sum(axis=1), talk.turns, encoder)

    assert found.voices == 2
    assert found.error < MOST_ERROR


def test_one_real_person_is_not_taken_for_two(encoder: Path) -> None:
    sound, _ = decode_clip("sense")
    said = [SpeechTurn(start, start + 4.0, "") for start in range(0, len(sound) // 16_000 - 4, 5)]

    found = guess_speakers(sound, said, encoder)

    assert found.source is SpeakerSource.UNKNOWN
    assert found.note.unset is SpeakersUnset.ONE_VOICE


@pytest.mark.slow
@pytest.mark.parametrize("name", ["interview-1", "interview-2", "1A with 2A", "1B with 2B"])
def test_synthetic_voices_are_rarely_confused_where_a_guess_is_shown(name: str, encoder: Path) -> None:
    talk = list_sample_talks()[name]

    found = measure(talk.sound.sum(axis=1), talk.turns, encoder)

    assert found.confidence is None or found.error < MOST_ERROR


def test_one_synthetic_voice_that_says_both_parts_is_not_taken_for_two(encoder: Path) -> None:
    talk = list_sample_talks()["interview-1"]
    alone = cross_talks(talk, "B", replace(talk, turns=talk.turns[len(talk.turns) // 2 :]), "B")

    found = measure(alone.sound.sum(axis=1), alone.turns, encoder)

    assert found.confidence is None


def test_without_the_encoder_nobody_is_named_and_the_reason_is_kept() -> None:
    talk = list_sample_talks()["interview-2"]

    found = guess_speakers(talk.sound.sum(axis=1), talk.turns, None)

    assert found.note.unset is SpeakersUnset.NOT_INSTALLED
    assert {segment.speaker for segment in found.spoken.segments} == {None}
