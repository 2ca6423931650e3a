"""Every address with every role: who gets in is what the permission of its view says, and nobody else does.

Made from the map of addresses: an address that is added is in it, and one that declares nothing fails.
"""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from accounts.roles import PERMISSIONS_BY_ROLE, STAFF_PERMISSIONS, STAFF_ROLES, Permission, Role
from core.database import db
from tests.support import five_people, make, make_evidence

REFUSED_UPLOAD = 401
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def database() -> str:
    return "sqlite"  # who may do what is the same on either


@pytest.fixture
def people(app: Flask) -> dict[str, FlaskClient]:
    """One of each role, somebody without a role, a participant and a visitor."""
    clients = {role.value: five_people.sign_in_staff(app, make.staff(role.value, role).id) for role in STAFF_ROLES}
    clients["nobody's role"] = five_people.sign_in_staff(app, make.staff("eve").id)
    dev: UUID = make_evidence.participant("dev@home.example", "Dev").id
    clients[Role.PARTICIPANT.value] = five_people.sign_in_participant(app, dev)
    clients["visitor"] = app.test_client()
    db.session.commit()
    return clients


def iter_cases(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Each address and method, with values of nobody's rows: who is refused is refused before they are looked up."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        with app.test_request_context():
            adapter = app.url_map.bind("localhost")
            values = {name: build_value(rule, name) for name in rule.arguments}
            path = adapter.build(rule.endpoint, values, method=next(iter(sorted(rule.methods or {"GET"}))))
        for method in METHODS:
            if method in (rule.methods or ()):
                yield rule, method, path


def build_value(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if words := getattr(converter, "items", None):
        return sorted(words)[0]
    kind = type(converter).__name__.removesuffix("Converter").lower()
    return {"uuid": uuid4(), "integer": 1, "path": "page.js"}.get(kind, "nothing")


def get_permissions(name: str) -> frozenset[Permission]:
    return PERMISSIONS_BY_ROLE[Role(name)] if name in set(Role) else frozenset()


def test_everyone_without_the_permission_is_refused(app: Flask, people: dict[str, FlaskClient]) -> None:
    wrong, count = [], 0
    for rule, method, path in iter_cases(app):
        access: Permission | str = getattr(app.view_functions[rule.endpoint], "access", "public")
        if not isinstance(access, Permission):
            continue
        for name, client in people.items():
            count += 1
            with client.open(path, method=method) as answer:
                if not is_as_declared(path, name, access, answer.status_code, answer.location):
                    wrong.append((method, path, name, answer.status_code))

    assert wrong == []
    assert count > 1000


def is_as_declared(path: str, name: str, access: Permission, status: int, location: str | None) -> bool:
    """Somebody with the permission finds no such row, or gets the page; without it, is sent away or refused."""
    if access in get_permissions(name):
        return status != 403 or access not in STAFF_PERMISSIONS
    if access not in STAFF_PERMISSIONS:
        return status == 302 and location == "/link"
    if "uploads" in path and status == REFUSED_UPLOAD:  # programs that upload follow no redirect
        return True
    is_staff = name not in {Role.PARTICIPANT.value, "visitor"}
    return status == 403 if is_staff else status == 302 and str(location).startswith("/sign-in")


def test_every_role_and_every_address_is_in_the_matrix(app: Flask) -> None:
    covered = {rule.endpoint for rule, _, _ in iter_cases(app)}

    assert covered == set(app.view_functions)
