"""Boundaries between passages: whatever is moved or chosen, no word is lost, doubled or put out of order."""

from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transcripts.passages import boundaries
from transcripts.passages.boundaries import InvalidBoundaryError, PassageSpan
from transcripts.text.spans import WordOffset, WordSpan, split_by_segment
from transcripts.text.spoken import SpokenSegment, SpokenWord

KEYS = (None, "cost", "lessons")
Talk = tuple[SpokenSegment, ...]


def segment(number: int, words: int, *, has_words: bool = True) -> SpokenSegment:
    said = [f"w{number}.{n}" for n in range(words)]
    spoken = tuple(SpokenWord(f" {word}", number * 10.0 + n, number * 10.0 + n + 1, 0.9) for n, word in enumerate(said))
    return SpokenSegment(number, number * 10.0, number * 10.0 + 9, " ".join(said), words=spoken if has_words else ())


def part(question: str | None, start: WordOffset, end: WordOffset, state: str = "suggested") -> PassageSpan:
    name = uuid4()
    return PassageSpan(name, name, question, state, WordSpan(start, end))


def new(question: str | None, start: WordOffset, end: WordOffset, origin: UUID | None = None) -> PassageSpan:
    return PassageSpan(None, origin, question, "suggested", WordSpan(start, end), is_touched=True, is_decided=True)


def words_of(talk: Talk, parts: list[PassageSpan]) -> list[str]:
    return [word for each in parts for piece in split_by_segment(talk, each.span) for word in piece.text.split()]


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    sizes = draw(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=7))
    return tuple(segment(number, size, has_words=has) for number, (size, has) in enumerate(sizes))


def list_offsets(talk: Talk) -> list[WordOffset]:
    """Wherever words can be parted."""
    return [WordOffset(each.id, word) for each in talk for word in range(max(1, len(each.words)))]


@st.composite
def mapped(draw: st.DrawFn) -> tuple[Talk, list[PassageSpan]]:
    """A talk that is cut into passages at places, as the mapping does."""
    talk = draw(talks())
    inner = draw(st.lists(st.sampled_from(list_offsets(talk)), unique=True))
    edges = sorted({WordOffset(0), *inner, WordOffset(len(talk))})
    states = st.sampled_from(["suggested", "accepted"])
    made = [part(draw(st.sampled_from(KEYS)), *pair, draw(states)) for pair in pairwise(edges)]
    return talk, [each for each in made if words_of(talk, [each])]


@given(mapped(), st.data())
def test_no_word_is_lost_or_doubled_when_words_are_given_a_question(
    made: tuple[Talk, list[PassageSpan]], data: st.DataObject
) -> None:
    talk, before = made
    start, end = sorted(data.draw(st.tuples(*[st.sampled_from([*list_offsets(talk), WordOffset(len(talk))])] * 2)))
    chosen = new(data.draw(st.sampled_from(KEYS)), start, end)
    assume(start < end and words_of(talk, [chosen]))

    after = boundaries.assign_span(talk, before, chosen)

    assert words_of(talk, after) == words_of(talk, before)
    keys = {word: each.question_key for each in after for word in words_of(talk, [each])}
    earlier = {word: each.question_key for each in before for word in words_of(talk, [each])}
    inside = set(words_of(talk, [chosen]))
    assert keys == {word: chosen.question_key if word in inside else key for word, key in earlier.items()}


@given(mapped(), st.data())
def test_what_is_not_touched_stays_and_each_row_is_used_once(
    made: tuple[Talk, list[PassageSpan]], data: st.DataObject
) -> None:
    talk, before = made
    start, end = sorted(data.draw(st.tuples(*[st.sampled_from([*list_offsets(talk), WordOffset(len(talk))])] * 2)))
    chosen = new("cost", start, end)
    assume(start < end and words_of(talk, [chosen]))

    after = boundaries.assign_span(talk, before, chosen)

    rows = [each.id for each in after if each.id is not None]
    assert len(rows) == len(set(rows))
    assert set(rows) <= {each.id for each in before}
    assert all(each in before for each in after if not each.is_touched)
    assert sum(each.is_decided for each in after) == 1


@given(mapped(), st.data())
def test_a_boundary_that_moves_takes_words_from_one_neighbour_to_the_other(
    made: tuple[Talk, list[PassageSpan]], data: st.DataObject
) -> None:
    talk, before = made
    assume(len(before) > 1)
    number = data.draw(st.integers(1, len(before) - 1))
    to = data.draw(st.builds(WordOffset, st.integers(-1, len(talk)), st.integers(-1, 5)))
    earlier, later = before[number - 1 : number + 1]

    try:
        pair = list(boundaries.shift_boundary(talk, earlier, later, to))
    except InvalidBoundaryError:
        assert to not in list_offsets(talk) or not all(
            words_of(talk, [each]) for each in (part(None, earlier.span.start, to), part(None, to, later.span.end))
        )
        return

    assert words_of(talk, pair) == words_of(talk, [earlier, later])
    assert all(words_of(talk, [each]) for each in pair)
    assert [each.id for each in pair] == [earlier.id, later.id]


def test_words_given_to_their_neighbours_question_join_it() -> None:
    talk = (segment(0, 3), segment(1, 3), segment(2, 3))
    first, second = part("cost", WordOffset(0), WordOffset(1)), part("lessons", WordOffset(1), WordOffset(3))

    after = boundaries.assign_span(talk, [first, second], new("cost", WordOffset(1), WordOffset(1, 2)))

    assert [(each.id, each.span) for each in after] == [
        (first.id, WordSpan(WordOffset(0), WordOffset(1, 2))),
        (second.id, WordSpan(WordOffset(1, 2), WordOffset(3))),
    ]


def test_words_chosen_in_the_middle_cut_a_passage_in_three() -> None:
    talk = (segment(0, 6),)
    whole = part("cost", WordOffset(0), WordOffset(1))

    after = boundaries.assign_span(talk, [whole], new(None, WordOffset(0, 2), WordOffset(0, 4), whole.id))

    assert [(each.question_key, each.id, words_of(talk, [each])) for each in after] == [
        ("cost", whole.id, ["w0.0", "w0.1"]),
        (None, None, ["w0.2", "w0.3"]),
        ("cost", None, ["w0.4", "w0.5"]),
    ]
    assert {each.origin_id for each in after} == {whole.id}


def test_an_accepted_neighbour_is_not_joined_by_a_suggestion() -> None:
    talk = (segment(0, 2), segment(1, 2))
    accepted, other = (
        part("cost", WordOffset(0), WordOffset(1), "accepted"),
        part("lessons", WordOffset(1), WordOffset(2)),
    )

    after = boundaries.assign_span(talk, [accepted, other], new("cost", WordOffset(1), WordOffset(2)))

    assert [(each.state, each.span) for each in after] == [
        ("accepted", WordSpan(WordOffset(0), WordOffset(1))),
        ("suggested", WordSpan(WordOffset(1), WordOffset(2))),
    ]


def test_words_come_from_the_passage_with_most_of_their_seconds() -> None:
    talk = (segment(0, 6), segment(1, 6))
    first, second = part("cost", WordOffset(0), WordOffset(1)), part("lessons", WordOffset(1), WordOffset(2))

    assert boundaries.find_largest_overlap(talk, [first, second], WordSpan(WordOffset(0, 4), WordOffset(2))) is second
    assert boundaries.find_largest_overlap(talk, [], WordSpan(WordOffset(0), WordOffset(1))) is None


def test_choosing_nothing_is_refused() -> None:
    talk = (segment(0, 2), segment(1, 0), segment(2, 2))

    with pytest.raises(InvalidBoundaryError, match="Nothing is said"):
        boundaries.assign_span(
            talk, [part("cost", WordOffset(0), WordOffset(3))], new(None, WordOffset(1), WordOffset(2))
        )
