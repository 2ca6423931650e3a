"""Five people in front of the pages: what each may open is asked in every test of access."""

from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from accounts.access import LINK_SESSION_KEY, STAFF_SESSION_KEY
from accounts.roles import Role
from interviews.models import Volunteer
from tests.support import make

ROLES = {"amira": [Role.COORDINATOR], "cara": [Role.REVIEWER], "eve": []}


def sign_in_five(app: Flask, dev: Volunteer, ben: UUID) -> dict[str, FlaskClient]:
    """amira coordinates, ben interviews, cara reviews, eve is signed in without any role, dev is a volunteer."""
    ids = {name: make.staff(name, *roles).id for name, roles in ROLES.items()} | {"ben": ben}
    clients = {name: sign_in_staff(app, staff_id) for name, staff_id in ids.items()}
    clients["dev"] = sign_in_volunteer(app, dev)
    return clients


def sign_in_staff(app: Flask, staff_id: UUID, *, ages: bool = False) -> FlaskClient:
    return sign_in(app, STAFF_SESSION_KEY, make.staff_session(staff_id, ages=ages))


def sign_in_participant(app: Flask, participant_id: UUID) -> FlaskClient:
    return sign_in(app, LINK_SESSION_KEY, make.own_page_link(participant_id))


def sign_in_volunteer(app: Flask, volunteer: Volunteer) -> FlaskClient:
    return sign_in_participant(app, volunteer.participant_id)


def sign_in(app: Flask, key: str, value: object) -> FlaskClient:
    """A new browser with this in its session."""
    client = app.test_client()
    set_session(client, key, value)
    return client


def switch_to_staff(client: FlaskClient, staff_id: UUID) -> None:
    """From now on, the browser is this person's."""
    set_session(client, STAFF_SESSION_KEY, make.staff_session(staff_id))


def switch_to_participant(client: FlaskClient, participant_id: UUID) -> None:
    set_session(client, LINK_SESSION_KEY, make.own_page_link(participant_id))


def set_session(client: FlaskClient, key: str, value: object) -> None:
    with client.session_transaction() as session:
        session[key] = value


def get_statuses(people: dict[str, FlaskClient], path: str) -> dict[str, int]:
    return {name: client.get(path).status_code for name, client in people.items()}
