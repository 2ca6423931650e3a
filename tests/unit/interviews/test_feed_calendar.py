"""The lines of a feed, read back by icalendar."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from interviews.feeds.feed_writer import PublishedEvent, write_feed

WORDS = st.text(st.characters(codec="utf-8"), max_size=150)


@given(
    summary=WORDS,
    location=WORDS,
    starts_at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 in UTC
    sequence=st.integers(0, 50),
)
def test_another_parser_reads_back_what_was_written(
    summary: str, location: str, starts_at: datetime, sequence: int
) -> None:
    start = starts_at.replace(microsecond=0)
    event = PublishedEvent(
        "one.feed@x", sequence, start, start, start + timedelta(hours=1), summary, location, "https://x/1"
    )

    text = write_feed("Mine", [event, event], organizer="us@charity.example")

    read: Any = Calendar.from_ical(text).walk("VEVENT")[0]
    assert (read.start, read.end, read["SEQUENCE"]) == (start, start + timedelta(hours=1), sequence)
    assert str(read["SUMMARY"]) == one_line(summary)
    assert str(read.get("LOCATION", "")) == one_line(location)
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")


def one_line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
