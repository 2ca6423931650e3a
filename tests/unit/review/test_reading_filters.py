"""Filters survive the way into an address and back, and shrug at anything else."""

import pytest

from evidence.models import Finding, Mode, RespondentType
from review.reading.filters import NO_FILTERS, Filters, parse_filters

ALL = Filters(RespondentType.ORGANISATION, "rural", Finding.WORKS, "control", Mode.INTERVIEW)


@pytest.mark.parametrize("filters", [NO_FILTERS, ALL, Filters(place="urban")])
def test_filters_come_back_from_the_address_they_went_into(filters: Filters) -> None:
    assert parse_filters(filters.as_query()) == filters


def test_only_what_is_set_is_in_the_address() -> None:
    assert Filters(place="urban").as_query() == {"place": "urban"}


@pytest.mark.parametrize("nonsense", ["", "ORGANISATION", "<script>alert(1)</script>", "\u202e", "x" * 100_000])
def test_a_value_that_the_closed_set_does_not_know_filters_nothing(nonsense: str) -> None:
    assert parse_filters({"given_as": nonsense, "shows": nonsense, "mode": nonsense}) == NO_FILTERS


def test_a_null_character_never_reaches_the_database() -> None:
    assert parse_filters({"place": "ur\0ban", "aim": "\0"}) == Filters(place="urban")
