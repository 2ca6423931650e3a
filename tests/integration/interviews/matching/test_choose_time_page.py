"""The page on which a volunteer chooses: clocks, list and month, with whom, and what is said when nothing suits."""

import re
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from accounts.models import StaffMember
from core import clock
from core.database import db
from core.models import OutboxMessage
from interviews.availability.time_zones import list_zone_choices, list_zones
from interviews.bookings import bookings
from interviews.models import MessageToStaff, Slot, Volunteer
from interviews.volunteers import needs
from interviews.volunteers.needs import Needs
from tests.support import make_evidence, make_interviews
from tests.support.five_people import sign_in_volunteer

pytestmark = pytest.mark.one_database

TEN = make_interviews.next_week(10)


def add_daily_slots(volunteer: Volunteer, by: StaffMember, count: int) -> list[Slot]:
    """A time a day at ten o'clock in London."""
    return [make_interviews.slot(volunteer.call, by, make_interviews.next_week(10, days=n)) for n in range(count)]


def get_choose_page(app: Flask, volunteer: Volunteer, **shown: str) -> str:
    return sign_in_volunteer(app, volunteer).get(f"/my/offers/{volunteer.id}/book", query_string=shown).text


def test_times_are_shown_on_the_clocks_that_are_asked_for(app: Flask) -> None:
    dev = make_interviews.volunteer()
    add_daily_slots(dev, make_interviews.interviewer(), 1)

    page = get_choose_page(app, dev, zone="Asia/Kolkata")

    kolkata = TEN.astimezone(ZoneInfo("Asia/Kolkata"))
    assert "All times are in Kolkata time." in page
    assert f"{clock.format_clock_time(kolkata)} to" in page
    assert db.session.get_one(Volunteer, dev.id).zone == ""


def test_the_clocks_are_kept_with_the_booking_and_named_in_page_and_mail(app: Flask) -> None:
    dev = make_interviews.volunteer()
    (slot,) = add_daily_slots(dev, make_interviews.interviewer(), 1)

    answer = sign_in_volunteer(app, dev).post(
        f"/my/offers/{dev.id}/book?zone=America/New_York", data={"slot": str(slot.id)}, follow_redirects=True
    )

    db.session.refresh(dev)
    to_dev, to_ben = _last_mail("dev@home.example"), _last_mail("ben@charity.example")
    assert dev.zone == "America/New_York"
    assert "(New York time)" in answer.text
    assert "(New York time)" in to_dev
    assert "(London time)" in to_ben


@pytest.mark.parametrize("zone", ["nonsense", "Etc/GMT+5", "../../etc/passwd", "<script>", "europe/london"])
def test_what_is_no_zone_is_passed_over(app: Flask, zone: str) -> None:
    dev = make_interviews.volunteer()
    add_daily_slots(dev, make_interviews.interviewer(), 1)

    assert "All times are in London time." in get_choose_page(app, dev, zone=zone)


def test_a_time_that_falls_on_another_day_is_listed_on_that_day(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot = make_interviews.slot(dev.call, make_interviews.interviewer(), make_interviews.next_week(20))

    page = get_choose_page(app, dev, zone="Australia/Sydney")

    there = slot.starts_at.astimezone(ZoneInfo("Australia/Sydney"))
    assert f"{there:%A} {there.day} {there:%B %Y}" in page


def test_every_choice_of_clocks_can_be_used() -> None:
    values = [value for _, zones in list_zone_choices() for value, _ in zones]

    assert len(values) == len(set(values)) > 300
    assert {"Europe/London", "Asia/Kolkata", "Africa/Lagos"} <= set(values)
    assert "America/Argentina/Buenos_Aires" in list_zones()


def test_each_location_is_listed_once_by_its_present_name() -> None:
    older = {"Asia/Calcutta", "America/Buenos_Aires", "Europe/Kiev", "Australia/ACT", "Asia/Saigon"}
    headings = [heading for heading, _ in list_zone_choices()]

    assert not older & set(list_zones())
    assert headings[:3] == ["Common time zones", "Africa", "America"]
    assert "Antarctica" not in headings


def test_an_older_name_that_somebody_has_chosen_stays_a_choice(app: Flask) -> None:
    dev = make_interviews.volunteer()
    add_daily_slots(dev, make_interviews.interviewer(), 1)
    dev.zone = "Asia/Calcutta"
    db.session.commit()

    page = get_choose_page(app, dev)

    assert '<option value="Asia/Calcutta" selected>' in page
    assert page.count("selected>") == 1


def test_a_week_of_days_is_listed_and_the_next_ones_follow(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slots = add_daily_slots(dev, make_interviews.interviewer(), 10)

    first = get_choose_page(app, dev)
    later = re.search(r'href="([^"]+)"[^>]*>Later days', first)
    assert later
    second = sign_in_volunteer(app, dev).get(later[1].replace("&amp;", "&")).text

    assert [str(slot.id) in first for slot in slots] == [True] * 7 + [False] * 3
    assert [str(slot.id) in second for slot in slots] == [False] * 7 + [True] * 3
    assert "Earlier days" in second


def test_a_month_is_a_table_with_links_for_days(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slots = add_daily_slots(dev, make_interviews.interviewer(), 3)

    page = get_choose_page(app, dev, view="month", day=_day(slots[1]))

    assert "<caption" in page
    assert page.count('scope="col"') == 7
    assert 'aria-current="date"' in page
    assert [str(slot.id) in page for slot in slots] == [False, True, False]


def test_a_month_without_a_day_shows_the_first_free_one(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slots = add_daily_slots(dev, make_interviews.interviewer(), 2)

    page = get_choose_page(app, dev, view="month")

    assert [str(slot.id) in page for slot in slots] == [True, False]


@pytest.mark.parametrize(
    "shown", [{"month": "0001-01"}, {"month": "9999-12"}, {"day": "nonsense"}, {"month": "x", "day": "0"}]
)
def test_an_odd_month_shows_one_that_has_free_times(app: Flask, shown: dict[str, str]) -> None:
    dev = make_interviews.volunteer()
    add_daily_slots(dev, make_interviews.interviewer(), 1)

    page = get_choose_page(app, dev, view="month", **shown)

    assert "<caption" in page
    assert "1 free time" in page


def test_one_may_choose_with_whom(app: Flask) -> None:
    dev = make_interviews.volunteer()
    ada, ben = make_interviews.interviewer("ada"), make_interviews.interviewer("ben")
    for who in (ada, ben):
        make_interviews.slot(dev.call, who, TEN)
    anyone, with_ben = get_choose_page(app, dev), get_choose_page(app, dev, **{"with": str(ben.id)})
    shown = re.search(r'type="radio"\s+value="([^"]+)"', with_ben)
    assert shown

    sign_in_volunteer(app, dev).post(f"/my/offers/{dev.id}/book?with={ben.id}", data={"slot": shown[1]})

    booking = bookings.find_active_booking(dev)
    assert "With one of 2 interviewers." in anyone
    assert "With Ben." in with_ben
    assert booking is not None
    assert booking.slot.interviewer_id == ben.id


def test_a_wish_that_fits_nobody_can_be_changed(app: Flask) -> None:
    dev = make_interviews.volunteer()
    add_daily_slots(dev, make_interviews.interviewer("ada"), 1)
    add_daily_slots(dev, make_interviews.interviewer("ben"), 1)
    stranger = make_interviews.interviewer("eli")

    page = get_choose_page(app, dev, **{"with": str(stranger.id)})

    assert "Anyone who is free" in page


def test_someone_with_no_suitable_time_reads_which_need_rules_it_out(app: Flask) -> None:
    gwen = make_interviews.volunteer(name="Gwen", language="Welsh")
    add_daily_slots(gwen, make_interviews.interviewer(), 1)

    page = get_choose_page(app, gwen)

    assert "a time with an interviewer who speaks your language" in page
    assert "They will look for a time and write to you." in page


def test_needs_are_changed_on_one_s_own_page(app: Flask) -> None:
    call = make_evidence.call()
    dev = make_interviews.volunteer(call, companion="My sister")
    data = {"site": call.sites[1].key, "needed": ["step-free", "interpreter"], "language": "Urdu"}
    data |= {"preferred_gender": "woman", "zone": "Asia/Karachi", "access_needs": "", "companion": ""}

    shown = sign_in_volunteer(app, dev).get(f"/my/offers/{dev.id}/needs").text
    sign_in_volunteer(app, dev).post(f"/my/offers/{dev.id}/needs", data=data)

    db.session.refresh(dev)
    assert 'value="My sister"' in shown
    assert (dev.site_id, dev.needs_step_free, dev.needs_interpreter) == (call.sites[1].id, True, True)
    assert (dev.language, dev.preferred_gender, dev.zone, dev.companion) == ("Urdu", "woman", "Asia/Karachi", "")
    assert _messages() == 0


def test_staff_are_notified_when_needs_change_after_booking(app: Flask) -> None:
    booking = make_interviews.booking()
    dev = booking.volunteer

    answer = sign_in_volunteer(app, dev).post(
        f"/my/offers/{dev.id}/needs", data={"language": "Welsh", "needed": []}, follow_redirects=True
    )

    assert "We have told the people who run the interviews" in answer.text
    assert _messages() == 1


def test_needs_that_stay_the_same_tell_nobody(app: Flask) -> None:
    booking = make_interviews.booking()

    assert not needs.change_needs(booking.volunteer, needs.get_needs(booking.volunteer))
    assert not needs.change_needs(booking.volunteer, Needs(access_needs="Captions", zone="Asia/Karachi"))
    assert _messages() == 0


@pytest.mark.parametrize(("field", "value"), [("zone", "Atlantis"), ("preferred_gender", "x"), ("site", "nowhere")])
def test_a_need_that_is_not_on_the_list_is_refused(app: Flask, field: str, value: str) -> None:
    dev = make_interviews.volunteer()

    answer = sign_in_volunteer(app, dev).post(f"/my/offers/{dev.id}/needs", data={"language": "Urdu", field: value})

    db.session.refresh(dev)
    assert "<title>Error: " in answer.text
    assert 'value="Urdu"' in answer.text
    assert dev.language == ""


def test_nobody_changes_somebody_else_s_needs(app: Flask) -> None:
    dev = make_interviews.volunteer()
    fay = make_interviews.volunteer(dev.call, "Fay")
    client = sign_in_volunteer(app, fay)

    answers = [ask(f"/my/offers/{dev.id}/needs").status_code for ask in (client.get, client.post)]

    assert answers == [404, 404]


def test_a_closed_site_is_not_offered_for_signing_up(app: Flask) -> None:
    call = make_evidence.call()
    call.sites[0].closed_at = call.created_at

    page = app.test_client().get(f"/calls/{call.slug}/volunteer").text

    assert call.sites[0].title not in page
    assert call.sites[1].title in page


def _day(slot: Slot) -> str:
    return str(slot.starts_at.date())


def _last_mail(recipient: str) -> str:
    query = select(OutboxMessage.text).where(OutboxMessage.recipient == recipient)
    return db.session.scalars(query.order_by(OutboxMessage.number.desc())).first() or ""


def _messages() -> int:
    return db.session.scalar(select(func.count(MessageToStaff.id))) or 0


def test_many_times_take_no_more_queries_than_a_few(app: Flask) -> None:
    dev = make_interviews.volunteer()
    add_daily_slots(dev, make_interviews.interviewer("ada"), 2)
    few = _queries(app, dev)
    for name in ("ben", "eli", "gus"):
        add_daily_slots(dev, make_interviews.interviewer(name), 30)

    assert _queries(app, dev) == few < 20


def _queries(app: Flask, volunteer: Volunteer) -> int:
    client, asked = sign_in_volunteer(app, volunteer), []
    page = f"/my/offers/{volunteer.id}/book"
    db.session.commit()

    def note(*details: object) -> None:
        asked.append(details[2])

    event.listen(db.engine, "before_cursor_execute", note)
    client.get(page)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)
