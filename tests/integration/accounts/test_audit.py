"""The audit log: who did what to which row, in the transaction of the action."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import audit, people
from accounts.models import AuditEntry
from accounts.roles import Role
from core.database import db
from tests.support import five_people, make


def test_an_action_of_staff_names_who_did_it(app: Flask, client: FlaskClient) -> None:
    amira, ben = make.staff("amira", Role.COORDINATOR), make.staff("ben", Role.INTERVIEWER)
    five_people.switch_to_staff(client, amira.id)

    client.post(f"/staff/people/{ben.id}", data={"name": "Ben", "roles": ["reviewer"], "is_active": "y"})

    (entry,) = audit.list_entries_about(ben.id)
    assert (entry.action, entry.actor_kind, entry.actor_id) == ("staff member changed", "staff", amira.id)
    assert entry.details == {"roles": ["reviewer"], "is_active": True}


def test_an_action_without_a_request_is_the_systems(app: Flask) -> None:
    member = people.add_member(email="zoe@charity.example", name="Zoe", roles={Role.REVIEWER})
    db.session.commit()

    (entry,) = audit.list_entries_about(member.id)

    assert (entry.actor_kind, entry.actor_id) == ("system", None)


def test_an_action_that_is_taken_back_leaves_no_entry(app: Flask) -> None:
    people.add_member(email="zoe@charity.example", name="Zoe", roles={Role.REVIEWER})

    db.session.rollback()

    assert db.session.scalars(select(AuditEntry)).all() == []


def test_the_audit_log_has_neither_names_nor_addresses(app: Flask) -> None:
    people.add_member(email="zoe@charity.example", name="Zoe", roles={Role.REVIEWER})

    trail = repr([vars(entry) for entry in db.session.scalars(select(AuditEntry))])

    assert "zoe" not in trail.lower()
