"""A call words its own mails: what is refused, what is sent, and the way back. And when it reminds people."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.roles import Role
from core.database import db
from core.models import OutboxMessage
from evidence.models import Call
from interviews.models import NoticeWording
from interviews.reminders import reminder_schedules
from interviews.wordings import wordings
from interviews.wordings.placeholders import fill_placeholders
from interviews.wordings.wording_kinds import WORDING_KINDS, WordingKind
from interviews.wordings.wordings import Wording
from tests.support import five_people, make, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

BOOKED = "Dear friend,\n\nwe meet {when}\n\n{place}\n\nMove:\n\n{move}\n\nCancel:\n\n{cancel}\n"


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(slug="our-call", title="The long wait")


@pytest.fixture
def amira(app: Flask, client: FlaskClient, call: Call) -> FlaskClient:
    return signed_in(client, "amira", Role.COORDINATOR)


def signed_in(client: FlaskClient, name: str, *roles: Role) -> FlaskClient:
    member = make.staff(name, *roles)
    five_people.switch_to_staff(client, member.id)
    return client


def newest_mail_to(address: str) -> OutboxMessage:
    query = select(OutboxMessage).where(OutboxMessage.recipient == address)
    return db.session.scalars(query.order_by(OutboxMessage.number.desc()).limit(1)).one()


@pytest.mark.parametrize("kind", WORDING_KINDS.values(), ids=str)
def test_the_default_wordings_pass_the_check_and_name_every_needed_placeholder(call: Call, kind: WordingKind) -> None:
    ours = wordings.build_default_wording(kind)

    wordings.check_subject(kind, ours.subject, call)
    wordings.check_text(kind, ours.text)


@pytest.mark.parametrize("kind", WORDING_KINDS.values(), ids=str)
def test_the_default_wording_saved_for_a_call_looks_the_same(call: Call, kind: WordingKind) -> None:
    preview = wordings.preview_wording(wordings.build_default_wording(kind), call)

    assert "{" not in preview.text
    assert "http://127.0.0.1:8000/example/" in preview.text


def test_a_booking_uses_the_calls_own_wording_with_links_that_work(call: Call) -> None:
    wordings.set_wording(call, WORDING_KINDS["booked"], Wording("We talk {when}", BOOKED))

    booking = make_interviews.booking(make_interviews.volunteer(call))

    mail = newest_mail_to("dev@home.example")
    assert mail.text.startswith("Dear friend,")
    assert f"/bookings/{booking.id}/move" in mail.text
    assert "https://meet.example/room-1" in mail.html
    assert mail.subject.startswith("We talk ")
    assert mail.calendar is not None


def test_another_call_keeps_the_default_wording(call: Call) -> None:
    wordings.set_wording(call, WORDING_KINDS["booked"], Wording("We talk", BOOKED))

    make_interviews.booking(make_interviews.volunteer(make_evidence.call(slug="another", title="Another")))

    assert newest_mail_to("dev@home.example").subject == "Your interview is booked"


def test_the_default_wording_can_be_restored(call: Call) -> None:
    wordings.set_wording(call, WORDING_KINDS["booked"], Wording("We talk", BOOKED))

    wordings.reset_wording(call, WORDING_KINDS["booked"])

    assert wordings.find_wording(call, "booked") is None


def test_braces_in_a_value_are_not_filled_again() -> None:
    assert fill_placeholders("{reason}\n", {"reason": "{own_page}", "own_page": "secret"}) == "{own_page}\n"


def test_template_language_is_plain_text() -> None:
    assert fill_placeholders("{{ 7 * 7 }} {% if x %}\n", {}) == "{{ 7 * 7 }} {% if x %}\n"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": BOOKED.replace("{when}", "{whne}")}, "“{whne}” is not a placeholder."),
        ({"text": BOOKED.replace("{cancel}", "")}, "“{cancel}” is missing"),
        ({"text": BOOKED.replace("{move}", "Here: {move}.")}, "Put “{move}” on a line of its own"),
        ({"text": BOOKED + "{"}, "You can only use"),
        ({"text": ""}, "Enter the text of the email."),
        ({"subject": "Your cancer interview"}, "“cancer”"),
        ({"subject": "Our call: The long wait"}, "Leave out the title of the call"),
        ({"subject": "Open {own_page}"}, "is not a placeholder"),
        ({"subject": "x" * 150}, "The subject must be"),
        ({"subject": ""}, "Enter a subject."),
    ],
)
def test_a_wording_that_cannot_be_used_is_refused_and_stays_in_the_form(
    amira: FlaskClient, changes: dict[str, str], words: str
) -> None:
    typed = {"subject": "Your interview", "text": BOOKED, **changes}

    page = amira.post("/staff/calls/our-call/notices/booked", data=typed).text

    assert words in page
    assert "Dear friend" in page or not typed["text"]
    assert db.session.scalars(select(NoticeWording)).all() == []


def test_a_coordinator_rewords_a_mail_sees_it_and_resets_it(amira: FlaskClient) -> None:
    address = "/staff/calls/our-call/notices/booked"

    saved = amira.post(address, data={"subject": "Your talk", "text": BOOKED}, follow_redirects=True).text
    back = amira.post(f"{address}/ours", follow_redirects=True).text

    assert "This call has its own text" in saved
    assert "Tuesday 3 March 2026" in saved
    assert "This call uses the default text" in back


def test_a_preview_keeps_nothing(amira: FlaskClient) -> None:
    data = {"subject": "Your talk", "text": BOOKED}

    page = amira.post("/staff/calls/our-call/notices/booked/preview", data=data).text

    assert "not saved yet" in page
    assert "https://meet.example/room-1" in page
    assert db.session.scalars(select(NoticeWording)).all() == []


def test_a_mail_that_cannot_be_worded_is_not_found(amira: FlaskClient) -> None:
    assert amira.get("/staff/calls/our-call/notices/interviewer_booked").status_code == 404
    assert amira.get("/staff/calls/no-call/notices").status_code == 404


def test_times_of_reminders_are_set_as_text(amira: FlaskClient, call: Call) -> None:
    address = "/staff/calls/our-call/notices"

    page = amira.post(address, data={"times": "2 days before\nan hour before"}, follow_redirects=True).text

    db.session.expire_all()
    assert reminder_schedules.list_reminder_times(call) == [2880, 60]
    assert "2 days before\n1 hour before" in page.replace("\r", "")


def test_times_that_are_not_understood_are_refused_and_stay_in_the_form(amira: FlaskClient, call: Call) -> None:
    page = amira.post("/staff/calls/our-call/notices", data={"times": "soon"}).text

    assert "“soon” is not a time we recognise" in page
    assert ">\r\nsoon</textarea>" in page or ">\nsoon</textarea>" in page or ">soon</textarea>" in page
    assert reminder_schedules.has_default_times(call)


def test_the_usual_times_come_back(amira: FlaskClient, call: Call) -> None:
    amira.post("/staff/calls/our-call/notices", data={"times": "30 minutes"})

    amira.post("/staff/calls/our-call/notices/usual")

    db.session.expire_all()
    assert reminder_schedules.has_default_times(call)


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.REVIEWER])
@pytest.mark.parametrize("page", ["notices", "notices/booked", "mail/new"])
def test_others_may_not_open_them(client: FlaskClient, call: Call, role: Role, page: str) -> None:
    signed_in(client, "ben", role)

    assert client.get(f"/staff/calls/our-call/{page}").status_code == 403


def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(client: FlaskClient, call: Call) -> None:
    assert "/sign-in" in client.get("/staff/calls/our-call/notices").headers["Location"]
