"""The interviewer's script follows the schedule."""

from evidence.schedule import schedule_from_json
from interviews.bookings.interview_script import build_script

SCHEDULE = schedule_from_json(
    {
        "title": "A call",
        "sections": [
            {"key": "a", "title": "First", "questions": [{"key": "who", "prompt": "Who?", "spoken": ["So who?"]}]},
            {
                "key": "b",
                "title": "Second",
                "questions": [{"key": "why", "prompt": "Why?"}, {"key": "how", "prompt": "How?"}],
            },
        ],
    }
)


def test_questions_are_numbered_through_all_sections() -> None:
    script = build_script(SCHEDULE)

    assert [(asked.number, asked.question.key) for section in script for asked in section.questions] == [
        (1, "who"),
        (2, "why"),
        (3, "how"),
    ]


def test_a_question_is_asked_with_its_spoken_prompt() -> None:
    script = build_script(SCHEDULE)

    assert script[0].questions[0].spoken == ("So who?",)


def test_a_question_without_a_spoken_prompt_is_asked_as_it_is_written() -> None:
    script = build_script(SCHEDULE)

    assert script[1].questions[0].spoken == ("Why?",)
