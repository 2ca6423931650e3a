"""What real models make of real voices. The tests that need weights are skipped where they cannot be downloaded."""

from itertools import chain, pairwise

import jiwer
import numpy as np
import pytest
from whisper.normalizers import EnglishTextNormalizer

from tests.support.real_speech import Sound, make_pause, read_clip, read_sentences, scale_to
from tests.support.real_weights import require_weights
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.levelling import level_sound
from transcripts.audio.streams import wrap_samples
from transcripts.recognition.recogniser import assemble_transcript
from transcripts.recognition.speech_windows import find_speech
from transcripts.recognition.whisper_engine import load_whisper
from transcripts.recognition.windowed_recogniser import WindowedRecogniser
from transcripts.text.spoken import SpokenTranscript

WORST_WER = {"jfk": 0.05, "sense": 0.06, "cold_corpus": 0.2, "sample": 0.25}  # measured: 0, 0.01, 0.12, 0.16
WORST_MEDIAN_SECONDS, WORST_SECONDS = 0.15, 0.5  # of word times; measured: 0.10 and 0.35
NOISE_DB, LOUD_DB = -60.0, -20.0
LONGEST_WINDOW_SECONDS = 30.0
SEED = 7


@pytest.fixture(scope="module")
def english() -> WindowedRecogniser:
    return load_whisper("tiny.en", require_weights("tiny.en"), may_download=False)


def transcribe(
    recogniser: WindowedRecogniser, sound: Sound, language: str | None = "en", glossary: tuple[str, ...] = ()
) -> SpokenTranscript:
    source = wrap_samples(sound)
    windows = recogniser.recognise(source, language=language, glossary=glossary)
    return assemble_transcript(windows, duration=source.seconds, facts=recogniser.facts)


def read_text(transcript: SpokenTranscript) -> str:
    return " ".join(segment.text for segment in transcript.segments)


@pytest.mark.parametrize("name", WORST_WER)
def test_real_voices_are_understood_and_nothing_is_marked_as_invented(english: WindowedRecogniser, name: str) -> None:
    clip, normalise = read_clip(name), EnglishTextNormalizer()

    transcript = transcribe(english, clip.sound)

    assert jiwer.wer(normalise(clip.text), normalise(read_text(transcript))) <= WORST_WER[name]
    assert not any(one.is_silence or one.is_unclear or one.is_loop for one in transcript.segments)


def test_words_are_where_they_are_said(english: WindowedRecogniser) -> None:
    known = {word["word"]: word for word in read_clip("sense").words if _count(word["word"]) == 1}

    transcript = transcribe(english, read_clip("sense").sound)

    found = {word.word.strip(" .,").lower(): word for one in transcript.segments for word in one.words}
    errors = [abs(found[text].start - word["start"]) for text, word in known.items() if text in found]
    errors += [abs(found[text].end - word["end"]) for text, word in known.items() if text in found]
    assert len(errors) > 50
    assert np.median(errors) <= WORST_MEDIAN_SECONDS
    assert max(errors) <= WORST_SECONDS


def _count(text: str) -> int:
    return sum(word["word"] == text for word in read_clip("sense").words)


def make_unequal_conversation(quiet_by_db: float) -> tuple[Sound, list[tuple[int, int]]]:
    """Two people in turns, the second so much quieter, in a quiet room; and the second one's samples."""
    loud = read_clip("jfk").sound[: 2 * SAMPLE_RATE]
    parts, turns, at = list[Sound](), list[tuple[int, int]](), 0
    for sentence in read_sentences():
        turn = [scale_to(loud, LOUD_DB), make_pause(0.5), scale_to(sentence, LOUD_DB - quiet_by_db), make_pause(0.7)]
        start = at + len(turn[0]) + len(turn[1])
        turns.append((start, start + len(sentence)))
        at += sum(map(len, turn))
        parts += turn
    noise = np.random.default_rng(SEED).normal(0, 10 ** (NOISE_DB / 20), at).astype(np.float32)
    return np.concatenate(parts) + noise, turns


@pytest.mark.parametrize("quiet_by_db", [20.0, 30.0])
def test_a_quiet_second_speaker_reaches_the_recogniser(quiet_by_db: float) -> None:
    sound, turns = make_unequal_conversation(quiet_by_db)

    spans = find_speech(level_sound(wrap_samples(sound)), LONGEST_WINDOW_SECONDS, lambda _: None)

    is_speech = np.zeros(len(sound), dtype=bool)
    for start, end in spans:
        is_speech[start:end] = True
    assert min(float(is_speech[start:end].mean()) for start, end in turns) > 0.9


@pytest.mark.parametrize("decibels", [-70.0, -50.0, -30.0])
def test_levelling_makes_no_speech_of_noise(decibels: float) -> None:
    noise = np.random.default_rng(SEED).normal(0, 10 ** (decibels / 20), 20 * SAMPLE_RATE).astype(np.float32)

    assert find_speech(level_sound(wrap_samples(noise)), LONGEST_WINDOW_SECONDS, lambda _: None) == []


@pytest.mark.slow
def test_a_glossary_neither_joins_people_nor_puts_its_terms_into_others_mouths(english: WindowedRecogniser) -> None:
    terms = ("physiotherapy", "Sunderland Royal", "amitriptyline", "Healthwatch", "Gateshead", "safeguarding") * 8
    sound = read_clip("sample").sound

    plain, with_terms = transcribe(english, sound), transcribe(english, sound, glossary=terms)

    assert len(with_terms.segments) >= 0.8 * len(plain.segments)
    assert not [term for term in terms if term.lower() in read_text(with_terms).lower()]


@pytest.mark.slow
def test_each_language_of_a_recording_is_read_in_itself() -> None:
    recogniser = load_whisper("base", require_weights("base"), may_download=False)
    english, german = read_clip("pico_test"), read_clip("pico_test_de")

    transcript = transcribe(recogniser, np.concatenate([english.sound, make_pause(0.8), german.sound]), language=None)

    assert {one.language for one in transcript.segments} == {"en", "de"}
    assert "Leich" in " ".join(one.text for one in transcript.segments if one.language == "de")
    assert all((one.language_share or 0) > 0.8 for one in transcript.segments)


def test_windows_are_joined_in_order_without_a_doubled_word(english: WindowedRecogniser) -> None:
    sound = np.concatenate([read_clip(name).sound for name in ("sense", "cold_corpus", "jfk")])

    transcript = transcribe(english, sound)

    times = list(chain.from_iterable((w.start, w.end) for one in transcript.segments for w in one.words))
    assert all(after >= before - 0.25 for before, after in pairwise(times))
    edges = [(before.text.split()[-1], after.text.split()[0]) for before, after in pairwise(transcript.segments)]
    assert not [last for last, first in edges if last.lower() == first.lower()]
    assert transcript.segments[0].text[0].isupper()
