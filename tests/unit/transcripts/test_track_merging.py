"""What was heard on two channels as one transcript: order, overlaps, and words that one microphone heard of both."""

import numpy as np
from numpy.typing import NDArray

from transcripts.speakers.loudness import FRAME_SECONDS
from transcripts.speakers.role_guess import guess_roles
from transcripts.speakers.track_merge import Track, merge_tracks
from transcripts.text.spans import make_span, resolve_span
from transcripts.text.spoken import SpokenSegment, SpokenTranscript, SpokenWord

Level = NDArray[np.float32]
Said = tuple[float, float, str]


def level(*loud: tuple[float, float, float]) -> Level:
    found = np.full(round(60 / FRAME_SECONDS), -70, dtype=np.float32)
    for start, end, decibels in loud:
        found[round(start / FRAME_SECONDS) : round(end / FRAME_SECONDS)] = decibels
    return found


def track(loudness: Level, *said: Said) -> Track:
    segments = tuple(_segment(number, *one) for number, one in enumerate(said))
    return Track(SpokenTranscript("en", 60.0, "test", segments), loudness)


def _segment(number: int, start: float, end: float, text: str) -> SpokenSegment:
    words = text.split()
    step = (end - start) / len(words)
    return SpokenSegment(
        number,
        start,
        end,
        text,
        words=tuple(SpokenWord(f" {w}", start + n * step, start + (n + 1) * step) for n, w in enumerate(words)),
    )


def heard(transcript: SpokenTranscript) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in transcript.segments]


def test_speakers_have_letters_in_the_order_in_which_they_speak_and_overlaps_stay() -> None:
    one = track(level((5, 12, -20)), (5, 12, "I waited for two years and then they called."))
    other = track(level((1, 4, -30), (8, 9, -30)), (1, 4, "How long did you wait?"), (8, 9, "Two years?"))

    both = merge_tracks([one, other])

    assert heard(both) == [
        ("A", "How long did you wait?"),
        ("B", "I waited for two years and then they called."),
        ("A", "Two years?"),
    ]
    assert [segment.id for segment in both.segments] == [0, 1, 2]
    assert both.segments[2].start < both.segments[1].end


def test_a_run_of_overlapping_speech_plays_to_the_end_of_the_longest() -> None:
    both = merge_tracks(
        [track(level((1, 9, -20)), (1, 9, "It went on and on")), track(level((3, 4, -20)), (3, 4, "Really"))]
    )

    run = resolve_span(both.segments, make_span(0, 1, None, None))

    assert run is not None
    assert (run.start_seconds, run.end_seconds, run.text) == (1, 9, "It went on and on Really")


def test_what_a_microphone_picked_up_of_the_other_person_is_not_kept_twice() -> None:
    mine = track(level((1, 5, -20), (6, 9, -40)), (1, 5, "We felt forgotten."), (6, 9, "Thank you for that"))
    yours = track(level((1, 5, -50), (6, 9, -26)), (1.1, 5, "we felt forgotten"), (6, 9, "Thank you for that."))

    both = merge_tracks([mine, yours])

    assert heard(both) == [("A", "We felt forgotten."), ("B", "Thank you for that.")]


def test_the_same_words_said_later_or_as_loud_are_kept() -> None:
    mine = track(level((1, 2, -20), (5, 6, -20)), (1, 2, "Yes, yes."), (5, 6, "Exactly."))
    yours = track(level((3, 4, -20), (5, 6, -20)), (3, 4, "Yes, yes."), (5, 6, "Exactly."))

    both = merge_tracks([mine, yours])

    assert sorted(text for _, text in heard(both)) == ["Exactly.", "Exactly.", "Yes, yes.", "Yes, yes."]


def test_words_of_ones_own_behind_an_echo_are_not_lost() -> None:
    mine = track(level((1, 8, -20)), (1, 8, "Did you wait for long and how was it?"))
    yours = track(level((1, 8, -40), (20, 25, -20)), (1, 8, "Did you wait for long and how we felt forgotten"))

    both = merge_tracks([mine, yours])

    assert ("B", "Did you wait for long and how we felt forgotten") in heard(both)


def test_a_word_or_two_misheard_are_an_echo_all_the_same() -> None:
    mine = track(level((1, 8, -20)), (1, 8, "Did you wait for long and how was it?"))
    yours = track(level((1, 8, -40), (20, 25, -20)), (1, 8, "Did you weight for long and how was hit?"))

    assert [speaker for speaker, _ in heard(merge_tracks([mine, yours]))] == ["A"]


def test_a_quiet_microphone_is_measured_against_itself() -> None:
    quiet = track(level((1, 5, -45), (6, 9, -65)), (1, 5, "We felt forgotten."))
    loud = track(level((1, 5, -40), (6, 9, -15)), (1, 5, "we felt forgotten"), (6, 9, "I see, thank you."))

    both = merge_tracks([quiet, loud])

    assert heard(both) == [("A", "We felt forgotten."), ("B", "I see, thank you.")]


def test_who_asks_is_guessed_to_be_the_interviewer_in_english_only() -> None:
    asks = [(n * 10.0, n * 10.0 + 2, "And what happened to you then?") for n in range(5)]
    tells = [(n * 10.0 + 3, n * 10.0 + 9, "I went home and we waited for my letter.") for n in range(5)]
    both = merge_tracks([track(level(), *asks), track(level(), *tells)])

    roles = guess_roles(both)

    assert roles == {"A": "interviewer", "B": "participant"}
    assert guess_roles(SpokenTranscript("cy", 60, "test", both.segments)) == {}


def test_nobody_is_guessed_to_be_the_interviewer_where_both_talk_alike() -> None:
    tells = [(n * 10.0, n * 10.0 + 4, "I went home and we waited for my letter.") for n in range(5)]
    more = [(n * 10.0 + 5, n * 10.0 + 9, "We had no money and I was ill.") for n in range(5)]

    roles = guess_roles(merge_tracks([track(level(), *tells), track(level(), *more)]))

    assert roles == {}
