"""How long a freed place is kept, from far before a session to shortly before it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.group_sessions.offer_times import (
    MIN_OFFER_LENGTH,
    OFFERS_END_BEFORE_SESSION,
    WAITLIST_CLOSES_BEFORE_SESSION,
    calculate_offer_end,
)

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours_before", "kept_hours"),
    [(24 * 30, 24), (96, 24), (48, 12), (8, 2), (2, 0.5), (1.5, 0.5)],
)
def test_the_nearer_the_session_the_shorter_a_seat_is_reserved(hours_before: float, kept_hours: float) -> None:
    end = calculate_offer_end(NOW + timedelta(hours=hours_before), NOW, offer_hours=24)

    assert end == NOW + timedelta(hours=kept_hours)


def test_shortly_before_the_session_nothing_is_offered() -> None:
    assert calculate_offer_end(NOW + WAITLIST_CLOSES_BEFORE_SESSION - timedelta(seconds=1), NOW, offer_hours=24) is None


@given(minutes=st.integers(0, 60 * 24 * 90), offer_hours=st.integers(1, 24 * 14))
def test_an_offer_is_never_too_short_and_never_ends_too_near(minutes: int, offer_hours: int) -> None:
    starts_at = NOW + timedelta(minutes=minutes)

    end = calculate_offer_end(starts_at, NOW, offer_hours=offer_hours)

    if end is not None:
        assert end - NOW >= MIN_OFFER_LENGTH
        assert end <= starts_at - OFFERS_END_BEFORE_SESSION
        assert end - NOW <= max(MIN_OFFER_LENGTH, timedelta(hours=offer_hours))
