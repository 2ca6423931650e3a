"""From vectors of windows to speakers of segments: windows, clusters, sequence, cuts. No encoder."""

from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from transcripts.kinds.closed_sets import SpeakerSource, SpeakersUnset
from transcripts.speakers import mel_power, voice_windows
from transcripts.speakers.overlaps import Overlap, find_overlaps
from transcripts.speakers.segment_speakers import VoicedUnit, find_runs, name_speakers
from transcripts.speakers.speaker_note import SpeakerNote, describe_assignment, read_speaker_note
from transcripts.speakers.speaker_sequence import compute_posteriors, find_likeliest_voices
from transcripts.speakers.voice_guess import VoiceGuess, guess_voices
from transcripts.text.spoken import SpokenSegment, SpokenWord

FRAME = np.float32
SIZE = 32


def say(start: float, *texts: str, speaker: str | None = None) -> SpokenSegment:
    """A segment of words of half a second each."""
    words = tuple(SpokenWord(f" {text}", start + n / 2, start + (n + 1) / 2) for n, text in enumerate(texts))
    return SpokenSegment(0, start, words[-1].end, " ".join(texts), speaker, words)


def make_turns(voices: list[int], *, seconds: float = 4.0) -> tuple[list[SpokenSegment], list[int]]:
    """Each voice talks for so long, then pauses for a second; and the voice of each window."""
    segments = [say(n * (seconds + 1), *["word"] * round(seconds * 2)) for n in range(len(voices))]
    return segments, voices


def make_vectors(windows: list[tuple[float, float]], voices: list[int], *, spread: float) -> mel_power.MelPower:
    """Of a voice per turn of four seconds and a second's pause, scattered around its direction."""
    draw = np.random.default_rng(2)
    found = np.array([np.eye(SIZE)[voices[int(start // 5)]] + draw.normal(0, spread, SIZE) for start, _ in windows])
    vectors: mel_power.MelPower = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(FRAME)
    return vectors


def list_windows(segments: list[SpokenSegment]) -> list[tuple[float, float]]:
    stretches = voice_windows.find_stretches(voice_windows.list_units(segments))
    power = [np.ones((round((end - start) * 100), mel_power.MEL_BANDS), FRAME) for start, end in stretches]
    return [
        window
        for (start, _), loud in zip(stretches, power, strict=True)
        for window in voice_windows.cut_windows(loud, start)[0]
    ]


@pytest.mark.parametrize("voices", [[0, 1] * 4, [0, 1, 2] * 3, [0, 1, 2, 3] * 3])
def test_two_to_four_voices_are_counted_and_distinguished(voices: list[int]) -> None:
    segments, said = make_turns(voices)
    units, windows = voice_windows.list_units(segments), list_windows(segments)

    guess = guess_voices(units, windows, make_vectors(windows, said, spread=0.08))

    assert isinstance(guess, VoiceGuess)
    letters = [segment.speaker for segment in name_speakers(segments, units, guess).segments]
    assert letters == ["ABCD"[voice] for voice in voices]


def test_one_voice_is_not_cut_in_two() -> None:
    segments, said = make_turns([0] * 8)
    units, windows = voice_windows.list_units(segments), list_windows(segments)

    assert guess_voices(units, windows, make_vectors(windows, said, spread=0.08)) is SpeakersUnset.ONE_VOICE


def test_a_few_words_are_too_short_to_guess() -> None:
    segments, said = make_turns([0, 1])
    units, windows = voice_windows.list_units(segments), list_windows(segments)

    assert guess_voices(units, windows, make_vectors(windows, said, spread=0.08)) is SpeakersUnset.TOO_SHORT
    assert guess_voices([], [], np.empty((0, SIZE), FRAME)) is SpeakersUnset.TOO_SHORT


def make_guess(voices: list[int], certainty: list[float]) -> VoiceGuess:
    return VoiceGuess(np.array(voices), np.array(certainty), np.array([9.0, 9.0]), separation=9.0, likeness=0.5)


def test_a_segment_is_cut_where_the_speaker_changes() -> None:
    segments = [say(0.0, "Did", "you?", "I", "did.")]

    names = name_speakers(segments, voice_windows.list_units(segments), make_guess([0, 0, 1, 1], [0.99] * 4))

    assert [(one.id, one.speaker, one.text) for one in names.segments] == [(0, "A", "Did you?"), (1, "B", "I did.")]
    assert (names.segments[0].end, names.segments[1].start) == (1.0, 1.0)


def test_a_segment_of_which_it_is_not_clear_who_says_it_has_no_speaker() -> None:
    segments = [say(0.0, "Right.", "Yes."), say(5.0, "Hm.")]

    names = name_speakers(segments, voice_windows.list_units(segments), make_guess([0, 0, 1], [0.99, 0.99, 0.6]))

    assert [one.speaker for one in names.segments] == ["A", None]
    assert names.confidence == pytest.approx(0.99)
    assert names.unset_share == pytest.approx(1 / 3)


def test_a_doubtful_word_inside_a_sentence_is_not_cut_out() -> None:
    units = [VoicedUnit(0.5, voice, certainty) for voice, certainty in [(0, 0.99), (1, 0.55), (0, 0.99)]]

    (run,) = find_runs(units)

    assert run.voice == 0
    assert run.certainty == pytest.approx((0.99 + 0.45 + 0.99) / 3)


def test_a_segment_whose_words_are_not_its_text_is_never_cut() -> None:
    segment = say(0.0, "Did", "you?", "I", "did.")
    edited = SpokenSegment(0, segment.start, segment.end, "Something else.", None, segment.words)

    names = name_speakers([edited], voice_windows.list_units([edited]), make_guess([0, 0, 1, 1], [0.99] * 4))

    assert [one.text for one in names.segments] == ["Something else."]
    assert names.segments[0].speaker is None


def test_changing_the_speaker_costs_more_than_a_doubtful_word() -> None:
    evidence = np.array([[3.0, 0.0], [0.0, 1.0], [3.0, 0.0]])

    likeliest = find_likeliest_voices(evidence, np.array([0.0, 2.0, 2.0]))
    posteriors = compute_posteriors(evidence, np.array([0.0, 2.0, 2.0]))

    assert likeliest.tolist() == [0, 0, 0]
    assert posteriors.sum(axis=1) == pytest.approx([1.0] * 3)
    assert posteriors[1, 0] < posteriors[0, 0]


def test_a_short_word_fills_the_encoders_input_and_is_as_loud_as_any() -> None:
    quiet = np.full((40, mel_power.MEL_BANDS), 1e-6, FRAME)

    windows, filled = voice_windows.cut_windows(quiet, 7.0)

    assert windows == [(7.0, 7.4)]
    assert filled.shape == (1, voice_windows.ENCODER_FRAMES, mel_power.MEL_BANDS)
    assert filled.mean() == pytest.approx(voice_windows.USUAL_POWER, rel=0.01)


def test_windows_do_not_run_over_silence_that_word_times_missed() -> None:
    power = np.full((300, mel_power.MEL_BANDS), 1.0, FRAME)
    power[100:200] = 1e-5

    windows, _ = voice_windows.cut_windows(power, 0.0)

    assert windows == [(0.0, 1.0), (2.0, 3.0)]


def test_a_knock_is_not_louder_than_the_voice() -> None:
    power = np.full((200, mel_power.MEL_BANDS), 1.0, FRAME)
    power[:100, 0] = 1e6

    limited = voice_windows.limit_rumble(power)

    assert limited[:100].mean() < 2 * limited[100:].mean()
    assert (limited[:, 1:] == power[:, 1:]).all()


def test_short_speech_is_widened_but_never_into_its_neighbour() -> None:
    segments = [say(0.0, "One"), SpokenSegment(1, 0.8, 0.9, "Two"), say(1.3, "Three")]

    stretches = voice_windows.find_stretches(voice_windows.list_units(segments))

    assert [end - start for start, end in stretches] == pytest.approx([0.5, 0.4, 0.5])
    assert all(one[1] <= other[0] for one, other in pairwise(stretches))


def test_two_people_at_once_are_found_once_each_time() -> None:
    segments = [say(0.0, *"abcd", speaker="A"), say(1.0, *"ef", speaker="B"), say(1.5, *"gh", speaker="B")]

    assert find_overlaps(segments) == (Overlap(1.0, 2.0),)
    assert find_overlaps([say(0.0, *"abcd", speaker="A"), say(1.0, *"ef")]) == ()
    assert find_overlaps([say(0.0, "a", speaker="A"), say(0.3, "b", speaker="B")]) == ()


@pytest.mark.parametrize("reason", SpeakersUnset)
def test_each_reason_for_no_names_is_kept_and_said(reason: SpeakersUnset) -> None:
    kept = read_speaker_note(SpeakerNote(unset=reason).list_options())

    assert kept.unset is reason
    assert len(describe_assignment(SpeakerSource.UNKNOWN, kept)) > len(
        describe_assignment(SpeakerSource.UNKNOWN, SpeakerNote())
    )


def test_how_sure_a_guess_is_survives_and_is_said() -> None:
    kept = read_speaker_note(SpeakerNote(confidence=0.9634, unset_share=0.12).list_options())

    words = describe_assignment(SpeakerSource.GUESSED, kept)

    assert "About 96% of the named speech" in words
    assert "12% has no name" in words
    assert "%" not in describe_assignment(SpeakerSource.CONFIRMED, kept)


def test_the_mel_filters_are_those_of_other_tools() -> None:
    """openai-whisper ships librosa's filters with 80 bands."""
    whisper = find_spec("whisper")
    assert whisper
    assert whisper.submodule_search_locations
    expected = np.load(Path(whisper.submodule_search_locations[0]) / "assets" / "mel_filters.npz")["mel_80"]

    assert mel_power.build_mel_filters(80) == pytest.approx(expected, abs=1e-7)


def test_a_tone_is_in_its_own_band() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(FRAME)

    power = mel_power.compute_mel_power(tone)

    middle = power[50]
    assert power.shape == (101, mel_power.MEL_BANDS)
    assert mel_power.build_mel_filters(mel_power.MEL_BANDS)[middle.argmax(), 25] > 0  # bin 25 is 1000 Hz
