"""Corrected text and the machine's words: times of untouched words, and positions that passages keep."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.make_transcripts import spoken_segments
from transcripts.text.spoken import SpokenSegment, SpokenWord
from transcripts.text.word_alignment import align_words, normalise_word

WORDS = st.sampled_from(["the", "a", "ward", "was", "cold", "cold.", "nurse", "Well-known", "—", "no"])
TEXTS = st.lists(WORDS, max_size=24).map(" ".join)
PIECES = st.lists(
    st.sampled_from([" the", " well", "-known", " New York", " cold", ".", " ward"]), min_size=1, max_size=20
)
FIVE = "the quick brown fox jumps"


def speak(*pieces: str) -> SpokenSegment:
    words = tuple(SpokenWord(piece, float(n), n + 0.5, 0.9) for n, piece in enumerate(pieces))
    return SpokenSegment(0, 0.0, float(len(pieces)), "".join(pieces).strip(), words=words)


def get_times(words: tuple[SpokenWord, ...]) -> list[tuple[str, float, float, bool]]:
    return [(word.word.strip(), word.start, word.end, word.is_measured) for word in words]


@given(PIECES, TEXTS)
def test_no_word_of_the_new_text_is_lost_or_said_twice(pieces: list[str], text: str) -> None:
    aligned = align_words(speak(*pieces), text)

    assert "".join(word.word for word in aligned.positions).split() == text.split()
    assert [word.word.strip() for word in aligned.words] == text.split()
    assert len(aligned.positions) == len(pieces)


@given(PIECES, TEXTS, st.integers(0, 20))
def test_what_two_passages_share_is_divided_without_loss(pieces: list[str], text: str, cut: int) -> None:
    positions = align_words(speak(*pieces), text).positions

    before = "".join(word.word for word in positions[:cut])
    assert (before + "".join(word.word for word in positions[cut:])).split() == text.split()


@given(st.lists(WORDS, min_size=1, max_size=20), st.lists(WORDS, max_size=6), st.integers(0, 20))
def test_words_around_an_insertion_keep_their_times(old: list[str], added: list[str], at: int) -> None:
    segment = spoken_segments(" ".join(old))[0]
    cut = min(at, len(old))
    new = [*old[:cut], *(f"x{n}" for n, _ in enumerate(added)), *old[cut:]]

    timed = align_words(segment, " ".join(new)).words

    kept = [word for word in timed if word.is_measured]
    assert [(word.word, word.start, word.end) for word in kept] == [
        (word.word, word.start, word.end) for word in segment.words
    ]


def test_untouched_words_and_those_replaced_one_for_one_keep_their_times() -> None:
    segment = spoken_segments(FIVE)[0]

    words = align_words(segment, "The quick red fox jumps!").words

    assert get_times(words) == [
        (text, word.start, word.end, True)
        for text, word in zip(["The", "quick", "red", "fox", "jumps!"], segment.words, strict=True)
    ]


def test_added_words_share_the_gap_and_are_not_measured() -> None:
    segment = speak(" one", " two")

    words = align_words(segment, "one and a two").words

    assert get_times(words)[1:3] == [("and", 0.5, 0.75, False), ("a", 0.75, 1.0, False)]


def test_a_long_replaced_run_has_only_the_times_of_its_segment() -> None:
    old = " ".join(f"a{n}" for n in range(9))
    segment = spoken_segments(f"before {old} after")[0]

    words = align_words(segment, f"before {' '.join(f'b{n}' for n in range(9))} after").words

    assert {(word.start, word.end, word.is_measured) for word in words[1:-1]} == {(0.0, 10.0, False)}
    assert (words[0].is_measured, words[-1].is_measured) == (True, True)


def test_a_word_that_the_machine_cut_in_two_stays_where_it_was_cut() -> None:
    positions = align_words(speak(" a", " well", "-known", " ward"), "a well-known wing").positions

    assert [word.word for word in positions] == [" a", " well", "-known", " wing"]


def test_punctuation_alone_is_still_a_word() -> None:
    assert (normalise_word("Cold."), normalise_word("—")) == ("cold", "—")
