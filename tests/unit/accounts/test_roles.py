"""Who may do what, and where signing in may lead."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.access import Person
from accounts.local_paths import parse_local_path
from accounts.roles import STAFF_ROLES, Permission, Role, get_permissions
from core.text_cleaning import clean_single_line


def test_nobody_without_a_role_may_do_anything() -> None:
    assert get_permissions(frozenset()) == frozenset()


def test_roles_add_up() -> None:
    both = get_permissions(frozenset({Role.INTERVIEWER, Role.REVIEWER}))

    assert both == get_permissions(frozenset({Role.INTERVIEWER})) | get_permissions(frozenset({Role.REVIEWER}))


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_no_member_of_staff_acts_as_a_participant(role: Role) -> None:
    own = get_permissions(frozenset({Role.PARTICIPANT}))

    assert get_permissions(frozenset({role})) & own == frozenset()


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.REVIEWER, Role.PARTICIPANT])
@pytest.mark.parametrize("permission", [Permission.MANAGE_PEOPLE, Permission.SEE_OUTBOX, Permission.MANAGE_CALLS])
def test_only_the_coordinator_may_do_what_is_for_coordinators(role: Role, permission: Permission) -> None:
    assert not Person(uuid4(), "", frozenset({role})).may(permission)
    assert Person(uuid4(), "", frozenset({Role.COORDINATOR})).may(permission)


@pytest.mark.parametrize("path", ["/", "/staff", "/staff/outbox?state=failed", "/a/b?next=//x", "/caf%C3%A9"])
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert parse_local_path(path) == path


@given(st.text(alphabet="/\\:.@?#\t\r\n abcht%", max_size=20))
def test_no_path_leads_elsewhere(text: str) -> None:
    path = parse_local_path(text)

    assert path is None or (path[0] == "/" and path[1:2] not in {"/", "\\"} and "\\" not in path and "\n" not in path)


@given(st.text())
def test_a_cleaned_line_is_one_line_and_stays_as_it_is(text: str) -> None:
    line = clean_single_line(text)

    assert "\n" not in line
    assert "\x00" not in line
    assert clean_single_line(line) == line
