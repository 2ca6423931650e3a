"""Which of a volunteer's needs a time meets, without a database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from interviews.matching.needs_match import INTERPRETER_NOTICE, Need, find_blocking_needs, get_unmet_needs
from interviews.models import Gender, InterviewerProfile, Slot, SlotKind, Volunteer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NORTH = uuid4()


def a_slot(**changes: object) -> Slot:
    start = NOW + timedelta(days=7)
    facts = {"starts_at": start, "kind": SlotKind.VIDEO, "is_step_free": False, "takes_companion": True}
    return Slot(**(facts | changes))


def someone(**needs: object) -> Volunteer:
    nothing = {"language": "", "companion": "", "needs_step_free": False, "needs_interpreter": False}
    return Volunteer(**(nothing | needs))


def profile(**facts: object) -> InterviewerProfile:
    return InterviewerProfile(**({"languages": []} | facts))


@pytest.mark.parametrize(
    ("needs", "slot", "interviewer", "missing"),
    [
        ({}, {}, {}, set()),
        ({}, {"site_id": NORTH}, {}, {Need.SITE}),
        ({"site_id": NORTH}, {"site_id": NORTH}, {}, set()),
        ({"site_id": NORTH}, {}, {}, set()),
        ({"needs_step_free": True}, {}, {}, set()),
        ({"needs_step_free": True}, {"kind": SlotKind.IN_PERSON}, {}, {Need.STEP_FREE}),
        ({"needs_step_free": True}, {"kind": SlotKind.IN_PERSON, "is_step_free": True}, {}, set()),
        ({"companion": "My sister"}, {"takes_companion": False}, {}, {Need.COMPANION}),
        ({}, {"takes_companion": False}, {}, set()),
        ({"preferred_gender": Gender.WOMAN}, {}, {"gender": Gender.WOMAN}, set()),
        ({"preferred_gender": Gender.WOMAN}, {}, {"gender": Gender.MAN}, {Need.GENDER}),
        ({"preferred_gender": Gender.WOMAN}, {}, {}, {Need.GENDER}),
        ({"language": "english "}, {}, {}, set()),
        ({"language": "Welsh"}, {}, {}, {Need.LANGUAGE}),
        ({"language": " welsh"}, {}, {"languages": ["Welsh", "Urdu"]}, set()),
        ({"language": "Welsh", "needs_interpreter": True}, {}, {}, set()),
        ({"language": "Welsh", "preferred_gender": Gender.MAN}, {}, {}, {Need.LANGUAGE, Need.GENDER}),
    ],
)
def test_a_time_meets_a_need_or_says_which_it_does_not(
    needs: dict[str, object], slot: dict[str, object], interviewer: dict[str, object], missing: set[Need]
) -> None:
    assert get_unmet_needs(someone(**needs), a_slot(**slot), profile(**interviewer), NOW) == missing


@pytest.mark.parametrize("language", ["", "Welsh"])
def test_an_interpreter_needs_three_days(language: str) -> None:
    person = someone(language=language, needs_interpreter=True)
    soon, later = NOW + INTERPRETER_NOTICE - timedelta(minutes=1), NOW + INTERPRETER_NOTICE

    assert get_unmet_needs(person, a_slot(starts_at=soon), profile(), NOW) == {Need.INTERPRETER}
    assert get_unmet_needs(person, a_slot(starts_at=later), profile(), NOW) == set()


def test_who_is_understood_without_an_interpreter_waits_for_none() -> None:
    person = someone(language="Welsh", needs_interpreter=True)

    assert (
        get_unmet_needs(person, a_slot(starts_at=NOW + timedelta(hours=30)), profile(languages=["Welsh"]), NOW) == set()
    )


def test_a_need_that_every_time_fails_is_named() -> None:
    each = [frozenset({Need.GENDER, Need.LANGUAGE}), frozenset({Need.LANGUAGE})]

    assert find_blocking_needs(each) == [Need.LANGUAGE]


def test_when_no_single_need_rules_out_all_times_all_are_named() -> None:
    assert find_blocking_needs([frozenset({Need.LANGUAGE}), frozenset({Need.SITE})]) == [Need.SITE, Need.LANGUAGE]


@pytest.mark.parametrize("each", [[], [frozenset(), frozenset({Need.SITE})]])
def test_no_need_is_named_where_a_time_suits_or_none_is_free(each: list[frozenset[Need]]) -> None:
    assert find_blocking_needs(each) == []
