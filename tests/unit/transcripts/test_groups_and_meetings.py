"""A focus group is an interview: whose questions they are decides, never how many answer."""

import itertools
from dataclasses import replace

import pytest

from bench.support.labelled_interviews import OWN_DATA, LabelledInterview, read_material
from tests.support.hashed_similarity import HashedSimilarity
from transcripts.mapping import map_speech
from transcripts.mapping.feature_weights import WeightSet
from transcripts.mapping.features import EmbeddedInterview
from transcripts.mapping.interview_mapper import GROUP_NOTE, MEETING_NOTE, MappingInput, choose_weight_set
from transcripts.mapping.values import ReviewedTranscript, TimedMarker
from transcripts.text.spoken import SpokenSegment

ANSWERS = (
    "We keep the shop open on the corner, and my sister does the accounts on a Sunday.",
    "It rained for a week and the road was shut, so nobody came at all.",
    "I had to ring four times, and then they sent the wrong form.",
    "My mother looked after the children, or we could not have managed.",
)
ASKINGS = (
    "How did you come to hear of it?",
    "And what happened after that?",
    "What would you change, if you could?",
    "Could you tell me a bit more about the road?",
)


def make_group(answering: int, *, has_silent_person: bool) -> tuple[SpokenSegment, ...]:
    """One person asks, the others answer in turn; the last of them says one thing, if `has_silent_person`."""
    talking = answering - 1 if has_silent_person else answering
    names = itertools.cycle([f"S{number}" for number in range(1, talking + 1)])
    lines = [
        line
        for asking, _ in zip(itertools.cycle(ASKINGS), range(10), strict=False)
        for line in [("S0", asking), *((next(names), text) for text in ANSWERS[:3])]
    ]
    if has_silent_person:
        lines.insert(9, (f"S{answering}", "Yes, that was so."))
    return tuple(
        SpokenSegment(number, 6.0 * number, 6.0 * number + 6.0, text, speaker)
        for number, (speaker, text) in enumerate(lines)
    )


def choose(segments: tuple[SpokenSegment, ...], item: LabelledInterview, *settings: str) -> WeightSet:
    key = next(item.schedule.iter_questions()).key
    mapping_input = MappingInput(
        segments=segments,
        schedule=item.schedule,
        written=({key: "We were told by letter."},) if "written" in settings else (),
        reviewed=(ReviewedTranscript(segments, (key,) * len(segments)),) if "reviewed" in settings else (),
        markers=(TimedMarker(3.0, key),) if "markers" in settings else (),
        language="en",
    )
    return choose_weight_set(mapping_input, EmbeddedInterview(segments, item.schedule, HashedSimilarity()))


@pytest.fixture(scope="module")
def interview() -> LabelledInterview:
    return read_material(OWN_DATA).list_kind("other calls")[0]


@pytest.mark.parametrize("has_silent_person", [False, True])
@pytest.mark.parametrize("answering", [3, 4, 5])
@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("cold", WeightSet.COLD),
        ("written", WeightSet.WRITTEN),
        ("reviewed", WeightSet.REVIEWED),
        ("markers", WeightSet.MARKERS),
    ],
)
def test_a_focus_group_is_read_as_an_interview(
    answering: int, setting: str, expected: WeightSet, *, has_silent_person: bool, interview: LabelledInterview
) -> None:
    group = make_group(answering, has_silent_person=has_silent_person)

    assert choose(group, interview, setting) is expected


def test_a_meeting_in_which_nobody_leads_by_asking_is_read_as_a_meeting() -> None:
    for meeting in read_material(OWN_DATA).list_kind("meeting"):
        assert choose(meeting.segments, meeting) is WeightSet.MEETING


@pytest.mark.parametrize("setting", ["written", "reviewed"])
def test_what_is_known_of_a_call_is_used_in_a_meeting_too(setting: str, interview: LabelledInterview) -> None:
    meeting = read_material(OWN_DATA).list_kind("meeting")[0]

    assert choose(meeting.segments, interview, setting) is WeightSet(setting)


def test_a_reader_sees_which_way_several_voices_were_read(interview: LabelledInterview) -> None:
    group = make_group(4, has_silent_person=True)[:20]
    meeting = tuple(replace(one, speaker=f"S{number % 3}") for number, one in enumerate(group))
    alone = tuple(replace(one, speaker="S1" if one.speaker != "S0" else "S0") for one in group)

    notes = [
        map_speech(segments, interview.schedule, similarity=HashedSimilarity()).note
        for segments in (group, meeting, alone)
    ]

    assert notes == [GROUP_NOTE, MEETING_NOTE, ""]
