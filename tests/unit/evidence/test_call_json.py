"""Reading a call from JSON: defaults, and messages that say what is wrong and where."""

from typing import Any

import pytest

from evidence.call_json import CallFileError, build_slug, call_from_json
from evidence.consent_terms import ConsentUse
from tests.support.small_call import SMALL_CALL


def test_a_call_needs_only_a_title_dates_and_questions() -> None:
    draft = call_from_json(SMALL_CALL)

    assert (draft.slug, draft.zone, draft.interview_minutes) == ("a-call", "Europe/London", 60)
    assert (draft.aims, draft.area_types, draft.sites, draft.participation_modes, draft.consent_terms) == (
        (),
        (),
        (),
        (),
        (),
    )


def test_a_full_call_is_read() -> None:
    draft = call_from_json(
        {
            **SMALL_CALL,
            "aims": [{"key": "living", "text": "A healthy standard of living"}],
            "places": ["urban"],
            "sites": [{"key": "north", "title": "A northern city", "target": [7, 10]}],
            "ways": ["written"],
            "consent": [{"use": "share", "wording": "You may share it."}],
        }
    )

    assert draft.aims == (("living", "A healthy standard of living"),)
    assert draft.sites[0].target_range == (7, 10)
    assert draft.consent_terms[0].use is ConsentUse.SHARE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "The call needs a “title”"),
        ({"opens_on": "soon"}, "“opens_on” has to be a date like 2026-09-01, not “soon”"),
        ({"closes_on": "2026-08-01"}, "closes .* before it opens"),
        ({"zone": "Mars/Base"}, "“Mars/Base” is not known"),
        ({"zone": "../../etc/passwd"}, "is not known"),
        ({"zone": 7}, "is not known"),
        ({"interview_minutes": "45"}, "whole number from 1"),
        ({"interview_minutes": True}, "whole number from 1"),
        ({"aims": [{"key": "a"}]}, "Aim 1 needs a “text”"),
        ({"aims": ["a"]}, "Aim 1 has to be an object"),
        ({"aims": [{"key": "a", "text": "A"}, {"key": "a", "text": "B"}]}, "“a” is used more than once"),
        ({"places": "urban"}, "“places” has to be a list"),
        ({"places": ["urban", ""]}, "“places” has to be a list of texts"),
        ({"sites": [{"key": "n", "title": "N", "target": [10, 7]}]}, "Site 1: “target”"),
        ({"consent": [{"use": "sell", "wording": "W"}]}, "Consent 1: unknown use “sell”"),
        ({"consent": [{"use": "share", "wording": "W"}] * 2}, "“share” is used more than once"),
        ({"slug": "Not A Slug"}, "small letters"),
        ({"schedule": {}}, "The call's schedule: the schedule needs"),
        ({"schedule": None}, "The call's schedule"),
        ({"places": ["ur\x00ban"]}, "control character"),
        ({"title": "Half \ud83d"}, "cannot be stored"),
    ],
)
def test_a_call_that_cannot_be_used_says_where_and_why(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CallFileError, match=message):
        call_from_json({**SMALL_CALL, **changes})


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_a_file_that_is_no_object_is_refused_with_a_reason(data: Any) -> None:
    with pytest.raises(CallFileError, match="has to be an object"):
        call_from_json(data)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Waiting well: a call for evidence", "waiting-well"),
        ("<script>", "script"),
        ("مرحبا", "call"),
        ("x" * 500, "x" * 60),
    ],
)
def test_the_address_of_a_call_comes_from_its_title(title: str, slug: str) -> None:
    assert build_slug(title) == slug
