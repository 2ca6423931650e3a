"""Five people at the pages of this package: each sees what a role allows and nothing else."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.access import STAFF_SESSION_KEY, abort_unless_access_declared
from accounts.roles import Role
from core.database import db
from core.mail import Mail
from core.outbox import queue_mail
from core.settings import Settings
from tests.support import five_people, make
from wsgi import create_app

pytestmark = pytest.mark.one_database

PEOPLE_PAGES = ["/staff/people", "/staff/people/add", "/staff/people/{member}", "/staff/outbox", "/staff/outbox/1"]
OUTBOX_FILES = ["/staff/outbox/1/mail.eml", "/staff/outbox/1/laid-out"]
ACTIONS = ["/staff/people/add", "/staff/people/{member}", "/staff/outbox/1/send-again"]


@pytest.fixture
def five(app: Flask) -> dict[str, FlaskClient]:
    """amira, ben, cara and eve are staff (eve without any role), dev is a volunteer; and somebody from outside."""
    roles = {"amira": [Role.COORDINATOR], "ben": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients["dev"] = five_people.sign_in_participant(app, uuid4())
    clients["outsider"] = app.test_client()
    queue_mail(Mail("dev@home.example", "Your interview", "Hello\n", "<p>Hello</p>"))
    return clients


@pytest.fixture
def somebody(app: Flask) -> str:
    return str(make.staff("zoelle", Role.REVIEWER).id)


@pytest.mark.parametrize("page", PEOPLE_PAGES + OUTBOX_FILES)
def test_only_the_coordinator_opens_the_page(five: dict[str, FlaskClient], somebody: str, page: str) -> None:
    path = page.format(member=somebody)

    answers = {name: client.get(path).status_code for name, client in five.items()}

    assert answers == {"amira": 200, "ben": 403, "cara": 403, "eve": 403, "dev": 302, "outsider": 302}


@pytest.mark.parametrize("action", ACTIONS)
def test_only_the_coordinator_may_do_it(five: dict[str, FlaskClient], somebody: str, action: str) -> None:
    path = action.format(member=somebody)

    answers = {name: client.post(path).status_code for name, client in five.items() if name != "amira"}

    assert answers == {"ben": 403, "cara": 403, "eve": 403, "dev": 302, "outsider": 302}


def test_anyone_who_is_sent_away_learns_nothing_of_the_page(five: dict[str, FlaskClient], somebody: str) -> None:
    pages = [five["dev"].get("/staff/people"), five["eve"].get("/staff/people")]

    assert all("zoelle" not in page.text.lower() for page in pages)


@pytest.mark.parametrize("broken", ["", "not an id", "x" * 100_000])
def test_a_session_with_a_broken_id_is_nobody(app: Flask, broken: str) -> None:
    client = five_people.sign_in(app, STAFF_SESSION_KEY, broken)

    assert client.get("/staff/people").status_code == 302


def test_a_session_of_somebody_unknown_is_nobody(app: Flask) -> None:
    client = five_people.sign_in_staff(app, uuid4())

    assert client.get("/staff/people").status_code == 302


def test_a_forged_session_is_nobody(app: Flask) -> None:
    amira = make.staff("amira", Role.COORDINATOR)
    db.session.commit()
    forger = Flask("forger")
    forger.secret_key = "a guess"
    serializer = forger.session_interface.get_signing_serializer(forger)  # type: ignore[attr-defined]
    client = app.test_client()

    client.set_cookie(app.config["SESSION_COOKIE_NAME"], serializer.dumps({STAFF_SESSION_KEY: str(amira.id)}))

    assert client.get("/staff/people").status_code == 302


def test_a_view_that_says_nothing_of_access_is_never_served(settings: Settings) -> None:
    def undeclared() -> str:
        return "words of a participant"

    app = create_app(settings)  # its own: other tests must not meet this view
    app.view_functions["undeclared"] = undeclared
    app.url_map.add(app.url_rule_class("/undeclared", endpoint="undeclared"))

    answer = app.test_client().get("/undeclared")

    assert answer.status_code == 500
    assert "words of a participant" not in answer.text


def test_a_page_that_does_not_exist_is_no_view(app: Flask) -> None:
    abort_unless_access_declared(None)

    assert app.test_client().get("/nowhere").status_code == 404
