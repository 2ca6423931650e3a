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
    ids = {name: make.staff(name, *held).id for name, held in ROLES.items()} | {"ben": ben}
    clients = {name: sign_in(app, STAFF_SESSION_KEY, str(own)) for name, own in ids.items()}
    clients["dev"] = sign_in_volunteer(app, dev)
    return clients


def sign_in_volunteer(app: Flask, volunteer: Volunteer) -> FlaskClient:
    return sign_in(app, LINK_SESSION_KEY, make.own_page_link(volunteer.participant_id))


def sign_in(app: Flask, key: str, value: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session[key] = value
    return client


def get_statuses(people: dict[str, FlaskClient], path: str) -> dict[str, int]:
    return {name: client.get(path).status_code for name, client in people.items()}
