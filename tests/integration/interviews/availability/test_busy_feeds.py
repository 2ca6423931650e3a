"""Interviewers' own calendars are read by the worker, from a real server, and only the busy times are kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from accounts.models import StaffMember
from core import clock, jobs
from core.database import db
from core.models import Job
from core.settings import Settings
from interviews.availability import busy_feeds, tasks
from interviews.availability.feed_fetcher import FeedError
from interviews.availability.limits import filter_bookable
from interviews.models import BusyFeed, BusyTime
from tests.support import make, make_availability, make_evidence, make_interviews
from tests.support.feed_server import FeedServer, make_calendar, redirect_to, respond_with, run_feed_server

pytestmark = pytest.mark.one_database


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with run_feed_server() as feed_server:
        feed_server.responses["/calendar.ics"] = respond_with(make_calendar((at(10), at(11))))
        yield feed_server


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, feed_hosts=("127.0.0.1",))


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    ben = make_interviews.interviewer()
    make_availability.interviewer_profile(ben)
    return ben


def at(hour: int) -> datetime:
    return make_interviews.next_week(hour, zone="UTC").astimezone(UTC)


def busy_of(who: StaffMember) -> list[tuple[datetime, datetime]]:
    query = select(BusyTime).where(BusyTime.interviewer_id == who.id).order_by(BusyTime.starts_at)
    return [(row.starts_at, row.ends_at) for row in db.session.scalars(query)]


def read(who: StaffMember, address: str) -> BusyFeed:
    feed = busy_feeds.connect_feed(who, address)
    make.run_jobs()
    db.session.refresh(feed)
    return feed


def test_a_feed_is_read_as_soon_as_it_is_connected(ben: StaffMember, server: FeedServer) -> None:
    feed = read(ben, server.url())

    assert busy_of(ben) == [(at(10), at(11))]
    assert feed.fetched_at is not None
    assert feed.failure == ""


def test_what_somebody_does_is_kept_nowhere(ben: StaffMember, server: FeedServer, settings: Settings) -> None:
    read(ben, server.url())

    tables = [str(row[0]) for row in db.session.execute(text("SELECT * FROM busy_time")).all()]
    assert tables
    everything = [path.read_bytes() for path in Path(settings.data_folder).rglob("*") if path.is_file()]
    assert not any(b"Dentist" in content for content in everything)


def test_a_busy_time_cannot_be_booked(ben: StaffMember, server: FeedServer) -> None:
    call = make_evidence.call(interview_minutes=60)
    during, after = (make_interviews.slot(call, ben, at(hour)) for hour in (10, 11))

    read(ben, server.url())

    assert filter_bookable([during, after]) == [after]


def test_what_changes_in_the_calendar_changes_here(ben: StaffMember, server: FeedServer) -> None:
    feed = read(ben, server.url())
    server.responses["/calendar.ics"] = respond_with(make_calendar((at(14), at(15))))

    busy_feeds.request_read(feed)
    make.run_jobs()

    assert busy_of(ben) == [(at(14), at(15))]


def test_an_empty_calendar_frees_everything(ben: StaffMember, server: FeedServer) -> None:
    feed = read(ben, server.url())
    server.responses["/calendar.ics"] = respond_with(make_calendar())

    busy_feeds.request_read(feed)
    make.run_jobs()

    assert busy_of(ben) == []


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        ("", 500, "returned error 500"),
        ("<title>Sign in</title>", 200, "is no calendar"),
        (
            make_calendar(
                extra="BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n"
            ),
            200,
            "every minute or second",
        ),
        (b"\xff\xfe\x00BEGIN:VCALENDAR\x00", 200, "is no calendar"),
    ],
)
def test_a_failure_keeps_what_is_known_and_is_reported(
    ben: StaffMember, server: FeedServer, content: str | bytes, status: int, words: str
) -> None:
    feed = read(ben, server.url())
    server.responses["/calendar.ics"] = respond_with(content, status)

    busy_feeds.request_read(feed)
    make.run_jobs()

    db.session.refresh(feed)
    assert words in feed.failure
    assert busy_of(ben) == [(at(10), at(11))]


def test_a_feed_that_leads_into_the_private_network_is_not_followed(ben: StaffMember, server: FeedServer) -> None:
    server.responses["/calendar.ics"] = redirect_to(server.url("/inside", host="localhost"))

    feed = read(ben, server.url())

    assert "private network" in feed.failure
    assert server.requested_paths == ["/calendar.ics"]


def test_a_name_that_has_become_private_is_not_asked_at_all(ben: StaffMember, server: FeedServer) -> None:
    feed = busy_feeds.connect_feed(ben, server.url())
    feed.address = server.url(host="localhost")

    make.run_jobs()
    db.session.refresh(feed)

    assert "private network" in feed.failure
    assert server.requested_paths == []


def test_a_failure_is_forgotten_once_it_is_over(ben: StaffMember, server: FeedServer) -> None:
    server.responses["/calendar.ics"] = respond_with("", 503)
    feed = read(ben, server.url())
    server.responses["/calendar.ics"] = respond_with(make_calendar((at(10), at(11))))

    busy_feeds.request_read(feed)
    make.run_jobs()

    db.session.refresh(feed)
    assert feed.failure == ""


def test_a_feed_is_read_again_after_a_quarter_of_an_hour(ben: StaffMember, server: FeedServer) -> None:
    read(ben, server.url())

    for minutes in (5, 10, 16):
        with clock.freeze_at(clock.now() + timedelta(minutes=minutes)):
            tasks.request_due_feed_read()
            make.run_jobs()

    assert len(server.requested_paths) == 2


def test_feeds_are_read_one_after_the_other(ben: StaffMember, server: FeedServer) -> None:
    for name in ("zoe", "kit"):
        busy_feeds.connect_feed(make_interviews.interviewer(name), server.url())
    for row in db.session.scalars(select(Job).where(Job.name == busy_feeds.READ_FEED_JOB)):
        jobs.cancel(row)
    db.session.commit()

    tasks.request_due_feed_read()
    waiting = db.session.scalars(
        select(Job).where(Job.name == busy_feeds.READ_FEED_JOB, Job.finished_at.is_(None))
    ).all()
    make.run_jobs()

    assert len(waiting) == 1
    assert server.requested_paths == ["/calendar.ics"] * 2


def test_anyone_who_has_left_is_not_asked_about(ben: StaffMember, server: FeedServer) -> None:
    read(ben, server.url())
    ben.is_active = False
    db.session.commit()

    with clock.freeze_at(clock.now() + timedelta(hours=1)):
        tasks.request_due_feed_read()
        make.run_jobs()

    assert len(server.requested_paths) == 1


def test_a_feed_that_is_taken_away_leaves_nothing(ben: StaffMember, server: FeedServer) -> None:
    read(ben, server.url())

    busy_feeds.disconnect_feed(ben)

    assert busy_of(ben) == []
    assert busy_feeds.find_feed(ben.id) is None


def test_a_feed_that_changes_while_it_is_read_keeps_nothing_of_the_old_one(
    ben: StaffMember, server: FeedServer
) -> None:
    feed = busy_feeds.connect_feed(ben, server.url())
    order = busy_feeds.begin_attempt(feed.id)
    assert order is not None
    busy_feeds.connect_feed(ben, server.url("/other.ics"))

    busy_feeds.store_busy_times(feed.id, order, tasks._fetch_and_parse(order))

    assert busy_of(ben) == []


def test_our_own_invitations_do_not_make_anybody_busy(ben: StaffMember, server: FeedServer, settings: Settings) -> None:
    ours = make_calendar((at(10), at(11))).replace("0@elsewhere.example", f"0@{settings.mail_host}")
    server.responses["/calendar.ics"] = respond_with(ours)

    read(ben, server.url())

    assert busy_of(ben) == []


def test_what_is_no_address_is_refused(ben: StaffMember) -> None:
    with pytest.raises(FeedError, match="full address"):
        busy_feeds.connect_feed(ben, "my calendar")


def test_an_unknown_time_zone_is_reported(ben: StaffMember, server: FeedServer) -> None:
    strange = (
        make_calendar((at(10), at(11)))
        .replace("DTSTART:", "DTSTART;TZID=Middle Earth:")
        .replace("Z\r\nDTEND", "\r\nDTEND")
    )
    server.responses["/calendar.ics"] = respond_with(strange)

    feed = read(ben, server.url())

    assert "have an unknown time zone" in feed.note


def test_only_the_server_s_name_is_shown() -> None:
    shown = busy_feeds.get_server_name("https://calendar.example/private-12345/basic.ics?key=abc")

    assert shown == "calendar.example"
