"""The mapping's interface on small invented interviews, with hashed words for meaning: no model is loaded."""

from collections.abc import Sequence

import pytest

from evidence.schedule import Question, Schedule, Section
from tests.support.hashed_similarity import HashedSimilarity
from transcripts.mapping import (
    CoverageStatus,
    MappingInputError,
    ReviewedTranscript,
    TimedMarker,
    map_speech,
)
from transcripts.text.spoken import SpokenSegment

Line = tuple[str | None, str]
GARDEN = Schedule(
    "Gardens",
    (
        Section(
            "all",
            "All",
            (
                Question("soil", "What soil does your garden have?"),
                Question("vegetables", "Which vegetables do you grow?"),
                Question("watering", "How do you keep plants watered in summer?"),
            ),
        ),
    ),
)
TALK: list[Line] = [
    ("A", "Good morning, thank you for having me. I am recording this."),
    ("B", "Good morning. That is fine by me."),
    ("A", "First, what soil does your garden have?"),
    ("B", "The soil is heavy clay, and the garden lies on a slope, so the soil washes down."),
    ("A", "And which vegetables do you grow?"),
    ("B", "We grow beans and leeks and other vegetables, and the vegetables feed the street."),
    ("A", "So how do you keep plants watered in summer?"),
    ("B", "In summer we water the plants from a barrel, and the watered plants do well."),
    ("A", "Thank you very much for your time, I will switch this off now."),
]
BARRELS: list[Line] = [
    ("B", "The barrels stand behind the shed, four big barrels, and the rain fills them."),
    ("B", "When the barrels are empty I carry cans from the brook."),
]
BARRELS_HERE: list[Line] = [
    ("B", "Three barrels by the shed, full of rain."),
    ("B", "And cans from the brook when the barrels are empty."),
]


def spoken(lines: Sequence[Line], seconds: float = 8.0) -> list[SpokenSegment]:
    return [
        SpokenSegment(number, number * seconds, (number + 1) * seconds, text, speaker)
        for number, (speaker, text) in enumerate(lines)
    ]


def test_a_greeting_in_another_language_answers_nothing_although_no_marker_says_so() -> None:
    found = map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity(), language="fr")

    assert found.question_keys[:2] == (None, None)


def test_what_people_decided_remains_and_the_rest_follows() -> None:
    segments = spoken(TALK + BARRELS)
    before = map_speech(segments, GARDEN, similarity=HashedSimilarity())

    found = map_speech(segments, GARDEN, similarity=HashedSimilarity(), decisions={9: "watering", 3: None})

    assert before.question_keys[9] != "watering"
    assert (found.question_keys[9], found.question_keys[3]) == ("watering", None)
    assert found.question_keys[10] == "watering"


def test_a_decision_for_an_unknown_question_is_refused() -> None:
    with pytest.raises(MappingInputError, match="flowers"):
        map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity(), decisions={1: "flowers"})


def test_a_plain_interview_is_mapped_question_by_question() -> None:
    mapping = map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity())

    assert mapping.question_keys[2:8] == ("soil", "soil", "vegetables", "vegetables", "watering", "watering")


def test_greeting_and_thanks_belong_to_no_question() -> None:
    mapping = map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity())

    assert mapping.question_keys[0] is None
    assert mapping.question_keys[-1] is None


def test_the_same_interview_is_mapped_the_same_twice() -> None:
    first = map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity())

    assert map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity()) == first


def test_passages_cover_every_segment_once_and_in_order() -> None:
    segments = spoken(TALK)

    passages = map_speech(segments, GARDEN, similarity=HashedSimilarity()).passages

    covered = [i for passage in passages for i in range(passage.first_segment_id, passage.last_segment_id + 1)]
    assert covered == [segment.id for segment in segments]


def test_confidence_is_a_probability() -> None:
    mapping = map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity())

    assert all(0.0 < confidence <= 1.0 for confidence in mapping.confidences)


def test_a_question_nobody_asked_is_not_asked() -> None:
    mapping = map_speech(spoken(TALK[:6] + TALK[8:]), GARDEN, similarity=HashedSimilarity())

    assert mapping.coverage["watering"] is CoverageStatus.NOT_ASKED


def test_an_empty_interview_asks_nothing() -> None:
    mapping = map_speech([], GARDEN, similarity=HashedSimilarity())

    assert mapping.passages == ()
    assert set(mapping.coverage.values()) == {CoverageStatus.NOT_ASKED}


def test_questions_out_of_order_are_found_by_their_wording() -> None:
    backwards = [*TALK[:2], *TALK[6:8], *TALK[4:6], *TALK[2:4], TALK[8]]

    mapping = map_speech(spoken(backwards), GARDEN, similarity=HashedSimilarity())

    assert mapping.question_keys[2:8] == ("watering", "watering", "vegetables", "vegetables", "soil", "soil")


def test_markers_decide_where_wording_says_nothing() -> None:
    vague: list[Line] = [("A", "And this one?"), ("B", "Well, as you would expect, more or less the usual.")] * 3
    markers = [TimedMarker(1.0, "watering"), TimedMarker(17.0, "soil"), TimedMarker(33.0, "vegetables")]

    mapping = map_speech(spoken(vague), GARDEN, similarity=HashedSimilarity(), markers=markers)

    assert mapping.question_keys == ("watering", "watering", "soil", "soil", "vegetables", "vegetables")


def test_another_language_is_mapped_by_markers_and_says_so() -> None:
    answer: Line = ("B", "Bei uns ist das so, wie man es hier in der Gegend schon immer gemacht hat, meine ich.")
    german: list[Line] = [("B", "Guten Tag."), ("A", "Wie ist das denn bei Ihnen?"), answer, answer] * 3
    markers = [TimedMarker(41.0, "soil"), TimedMarker(201.0, "watering")]

    mapping = map_speech(spoken(german, 40.0), GARDEN, similarity=HashedSimilarity(), markers=markers, language="de")

    assert mapping.question_keys[1:4] == ("soil", "soil", "soil")
    assert mapping.question_keys[5:8] == ("watering", "watering", "watering")
    assert "not in English" in mapping.note


def test_a_reviewed_interview_teaches_which_words_answer_a_question() -> None:
    theirs: list[Line] = [*TALK[:6], ("A", "And what about the barrels?"), *BARRELS, TALK[8]]
    keys = (None, None, "soil", "soil", "vegetables", "vegetables", "watering", "watering", "watering", None)
    reviewed = ReviewedTranscript(tuple(spoken(theirs)), keys)
    ours: list[Line] = [*TALK[:6], ("A", "And the barrels, tell me about those?"), *BARRELS_HERE, TALK[8]]

    alone = map_speech(spoken(ours), GARDEN, similarity=HashedSimilarity())
    taught = map_speech(spoken(ours), GARDEN, similarity=HashedSimilarity(), reviewed=[reviewed])

    assert taught.question_keys[6:9] == ("watering", "watering", "watering")
    assert min(taught.confidences[6:9]) > max(alone.confidences[6:9])


def test_a_marker_for_an_unknown_question_is_refused_with_a_reason() -> None:
    with pytest.raises(MappingInputError, match="“moon”"):
        map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity(), markers=[TimedMarker(1.0, "moon")])


def test_a_reviewed_interview_of_another_schedule_is_refused_with_a_reason() -> None:
    reviewed = ReviewedTranscript(tuple(spoken(TALK[:1])), ("moon",))

    with pytest.raises(MappingInputError, match="reviewed interview"):
        map_speech(spoken(TALK), GARDEN, similarity=HashedSimilarity(), reviewed=[reviewed])


def test_speech_without_speakers_is_mapped_too() -> None:
    mapping = map_speech(spoken([(None, text) for _, text in TALK]), GARDEN, similarity=HashedSimilarity())

    assert mapping.question_keys[2:8] == ("soil", "soil", "vegetables", "vegetables", "watering", "watering")
