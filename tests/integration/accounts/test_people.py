"""Who staff are, and that somebody can always let others in."""

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import people
from accounts.models import StaffMember, StaffRole
from accounts.people import LastCoordinatorError
from accounts.roles import Role
from core.database import db
from core.models import OutboxMessage
from tests.support import five_people, make

pytestmark = pytest.mark.one_database


@pytest.fixture
def amira(app: Flask, client: FlaskClient) -> StaffMember:
    """The only coordinator, signed in."""
    member = make.staff("amira", Role.COORDINATOR)
    sign_in(client, member)
    return member


def sign_in(client: FlaskClient, member: StaffMember) -> None:
    five_people.switch_to_staff(client, member.id)


def member_named(name: str) -> StaffMember:
    return db.session.scalars(select(StaffMember).where(StaffMember.name == name)).one()


def roles_of(member: StaffMember) -> set[Role]:
    return set(db.session.scalars(select(StaffRole.role).where(StaffRole.staff_member_id == member.id)))


def test_a_coordinator_adds_a_person_who_is_emailed_where_to_sign_in(client: FlaskClient, amira: StaffMember) -> None:
    form = {"name": "Ben Okafor", "email": "Ben@Charity.example", "roles": ["interviewer", "reviewer"]}

    answer = client.post("/staff/people/add", data=form, follow_redirects=True)

    assert "Ben Okafor can now sign in." in answer.text
    assert roles_of(member_named("Ben Okafor")) == {Role.INTERVIEWER, Role.REVIEWER}
    mail = db.session.scalars(select(OutboxMessage)).one()
    assert mail.recipient == "ben@charity.example"
    assert "/sign-in\n" in mail.text


def test_two_people_cannot_share_an_address(client: FlaskClient, amira: StaffMember) -> None:
    form = {"name": "Another", "email": amira.email.upper(), "roles": ["reviewer"]}

    answer = client.post("/staff/people/add", data=form)

    assert "Someone already signs in with this address." in answer.text
    assert "Error: Add a person" in answer.text
    assert len(people.list_staff()) == 1


def test_a_person_without_a_role_is_refused_at_the_field(client: FlaskClient, amira: StaffMember) -> None:
    answer = client.post("/staff/people/add", data={"name": "Ben", "email": "ben@charity.example"})

    assert 'href="#roles"' in answer.text
    assert "Select at least one role" in answer.text


@pytest.mark.parametrize("role", ["participant", "owner", ""])
def test_no_other_role_can_be_given(client: FlaskClient, amira: StaffMember, role: str) -> None:
    answer = client.post("/staff/people/add", data={"name": "Eve", "email": "eve@charity.example", "roles": [role]})

    assert answer.status_code == 200
    assert len(people.list_staff()) == 1


def test_roles_are_changed_and_kept_as_chosen(client: FlaskClient, amira: StaffMember) -> None:
    ben = make.staff("ben", Role.INTERVIEWER, Role.REVIEWER)
    form = {"name": "Ben", "roles": ["reviewer", "coordinator"], "is_active": "y"}

    client.post(f"/staff/people/{ben.id}", data=form)

    assert roles_of(ben) == {Role.REVIEWER, Role.COORDINATOR}


def test_the_form_shows_what_is_so(client: FlaskClient, amira: StaffMember) -> None:
    answer = client.get(f"/staff/people/{amira.id}")

    checked = [line for line in answer.text.replace("\n", " ").split("<input")[1:] if " checked" in line.split(">")[0]]
    assert len(checked) == 2
    assert 'value="Amira"' in answer.text


@pytest.mark.parametrize(
    "form", [{"roles": ["reviewer"], "is_active": "y"}, {"roles": ["coordinator"]}, {"roles": ["reviewer"]}]
)
def test_the_last_coordinator_stays(client: FlaskClient, amira: StaffMember, form: dict[str, object]) -> None:
    answer = client.post(f"/staff/people/{amira.id}", data={"name": "Amira", **form})

    assert "is the only coordinator" in answer.text
    db.session.expire_all()
    assert amira.is_active
    assert roles_of(amira) == {Role.COORDINATOR}


def test_a_coordinator_who_may_not_sign_in_does_not_count(client: FlaskClient, amira: StaffMember) -> None:
    zoe = make.staff("zoe", Role.COORDINATOR)
    people.change_member(zoe, name="Zoe", roles={Role.COORDINATOR}, is_active=False)

    answer = client.post(f"/staff/people/{amira.id}", data={"name": "Amira", "roles": ["coordinator"]})

    assert "is the only coordinator" in answer.text


def test_one_of_two_coordinators_may_go(client: FlaskClient, amira: StaffMember) -> None:
    zoe = make.staff("zoe", Role.COORDINATOR)

    client.post(f"/staff/people/{zoe.id}", data={"name": "Zoe", "roles": ["coordinator"]})

    db.session.expire_all()
    assert not zoe.is_active


def test_two_coordinators_cannot_send_each_other_away(app: Flask) -> None:
    pair = [make.staff("amira", Role.COORDINATOR).id, make.staff("zoe", Role.COORDINATOR).id]
    db.session.commit()
    barrier, refused = threading.Barrier(2), []

    def step_down(member_id: object) -> None:
        with app.app_context():
            barrier.wait()
            member = db.session.get_one(StaffMember, member_id)
            try:
                people.change_member(member, name=member.name, roles={Role.REVIEWER}, is_active=True)
                db.session.commit()
            except LastCoordinatorError:
                refused.append(member_id)

    threads = [threading.Thread(target=step_down, args=(member_id,)) for member_id in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert people.find_active_member(Role.COORDINATOR) is not None


def test_a_hostile_name_stays_a_name(client: FlaskClient, amira: StaffMember) -> None:
    name = "<script>alert(1)</script>\r\nBcc: eve@evil.example \u202eneB"
    form = {"name": name, "email": "ben@charity.example", "roles": ["reviewer"]}

    page = client.post("/staff/people/add", data=form, follow_redirects=True)

    assert "<script>alert(1)" not in page.text
    assert "\u202e" not in page.text
    stored = db.session.scalars(select(StaffMember.name).where(StaffMember.email == "ben@charity.example")).one()
    assert stored == "<script>alert(1)</script> Bcc: eve@evil.example neB"


@pytest.mark.parametrize("name", ["x" * 100_000, "   ", "\u202e", "\x00"])
def test_a_name_that_is_none_is_refused(client: FlaskClient, amira: StaffMember, name: str) -> None:
    answer = client.post("/staff/people/add", data={"name": name, "email": "b@charity.example", "roles": ["reviewer"]})

    assert answer.status_code in {200, 400}
    assert len(people.list_staff()) == 1


def test_people_are_added_from_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()

    added = runner.invoke(args=["accounts", "add-staff", "Amira@charity.example", "Amira", "--role", "coordinator"])
    again = runner.invoke(args=["accounts", "add-staff", "amira@charity.example", "Amira", "--role", "reviewer"])

    assert added.exit_code == 0
    assert again.exit_code != 0
    assert "Someone already signs in with this address." in again.output


def test_one_link_is_printed_for_each_role(app: Flask, client: FlaskClient) -> None:
    make.staff("amira", *[role for role in Role if role is not Role.PARTICIPANT])
    make.staff("ben", Role.INTERVIEWER)
    db.session.commit()

    printed = app.test_cli_runner().invoke(args=["accounts", "sign-in-links"]).output

    rows = [line.split() for line in printed.splitlines()]
    assert [(role, name) for role, name, _ in rows] == [
        ("coordinator", "Amira"),
        ("interviewer", "Ben"),
        ("reviewer", "Amira"),
    ]
    assert client.post(rows[0][2]).status_code == 302


def test_without_anybody_the_command_says_what_to_do(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(args=["accounts", "sign-in-links"])

    assert printed.exit_code != 0
    assert "add-staff" in printed.output
