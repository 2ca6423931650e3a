"""Lines that others may read tell nothing of health."""

import pytest

from interviews.wordings.health_terms import explain_not_neutral, find_health_terms


@pytest.mark.parametrize(
    "line",
    [
        "Your cancer interview",
        "About the waiting list",
        "Waiting-list interview",
        "Treatment backlog",
        "Talk with NHS staff",
        "At the clinic",
        "Chronic pain",
        "Ward 4",
        "Mental health",
    ],
)
def test_health_is_noticed(line: str) -> None:
    assert find_health_terms(line)


@pytest.mark.parametrize(
    "line",
    [
        "Your interview is booked",
        "A reminder of your interview with P-7KQ4M",
        "Choose a time for your interview",
        "Paint, Spain, Edward, Cardiff, surge, awards",
        "We are keeping a place in a group session for you",
        "Please wait patiently",
    ],
)
def test_ordinary_lines_are_left_alone(line: str) -> None:
    assert find_health_terms(line) == []


def test_the_title_of_the_call_is_no_subject() -> None:
    assert explain_not_neutral("Our call: the long  WAIT goes on", call_title="The long wait")
    assert not explain_not_neutral("Your interview", call_title="The long wait")
