"""Lining taps up with a recording: by its begin, and by what was said. No database."""

from datetime import UTC, datetime, timedelta

import pytest

from evidence.schedule import Question, Schedule, Section
from transcripts.mapping import TimedMarker
from transcripts.markers.alignment import Tap, align_taps, estimate_start_from_text
from transcripts.markers.payload import UnreadableTapsError, parse_taps
from transcripts.text.spoken import SpokenSegment

BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)
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
SAID = [
    (0.0, "Good morning, is it still raining where you are?"),
    (30.0, "It is, and has been all week."),
    (62.0, "So tell me, what soil does the garden have?"),
    (70.0, "Heavy clay, most of it."),
    (203.0, "And which vegetables do you grow?"),
    (210.0, "Beans and leeks."),
    (380.0, "How are the plants watered in summer?"),
    (390.0, "From a barrel."),
]
SEGMENTS = [SpokenSegment(n, start, start + 6.0, text) for n, (start, text) in enumerate(SAID)]


def tapped(**seconds: float) -> list[Tap]:
    return [Tap(BEGAN + timedelta(seconds=at), key) for key, at in seconds.items()]


def test_taps_are_given_in_seconds_of_their_recording() -> None:
    taps = tapped(watering=1200, soil=-3, vegetables=200.5)

    found = align_taps(taps, BEGAN, 600.0)

    assert found == (TimedMarker(0.0, "soil"), TimedMarker(200.5, "vegetables"))


def test_a_question_that_was_tapped_twice_running_began_at_the_first_tap() -> None:
    taps = [*tapped(soil=60), *tapped(soil=75), *tapped(vegetables=200), *tapped(soil=300)]

    found = align_taps(taps, BEGAN, 600.0)

    assert [(marker.at_seconds, marker.question_key) for marker in found] == [
        (60.0, "soil"),
        (200.0, "vegetables"),
        (300.0, "soil"),
    ]


@pytest.mark.parametrize("late", [-7, 0, 45, 3600])
def test_the_begin_is_found_by_what_was_said_however_wrong_the_clock_was(late: float) -> None:
    taps = tapped(soil=63 + late, vegetables=201 + late, watering=384 + late)

    began = estimate_start_from_text(taps, SEGMENTS, GARDEN)

    assert began is not None
    assert abs((began - BEGAN).total_seconds() - late) < 4


def test_one_tap_alone_falls_on_the_turn_that_asks_its_question() -> None:
    began = estimate_start_from_text(tapped(vegetables=100), SEGMENTS, GARDEN)

    assert began == BEGAN + timedelta(seconds=100 - 203)


def test_words_that_fit_no_tap_give_no_start() -> None:
    weather = [SpokenSegment(n, 10.0 * n, 10.0 * n + 9, "It rained all week here.") for n in range(20)]

    assert estimate_start_from_text(tapped(soil=63, watering=130), weather, GARDEN) is None


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"taps": {}},
        {"taps": [1]},
        {"taps": [{}] * 201},
        {"taps": [{"id": "x", "kind": "asked", "question": "soil", "at": 1_772_445_600_000}]},
        {"taps": [{"id": "0" * 32, "kind": "hacked", "question": "soil", "at": 1_772_445_600_000}]},
        {"taps": [{"id": "0" * 32, "kind": "asked", "question": ["soil"], "at": 1_772_445_600_000}]},
        {"taps": [{"id": "0" * 32, "kind": "note", "note": "x" * 4001, "at": 1_772_445_600_000}]},
        {"taps": [{"id": "0" * 32, "kind": "asked", "question": "soil", "at": True}]},
        {"taps": [{"id": "0" * 32, "kind": "asked", "question": "soil", "at": float("nan")}]},
        {"taps": [{"id": "0" * 32, "kind": "asked", "question": "soil", "at": 10**400}]},
        {"taps": [{"id": "0" * 32, "kind": "asked", "question": "soil", "at": "yesterday"}]},
    ],
)
def test_what_no_page_sends_is_refused_with_a_reason(sent: object) -> None:
    with pytest.raises(UnreadableTapsError, match=r"\.$"):
        parse_taps(sent)
