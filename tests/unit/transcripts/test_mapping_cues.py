"""What wording gives away, and who is taken for the interviewer."""

import pytest

from transcripts.mapping import turn_cues
from transcripts.mapping.speaker_turns import read_conversation
from transcripts.text.spoken import SpokenSegment


@pytest.mark.parametrize(
    "text", ["What did it cost?", "so how did you manage", "Tell me about the village.", "and did it help them"]
)
def test_an_asking_is_known_with_or_without_a_question_mark(text: str) -> None:
    assert turn_cues.is_question(text)


@pytest.mark.parametrize("text", ["It cost ten pounds.", "They came every Tuesday, and they stayed.", "Yes."])
def test_an_answer_is_no_asking(text: str) -> None:
    assert not turn_cues.is_question(text)


@pytest.mark.parametrize(
    "text",
    ["Can we go back to the bus?", "You mentioned a survey.", "As I said, it was cold.", "I've thought of it now"],
)
def test_going_back_is_known_by_its_wording(text: str) -> None:
    assert turn_cues.is_going_back(text)


def test_the_one_who_asks_is_taken_for_the_interviewer_whatever_the_name() -> None:
    lines = [("zed", "How are you, and what do you do?"), ("amy", "I bake. My oven is my life, and I love it.")] * 3
    segments = [SpokenSegment(n, n * 5.0, n * 5.0 + 4.0, text, who) for n, (who, text) in enumerate(lines)]

    interviewer = read_conversation(segments).interviewer_likelihood

    assert interviewer[0] > 0.9
    assert interviewer[1] < 0.1


def test_silence_between_segments_is_a_gap_and_overlap_is_none() -> None:
    segments = [
        SpokenSegment(0, 0.0, 4.0, "One.", "A"),
        SpokenSegment(1, 6.5, 9.0, "Two.", "B"),
        SpokenSegment(2, 8.0, 10.0, "Three.", "A"),
    ]

    assert read_conversation(segments).gaps.tolist() == [0.0, 2.5, 0.0]


def test_two_who_share_the_talk_count_as_two() -> None:
    segments = [SpokenSegment(n, n * 2.0, n * 2.0 + 2.0, "just the same words", "AB"[n % 2]) for n in range(6)]

    assert read_conversation(segments).effective_speakers == pytest.approx(2.0)


@pytest.mark.parametrize("text", ["Thank you very much, that was it.", "I'll switch this off.", "Bye, take care."])
def test_thanks_at_the_end_are_known_by_their_wording(text: str) -> None:
    assert turn_cues.is_thanking(text)
    assert not turn_cues.is_thanking("I thanked them for the bus, which they gave us.")


@pytest.mark.parametrize("text", ["Hang on, the kettle.", "Sorry, that was the door.", "Where were we?"])
def test_an_interruption_is_known_by_its_wording(text: str) -> None:
    assert turn_cues.is_interrupting(text)
    assert not turn_cues.is_interrupting("I was sorry about it, and the second time I said so.")
