"""Every page says who may open it; addresses say which pages are for participants and which for staff."""

import ast

import pytest
from flask import Flask

from accounts.roles import PERMISSIONS_BY_ROLE, STAFF_PERMISSIONS, Permission, Role
from core.pages import CODES_WITH_ERROR_PAGE
from tests.support.source_files import PACKAGES, TEMPLATES, list_python_files, relative_path

CHECKS_ITS_TOKEN_ITSELF = {  # before they read the body
    "evidence.views.reminder_pages.stop_reminders",  # the same
    "evidence.views.update_pages.stop_updates",  # the signed one in its address: mail programs have no session
    "transcripts.views.importing.import_transcript",
    "transcripts.views.uploads.form_upload.upload_recording",
    "transcripts.views.uploads.tus.create_upload",
    "transcripts.views.uploads.tus.transfer_upload",
}
OWN = frozenset(Permission) - STAFF_PERMISSIONS


@pytest.fixture
def database() -> str:
    return "sqlite"  # nothing here depends on which one


def access_of(app: Flask, endpoint: str) -> object:
    return getattr(app.view_functions[endpoint], "access", "public" if endpoint == "static" else None)


def test_every_page_is_public_or_needs_a_permission(app: Flask) -> None:
    undeclared = [name for name in app.view_functions if access_of(app, name) is None]

    assert undeclared == []


def test_what_a_page_needs_is_a_permission_that_somebody_has(app: Flask) -> None:
    granted = frozenset().union(*PERMISSIONS_BY_ROLE.values())

    wrong = {
        name: access_of(app, name) for name in app.view_functions if access_of(app, name) not in {"public", *granted}
    }

    assert wrong == {}


def test_every_permission_belongs_to_some_role() -> None:
    assert frozenset().union(*PERMISSIONS_BY_ROLE.values()) == frozenset(Permission)
    assert set(PERMISSIONS_BY_ROLE) == set(Role)


def test_no_page_below_staff_is_open_to_others(app: Flask) -> None:
    open_to_others = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/staff") and access_of(app, rule.endpoint) not in STAFF_PERMISSIONS
    ]

    assert open_to_others == []


def test_a_participants_own_pages_need_their_own_permission(app: Flask) -> None:
    wrong = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/my/") and access_of(app, rule.endpoint) not in OWN
    ]

    assert wrong == []


def test_views_are_in_the_blueprint_of_their_package(app: Flask) -> None:
    strangers = [
        name
        for name, view in app.view_functions.items()
        if name != "static" and name.split(".")[0] != view.__module__.split(".")[0]
    ]

    assert strangers == []


def test_an_address_that_names_an_action_takes_only_post(app: Flask) -> None:
    """An address that can be posted to and opened is a form; one that names an action takes only POST."""
    post_only = {"sign_out", "resend_mail"}

    for name in post_only:
        (rule,) = (rule for rule in app.url_map.iter_rules() if rule.endpoint == f"accounts.{name}")
        assert rule.methods == {"POST", "OPTIONS"}


def test_no_form_is_let_through_without_its_token(app: Flask) -> None:
    assert app.config["WTF_CSRF_CHECK_DEFAULT"] is not False
    exempt = app.extensions["csrf"]._exempt_views | app.extensions["csrf"]._exempt_blueprints

    assert exempt <= CHECKS_ITS_TOKEN_ITSELF


@pytest.mark.parametrize("code", [*sorted(CODES_WITH_ERROR_PAGE), 500])
def test_every_error_has_its_page(code: int) -> None:
    assert (TEMPLATES / "errors" / f"{code}.html").is_file()


def rendered_templates() -> list[tuple[str, str]]:
    """Each template named in `render_template("…")`, with the file that names it."""
    return [
        (node.args[0].value, relative_path(path))
        for path in list_python_files(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "render_template"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    ]


def test_every_template_that_is_named_is_there_and_in_its_packages_folder() -> None:
    wrong = [
        (template, path)
        for template, path in rendered_templates()
        if not (TEMPLATES / template).is_file()
        or template.split("/")[0] not in {path.split("/")[0], "errors", "email", "components"}
    ]

    assert wrong == []
