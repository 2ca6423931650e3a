"""The equality form: counted, never stored; shown so that nobody can be found."""

import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from accounts.models import AuditEntry
from accounts.roles import Role
from core.database import db
from evidence.models import Call
from interviews.bookings.booking_policy import get_booking_policy
from interviews.equality.deprivation_areas import AreaFileError, get_deprivation_fifth, load_areas
from interviews.equality.equality_counts import count_form, list_equality_figures
from interviews.equality.equality_questions import PostcodeError, parse_district_and_area
from interviews.equality.suppression import MIN_SHOWN_COUNT
from interviews.models import AreaDeprivation, EqualityCount
from interviews.views.equality import SIGNED_UP_KEY
from tests.support import five_people, make, make_evidence, make_interviews
from tests.support.make_interviews import sign_up_form

pytestmark = pytest.mark.one_database

AREAS = ["area,fifth", "LS,4", "LS6,2", "", "M,1"]


@pytest.fixture
def call(app: Flask) -> Call:
    """That asks."""
    made = make_evidence.call()
    rules = get_booking_policy(made)
    rules.asks_equality = True
    db.session.add(rules)
    db.session.flush()
    return made


@pytest.fixture
def newcomer(app: Flask, call: Call) -> FlaskClient:
    """The browser of somebody who has just signed up."""
    return signed_up(app, call)


def signed_up(app: Flask, call: Call) -> FlaskClient:
    return five_people.sign_in(app, SIGNED_UP_KEY, [call.slug])


def counted(call: Call) -> dict[str, int]:
    """Every counter of an answer that is not nought."""
    rows = db.session.scalars(select(EqualityCount).where(EqualityCount.call_id == call.id, EqualityCount.count > 0))
    return {f"{row.question}={row.answer}": row.count for row in rows if row.question != "forms"}


def form_of(call: Call) -> str:
    return f"/calls/{call.slug}/equality"


def shown(call: Call) -> dict[str, int | None]:
    return {words: count for figures in list_equality_figures(call) for words, count in figures.counts}


def test_a_form_adds_to_counts(call: Call, newcomer: FlaskClient) -> None:
    load_areas(AREAS)
    data = {"deprivation": "ls6 2ab", "ethnicity": "mixed", "disability": "little"}

    answer = newcomer.post(form_of(call), data=data, follow_redirects=True)

    assert "Nothing links them to you" in answer.text
    assert counted(call) == {"deprivation=2": 1, "ethnicity=mixed": 1, "disability=little": 1}


def test_every_question_may_be_left_open(call: Call, newcomer: FlaskClient) -> None:
    answer = newcomer.post(form_of(call), data={"ethnicity": "not_said"})

    assert answer.status_code == 302
    assert counted(call) == {}


def test_a_postcode_is_stored_nowhere_and_logged_nowhere(
    app: Flask, call: Call, newcomer: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Looked for in every text of every table, in the session and in the log."""
    caplog.set_level(logging.DEBUG)

    newcomer.post(form_of(call), data={"deprivation": "ZE3 9JU"})

    names = inspect(db.engine).get_table_names()
    rows = [str(row) for name in names for row in db.session.execute(text(f'SELECT * FROM "{name}"'))]
    with newcomer.session_transaction() as session:
        kept = str(dict(session))
    assert counted(call) == {"deprivation=not_known": 1}
    assert not any("ZE3" in words for words in (*rows, kept, caplog.text))


def test_a_form_leaves_no_trace_of_who_sent_it(app: Flask, call: Call) -> None:
    dev = make_interviews.volunteer(call)
    client = five_people.sign_in_participant(app, dev.participant_id)
    before = len(db.session.scalars(select(AuditEntry)).all())

    client.post(form_of(call), data={"ethnicity": "white"})

    assert counted(call) == {"ethnicity=white": 1}
    assert len(db.session.scalars(select(AuditEntry)).all()) == before
    assert set(EqualityCount.__table__.columns.keys()) == {"id", "call_id", "question", "answer", "count", "shown"}


def test_all_counters_are_made_at_once(call: Call) -> None:
    """So that the order of rows does not tell in which order people came."""
    count_form(call, {"ethnicity": "white"})

    before = {row.id for row in db.session.scalars(select(EqualityCount))}
    count_form(call, {"disability": "no", "deprivation": "3"})

    assert {row.id for row in db.session.scalars(select(EqualityCount))} == before


def test_what_no_question_offers_is_not_counted(call: Call) -> None:
    count_form(call, {"ethnicity": "martian", "star sign": "leo"})

    assert counted(call) == {}


def test_figures_follow_only_after_several_forms(call: Call) -> None:
    pages = []
    for _ in range(12):
        count_form(call, {"ethnicity": "white"})
        pages.append(shown(call)["White"])

    assert pages == [None] * 4 + [5] * 5 + [10] * 3


def test_a_figure_does_not_change_with_one_person(call: Call) -> None:
    """The fifth who said it does not move the figure: it waits for the forms of others."""
    for answer in ("asian", "asian", "asian", "asian", "white", "asian"):
        count_form(call, {"ethnicity": answer})
    after_sixth = shown(call)["Asian or Asian British"]
    for _ in range(MIN_SHOWN_COUNT - 1):
        count_form(call, {"ethnicity": "other"})

    assert (after_sixth, shown(call)["Asian or Asian British"]) == (None, 5)


def test_a_browser_sends_the_form_once(call: Call, newcomer: FlaskClient) -> None:
    newcomer.post(form_of(call), data={"ethnicity": "white"})

    again = newcomer.post(form_of(call), data={"ethnicity": "white"}, follow_redirects=True)

    assert "You can only fill in this form once" in again.text
    assert counted(call) == {"ethnicity=white": 1}


def test_forms_that_come_at_once_are_all_counted(app: Flask, call: Call) -> None:
    clients = [signed_up(app, call) for _ in range(6)]
    path, gate = form_of(call), threading.Barrier(6)
    db.session.commit()

    def send(client: FlaskClient) -> None:
        gate.wait()
        client.post(path, data={"ethnicity": "white", "disability": "no"})

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted(call) == {"ethnicity=white": 6, "disability=no": 6}


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_and_staff_do_not_fill_it_in(app: Flask, call: Call, method: str) -> None:
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)
    stranger = five_people.sign_in_participant(app, make_evidence.participant("fay@home.example").id)

    found = [
        getattr(client, method)(form_of(call), data={"ethnicity": "white"}).status_code
        for client in (app.test_client(), amira, stranger)
    ]

    assert found == [302, 302, 302]
    assert counted(call) == {}


def test_signing_up_leads_to_the_form(call: Call, client: FlaskClient) -> None:
    before = client.get(f"/calls/{call.slug}/volunteer/next").text

    after = client.post(f"/calls/{call.slug}/volunteer", data=sign_up_form(), follow_redirects=True).text

    assert form_of(call) not in before
    assert f'href="{form_of(call)}"' in after
    assert client.get(form_of(call)).status_code == 200


def test_a_volunteer_opens_it_from_the_own_page(app: Flask, call: Call) -> None:
    dev = make_interviews.volunteer(call)
    client = five_people.sign_in_participant(app, dev.participant_id)

    own_page, page = client.get("/my").text, client.get(form_of(call))

    assert f'href="{form_of(call)}"' in own_page
    assert page.status_code == 200


def test_a_call_that_does_not_ask_has_no_form(app: Flask, newcomer: FlaskClient) -> None:
    other = make_evidence.call(title="Another")

    assert newcomer.get(form_of(other)).status_code == 404


def test_what_is_no_postcode_is_said_and_stays_in_the_box(call: Call, newcomer: FlaskClient) -> None:
    answer = newcomer.post(form_of(call), data={"deprivation": "Leeds", "ethnicity": "other"})

    assert answer.status_code == 200
    assert "Enter the first part of a postcode" in answer.text
    assert 'value="Leeds"' in answer.text
    assert "checked" in answer.text
    assert counted(call) == {}


@pytest.mark.parametrize(
    ("postcode", "found"),
    [
        ("ls6 2ab", ("LS6", "LS")),
        ("LS6", ("LS6", "LS")),
        (" m1 1ae ", ("M1", "M")),
        ("EC1A1BB", ("EC1A", "EC")),
        ("w1a 0ax", ("W1A", "W")),
        ("LS16", ("LS16", "LS")),
    ],
)
def test_a_postcode_is_read_in_whole_or_in_part(postcode: str, found: tuple[str, str]) -> None:
    assert parse_district_and_area(postcode) == found


@pytest.mark.parametrize("postcode", ["Leeds", "12345", "L", "LS6 2A", "'; DROP TABLE", "LS6 2AB LS6"])
def test_what_is_no_postcode_is_refused(postcode: str) -> None:
    with pytest.raises(PostcodeError):
        parse_district_and_area(postcode)


@pytest.mark.parametrize(
    ("postcode", "fifth"), [("LS6 2AB", "2"), ("LS1 1AA", "4"), ("M20", "1"), ("ZE3", "not_known")]
)
def test_a_district_counts_before_its_area(app: Flask, postcode: str, fifth: str) -> None:
    load_areas(AREAS)

    assert get_deprivation_fifth(postcode) == fifth


def test_loading_a_table_replaces_the_one_before(app: Flask, tmp_path: Path) -> None:
    load_areas(AREAS)
    file = tmp_path / "fifths.csv"
    file.write_text("\ufeffBD,1\r\nHX,3\r\n", encoding="utf-8")

    done = app.test_cli_runner().invoke(args=["interviews", "load-deprivation", str(file)])

    assert (done.exit_code, done.output) == (0, "Loaded 2 postcode areas.\n")
    assert set(db.session.scalars(select(AreaDeprivation.area))) == {"BD", "HX"}


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["LS6,2", "LS6,3"], "Line 2: LS6 is in the table twice"),
        (["LS6,6"], "Line 1: the fifth must be a number from 1"),
        (["area,fifth", "Leeds,1"], "Line 2 must be an area or a district"),
        (["area,fifth"], "The file has no areas"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_a_reason(app: Flask, lines: list[str], words: str) -> None:
    load_areas(AREAS)

    with pytest.raises(AreaFileError, match=words):
        load_areas(lines)

    assert len(db.session.scalars(select(AreaDeprivation)).all()) == 3


def test_coordinators_see_counts_of_five_or_more_and_nothing_else(app: Flask, call: Call) -> None:
    for number in range(10):
        count_form(call, {"ethnicity": "white" if number < 7 else "black"})
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    page: Any = " ".join(amira.get(f"/staff/calls/{call.slug}/equality").text.split())

    assert page.count("Fewer than 5") == 13
    assert page.count("5 to 9") == 1
    assert "Prefer not" not in page


def test_only_the_coordinator_sees_the_figures(app: Flask, call: Call) -> None:
    path = f"/staff/calls/{call.slug}/equality"
    roles = {"amira": [Role.COORDINATOR], "ben": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    people = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    people["dev"] = five_people.sign_in_participant(app, make_interviews.volunteer(call).participant_id)

    found = {name: client.get(path).status_code for name, client in people.items()}

    assert found == {"amira": 200, "ben": 403, "cara": 403, "eve": 403, "dev": 302}
