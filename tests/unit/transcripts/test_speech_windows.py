"""How speech is cut into windows and assembled, and when words' times are replaced. No model runs here."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import SampleSpan
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition.recogniser import RecognisedWindow, assemble_transcript
from transcripts.recognition.speech_windows import LONGEST_INNER_SILENCE_SECONDS, build_windows
from transcripts.recognition.word_times import correct_times
from transcripts.text.spoken import SpokenSegment, SpokenWord

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
FACTS = ModelFacts("demo.pt", "0" * 64, "openai-whisper", {}, is_english_only=True)


def span(start_seconds: float, end_seconds: float) -> SampleSpan:
    return round(start_seconds * SAMPLE_RATE), round(end_seconds * SAMPLE_RATE)


def window(number: int, *texts: str) -> RecognisedWindow:
    start = number * 20.0
    segments = tuple(SpokenSegment(n, start + n, start + n + 1, text) for n, text in enumerate(texts))
    return RecognisedWindow(number, 2, start, start + 20, "en", segments)


def segment(times: Sequence[tuple[float, float]]) -> SpokenSegment:
    words = tuple(SpokenWord(" word", start, end) for start, end in times)
    return SpokenSegment(0, times[0][0], times[-1][1], "word " * len(times), words=words)


@st.composite
def spans(draw: st.DrawFn) -> list[SampleSpan]:
    lengths = draw(st.lists(st.tuples(st.floats(0.1, 12), st.floats(0.25, 20)), max_size=30))
    at, found = 0.0, []
    for silence, length in lengths:
        found.append(span(at + silence, at + silence + length))
        at += silence + length
    return found


def test_neighbouring_sentences_share_a_window() -> None:
    windows = build_windows([span(0, 4), span(5, 9), span(10, 14)], longest_seconds=20)

    assert windows == [span(0, 14)]


def test_a_full_window_ends_at_a_silence() -> None:
    windows = build_windows([span(0, 12), span(12.3, 19), span(19.8, 25)], longest_seconds=20)

    assert windows == [span(0, 19), span(19.8, 25)]


def test_a_window_ends_at_a_long_silence_rather_than_inside_a_phrase() -> None:
    windows = build_windows([span(0, 8), span(9, 15), span(15.1, 19), span(19.1, 30)], longest_seconds=25)

    assert windows == [span(0, 8), span(9, 30)]


def test_a_long_silence_is_in_no_window() -> None:
    windows = build_windows([span(0, 3), span(3.5 + LONGEST_INNER_SILENCE_SECONDS, 10)], longest_seconds=20)

    assert windows == [span(0, 3), span(3.5 + LONGEST_INNER_SILENCE_SECONDS, 10)]


@given(spans())
def test_windows_cover_all_speech_in_order_and_are_never_too_long(found: list[SampleSpan]) -> None:
    windows = build_windows(found, longest_seconds=20)

    assert all(any(start >= w[0] and end <= w[1] for w in windows) for start, end in found)
    assert all(end - start <= 20 * SAMPLE_RATE for start, end in windows)
    assert all(before[1] < after[0] for before, after in pairwise(windows))


def test_segments_are_numbered_through_the_whole_transcript() -> None:
    windows = [window(1, "And then?"), window(0, "Good morning.", "Good morning.")]

    transcript = assemble_transcript(windows, duration=40.0, facts=FACTS)

    assert [s.id for s in transcript.segments] == [0, 1, 2]
    assert [s.start for s in transcript.segments] == [0.0, 1.0, 20.0]
    assert (transcript.language, transcript.model, transcript.duration) == ("en", "demo.pt", 40.0)


def test_a_recording_without_speech_gives_an_empty_transcript() -> None:
    transcript = assemble_transcript([], duration=5.0, facts=FACTS, language="cy")

    assert (transcript.segments, transcript.language) == ((), "cy")


def test_words_that_agree_with_their_sentence_keep_their_times() -> None:
    spoken = segment([(1.1, 1.5), (1.5, 1.9), (2.0, 2.6)])

    assert correct_times(spoken, 1.0, 2.7) == spoken


def test_words_far_from_the_timestamps_of_their_sentence_keep_their_times() -> None:
    spoken = segment([(3.2, 3.6), (3.6, 3.9), (3.9, 4.0)])

    assert correct_times(spoken, 1.0, 9.0) == spoken


def test_words_that_collapse_into_one_moment_are_spread_over_their_sentence() -> None:
    placed = correct_times(segment([(1.0, 1.2), (1.2, 1.2), (1.2, 1.2), (1.2, 4.0)]), 1.0, 4.0)

    assert (placed.start, placed.end) == (1.0, 4.0)
    assert (placed.words[0].start, placed.words[-1].end) == (1.0, 4.0)
    assert len({round(word.end - word.start, 2) for word in placed.words}) == 1
