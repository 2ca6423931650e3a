"""The schedule: reading it from JSON, finding in it, and refusing one that cannot be used, with a message."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.answer_kinds import AnswerKind
from evidence.schedule import ScheduleError, schedule_from_json, schedule_to_json

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "call.json"


def with_question(**parts: Any) -> dict[str, Any]:
    question = {"key": "one", "prompt": "What?", **parts}
    return {"title": "A call", "sections": [{"key": "s", "title": "Section", "questions": [question]}]}


def test_the_example_survives_a_round_trip() -> None:
    data = json.loads(SAMPLE.read_text())

    schedule = schedule_from_json(data)

    assert schedule_to_json(schedule) == data


def test_a_question_is_found_by_its_key() -> None:
    schedule = schedule_from_json(json.loads(SAMPLE.read_text()))

    assert schedule.get_question("cost").prompt == "Did the approach cost more money or other resources?"
    assert schedule.has_question("cost")
    assert not schedule.has_question("nowhere")


def test_questions_come_in_the_order_of_the_schedule() -> None:
    schedule = schedule_from_json(json.loads(SAMPLE.read_text()))

    keys = [question.key for question in schedule.iter_questions()]

    assert keys[:4] == ["capacity", "evidence", "experience", "values"]
    assert len(keys) == 10


def test_what_is_not_said_has_a_default() -> None:
    question = schedule_from_json(with_question()).get_question("one")

    assert (question.kind, question.is_required, question.guide_word_count) == (AnswerKind.LONG_TEXT, False, None)


def test_every_part_of_a_question_survives_a_round_trip() -> None:
    data = with_question(
        details=["More?"],
        spoken=["Tell me"],
        kind="some of",
        choices=["Red", "Blue"],
        guide_words=50,
        required=True,
    )

    assert schedule_to_json(schedule_from_json(data)) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "needs a list of “sections”"),
        ({"title": "A", "sections": []}, "no questions"),
        ({"title": "A", "sections": [1]}, "section 1"),
        (with_question(prompt=" "), "question “one” needs a “prompt”"),
        (with_question(key="1 x"), "letters, digits and underscores"),
        (with_question(kind="guess"), "unknown kind “guess”"),
        (with_question(kind="one of"), "at least two choices"),
        (with_question(kind="one of", choices=["a", "b\nc"]), "cannot contain a line break"),
        (with_question(guide_words=0), "above 0"),
        (with_question(guide_words=True), "above 0"),
        (with_question(details="text"), "“details” has to be a list"),
    ],
)
def test_a_schedule_that_cannot_be_used_says_where_and_why(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ScheduleError, match=message):
        schedule_from_json(data)


def test_a_question_key_may_be_used_only_once() -> None:
    data = with_question()
    data["sections"].append({**data["sections"][0], "key": "t"})

    with pytest.raises(ScheduleError, match="question key “one” is used more than once"):
        schedule_from_json(data)


PARTS = ["title", "sections", "key", "questions", "prompt", "kind", "choices", "details", "guide_words"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=6),
    max_leaves=20,
)


@given(JSON)
def test_anything_else_is_refused_with_a_reason_or_has_questions(data: Any) -> None:
    schedule = None
    with suppress(ScheduleError):
        schedule = schedule_from_json(data)

    assert schedule is None or any(True for _ in schedule.iter_questions())
