"""How the texts of windows become one text, and where segments are cut. No model runs here."""

from collections.abc import Sequence

import pytest

from transcripts.recognition.seams import join_windows
from transcripts.recognition.segment_cutting import cut_segments, ends_sentence
from transcripts.text.spoken import SpokenSegment, SpokenWord

WORD_SECONDS = 0.3


def segment(text: str, start: float = 0.0, pauses: dict[int, float] | None = None) -> SpokenSegment:
    """`pauses`: seconds before a word, by its number."""
    words, at = list[SpokenWord](), start
    for number, word in enumerate(text.split()):
        at += (pauses or {}).get(number, 0.0)
        words.append(SpokenWord(f" {word}", at, at + WORD_SECONDS, 0.9))
        at += WORD_SECONDS
    return SpokenSegment(0, words[0].start, words[-1].end, text, words=tuple(words), avg_logprob=-0.3)


def join(first: str, second: str, pause: float = 0.2) -> str:
    before = segment(first)
    joined = join_windows([[before], [segment(second, before.end + pause)]])
    assert all("".join(word.word for word in one.words).strip() == one.text for one in joined)
    return " | ".join(one.text for one in joined)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("I was on the...", "...waiting list.", "I was on the | waiting list."),
        ("I was on the…", "waiting list.", "I was on the | waiting list."),
        ("I was on the waiting.", "list for a year.", "I was on the waiting | list for a year."),
        ("We had to wait", "wait for a year.", "We had to wait | for a year."),
        ("We had to wait.", "Wait, he said.", "We had to wait. | Wait, he said."),
        ("I saw Dr.", "ahmed twice.", "I saw Dr. | ahmed twice."),
        ("It was fine.", "And then it changed.", "It was fine. | And then it changed."),
        ("I waited", "waited", "I waited"),
    ],
)
def test_a_sentence_goes_on_over_a_seam(first: str, second: str, expected: str) -> None:
    assert join(first, second) == expected


def test_after_a_long_pause_a_sentence_starts() -> None:
    assert (
        join("I was on the list.", "...and then it changed.", pause=3.0) == "I was on the list. | And then it changed."
    )


def test_a_recording_starts_with_a_capital_letter() -> None:
    assert join("and so it began.", "It went on.") == "And so it began. | It went on."


def test_a_word_said_again_after_a_pause_stays() -> None:
    assert join("We had to wait", "wait for a year.", pause=0.6) == "We had to wait | wait for a year."


def test_text_without_words_is_left_as_it_is() -> None:
    plain = [SpokenSegment(0, 0.0, 1.0, "one..."), SpokenSegment(0, 1.0, 2.0, "...two")]

    assert join_windows([[plain[0]], [plain[1]]]) == plain


def texts(segments: Sequence[SpokenSegment]) -> list[str]:
    return [one.text for one in segments]


def test_a_segment_is_cut_at_the_ends_of_sentences() -> None:
    cut = cut_segments([segment("Did you wait? Yes, with Dr. Patel. It took 3.5 weeks.")])

    assert texts(cut) == ["Did you wait?", "Yes, with Dr. Patel.", "It took 3.5 weeks."]
    assert [one.id for one in cut] == [0, 1, 2]
    assert all((one.start, one.end) == (one.words[0].start, one.words[-1].end) for one in cut)
    assert {one.avg_logprob for one in cut} == {-0.3}


def test_a_segment_is_cut_at_a_pause() -> None:
    cut = cut_segments([segment("how long did you wait about a year", pauses={5: 0.9, 7: 0.4})])

    assert texts(cut) == ["how long did you wait", "about a year"]


def test_a_sentence_that_was_spread_over_segments_is_one_again() -> None:
    first = segment("He might have been more respectable than he")

    joined = cut_segments([first, segment("was at home.", first.end + 0.1), segment("Then he left.", first.end + 1.2)])

    assert texts(joined) == ["He might have been more respectable than he was at home.", "Then he left."]


def test_segments_whose_text_is_not_their_words_are_not_cut() -> None:
    plain = SpokenSegment(0, 0.0, 4.0, "One. Two. Three.")

    assert cut_segments([plain]) == (plain,)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (" wait.", True),
        (" wait?”", True),
        (" Dr.", False),
        (" J.", False),
        (" e.g.", False),
        (" wait", False),
        ("。", True),
    ],
)
def test_what_ends_a_sentence(word: str, expected: bool) -> None:
    assert ends_sentence(word) is expected
