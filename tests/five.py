"""Five people in front of the pages: what each may open is asked in every test of access."""

from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from accounts.access import LINK_KEY, STAFF_KEY
from accounts.roles import Role
from interviews.models import Volunteer
from tests import make

ROLES = {"amira": [Role.COORDINATOR], "cara": [Role.REVIEWER], "eve": []}


def five_people(app: Flask, dev: Volunteer, ben: UUID) -> dict[str, FlaskClient]:
    """amira coordinates, ben interviews, cara reviews, eve is signed in without any role, dev is a volunteer."""
    ids = {name: make.staff(name, *held).id for name, held in ROLES.items()} | {"ben": ben}
    clients = {name: client_with(app, STAFF_KEY, str(own)) for name, own in ids.items()}
    clients["dev"] = client_of(app, dev)
    return clients


def client_of(app: Flask, volunteer: Volunteer) -> FlaskClient:
    return client_with(app, LINK_KEY, make.link_of(volunteer.participant_id))


def client_with(app: Flask, key: str, value: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session[key] = value
    return client


def statuses(people: dict[str, FlaskClient], path: str) -> dict[str, int]:
    return {name: client.get(path).status_code for name, client in people.items()}
