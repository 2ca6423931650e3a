"""Boundaries between passages: whatever is moved or chosen, no word is lost, doubled or put out of order."""

from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transcripts import boundaries
from transcripts.boundaries import NoSuchPlaceError, Part
from transcripts.spans import Place, Span, pieces_of
from transcripts.spoken import SpokenSegment, SpokenWord

KEYS = (None, "cost", "lessons")
Talk = tuple[SpokenSegment, ...]


def segment(number: int, words: int, *, has_words: bool = True) -> SpokenSegment:
    said = [f"w{number}.{n}" for n in range(words)]
    spoken = tuple(SpokenWord(f" {word}", number * 10.0 + n, number * 10.0 + n + 1, 0.9) for n, word in enumerate(said))
    return SpokenSegment(number, number * 10.0, number * 10.0 + 9, " ".join(said), words=spoken if has_words else ())


def part(question: str | None, start: Place, end: Place, state: str = "suggested") -> Part:
    name = uuid4()
    return Part(name, name, question, state, Span(start, end))


def new(question: str | None, start: Place, end: Place, origin: UUID | None = None) -> Part:
    return Part(None, origin, question, "suggested", Span(start, end), is_touched=True, is_decided=True)


def words_of(talk: Talk, parts: list[Part]) -> list[str]:
    return [word for each in parts for piece in pieces_of(talk, each.span) for word in piece.text.split()]


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    sizes = draw(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=7))
    return tuple(segment(number, size, has_words=has) for number, (size, has) in enumerate(sizes))


def places_of(talk: Talk) -> list[Place]:
    """Wherever words can be parted."""
    return [Place(each.id, word) for each in talk for word in range(max(1, len(each.words)))]


@st.composite
def mapped(draw: st.DrawFn) -> tuple[Talk, list[Part]]:
    """A talk that is cut into passages at places, as the mapping does."""
    talk = draw(talks())
    inner = draw(st.lists(st.sampled_from(places_of(talk)), unique=True))
    edges = sorted({Place(0), *inner, Place(len(talk))})
    states = st.sampled_from(["suggested", "accepted"])
    made = [part(draw(st.sampled_from(KEYS)), *pair, draw(states)) for pair in pairwise(edges)]
    return talk, [each for each in made if words_of(talk, [each])]


@given(mapped(), st.data())
def test_no_word_is_lost_or_doubled_when_words_are_given_a_question(
    made: tuple[Talk, list[Part]], data: st.DataObject
) -> None:
    talk, before = made
    start, end = sorted(data.draw(st.tuples(*[st.sampled_from([*places_of(talk), Place(len(talk))])] * 2)))
    chosen = new(data.draw(st.sampled_from(KEYS)), start, end)
    assume(start < end and words_of(talk, [chosen]))

    after = boundaries.given(talk, before, chosen)

    assert words_of(talk, after) == words_of(talk, before)
    held = {word: each.question_key for each in after for word in words_of(talk, [each])}
    earlier = {word: each.question_key for each in before for word in words_of(talk, [each])}
    inside = set(words_of(talk, [chosen]))
    assert held == {word: chosen.question_key if word in inside else key for word, key in earlier.items()}


@given(mapped(), st.data())
def test_what_is_not_touched_stays_and_each_row_is_used_once(
    made: tuple[Talk, list[Part]], data: st.DataObject
) -> None:
    talk, before = made
    start, end = sorted(data.draw(st.tuples(*[st.sampled_from([*places_of(talk), Place(len(talk))])] * 2)))
    chosen = new("cost", start, end)
    assume(start < end and words_of(talk, [chosen]))

    after = boundaries.given(talk, before, chosen)

    rows = [each.id for each in after if each.id is not None]
    assert len(rows) == len(set(rows))
    assert set(rows) <= {each.id for each in before}
    assert all(each in before for each in after if not each.is_touched)
    assert sum(each.is_decided for each in after) == 1


@given(mapped(), st.data())
def test_a_boundary_that_moves_takes_words_from_one_neighbour_to_the_other(
    made: tuple[Talk, list[Part]], data: st.DataObject
) -> None:
    talk, before = made
    assume(len(before) > 1)
    number = data.draw(st.integers(1, len(before) - 1))
    to = data.draw(st.builds(Place, st.integers(-1, len(talk)), st.integers(-1, 5)))
    earlier, later = before[number - 1 : number + 1]

    try:
        pair = list(boundaries.moved(talk, earlier, later, to))
    except NoSuchPlaceError:
        assert to not in places_of(talk) or not all(
            words_of(talk, [each]) for each in (part(None, earlier.span.start, to), part(None, to, later.span.end))
        )
        return

    assert words_of(talk, pair) == words_of(talk, [earlier, later])
    assert all(words_of(talk, [each]) for each in pair)
    assert [each.id for each in pair] == [earlier.id, later.id]


def test_words_given_to_their_neighbours_question_join_it() -> None:
    talk = (segment(0, 3), segment(1, 3), segment(2, 3))
    first, second = part("cost", Place(0), Place(1)), part("lessons", Place(1), Place(3))

    after = boundaries.given(talk, [first, second], new("cost", Place(1), Place(1, 2)))

    assert [(each.id, each.span) for each in after] == [
        (first.id, Span(Place(0), Place(1, 2))),
        (second.id, Span(Place(1, 2), Place(3))),
    ]


def test_words_chosen_in_the_middle_cut_a_passage_in_three() -> None:
    talk = (segment(0, 6),)
    whole = part("cost", Place(0), Place(1))

    after = boundaries.given(talk, [whole], new(None, Place(0, 2), Place(0, 4), whole.id))

    assert [(each.question_key, each.id, words_of(talk, [each])) for each in after] == [
        ("cost", whole.id, ["w0.0", "w0.1"]),
        (None, None, ["w0.2", "w0.3"]),
        ("cost", None, ["w0.4", "w0.5"]),
    ]
    assert {each.origin for each in after} == {whole.id}


def test_an_accepted_neighbour_is_not_joined_by_a_suggestion() -> None:
    talk = (segment(0, 2), segment(1, 2))
    accepted, other = part("cost", Place(0), Place(1), "accepted"), part("lessons", Place(1), Place(2))

    after = boundaries.given(talk, [accepted, other], new("cost", Place(1), Place(2)))

    assert [(each.state, each.span) for each in after] == [
        ("accepted", Span(Place(0), Place(1))),
        ("suggested", Span(Place(1), Place(2))),
    ]


def test_words_come_from_the_passage_that_holds_most_of_their_seconds() -> None:
    talk = (segment(0, 6), segment(1, 6))
    first, second = part("cost", Place(0), Place(1)), part("lessons", Place(1), Place(2))

    assert boundaries.most_of(talk, [first, second], Span(Place(0, 4), Place(2))) is second
    assert boundaries.most_of(talk, [], Span(Place(0), Place(1))) is None


def test_choosing_nothing_is_refused() -> None:
    talk = (segment(0, 2), segment(1, 0), segment(2, 2))

    with pytest.raises(NoSuchPlaceError, match="Nothing is said"):
        boundaries.given(talk, [part("cost", Place(0), Place(3))], new(None, Place(1), Place(2)))
