"""A page never changes things on GET, nor does a link in a mail: scanners open them all, and browsers load ahead."""

import ast
import re

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from core.database import db
from core.models import OutboxMessage
from core.settings import Settings
from tests.support.full_installation import FullInstallation, build_full_installation
from tests.support.source_files import PACKAGES, list_python_files, parse

REDIRECTING_PAGES = {
    "accounts.enter_second_factor": "to sign in, for everyone who has not opened an emailed link",
    "accounts.set_up_second_factor": "the same",
    "evidence.open_link": "begins the session of the link's person, at an address without the token",
    "interviews.open_booking_link": "the same",
    "interviews.open_session_link": "the same",
    "review.read_interview": "to the desk of the interview",
    "transcripts.show_transcript": "the same",
    "interviews.open_nomination": "to the form to sign up, which asks nominees nothing else",
}
RECORDS_OF_READING = {"access_record": "who opened what", "staff_session": "when somebody was last seen"}
WEB_ADDRESS = re.compile(r"https?://\S+")


@pytest.fixture
def database() -> str:
    return "sqlite"  # what a page does is the same on either


@pytest.fixture
def installation(app: Flask) -> FullInstallation:
    return build_full_installation(app)


def list_get_rules(app: Flask) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())), key=str)


def read_everything(settings: Settings) -> dict[str, list[str]]:
    """Every row of every other table, the audit log among them, and the names and sizes of all stored files."""
    db.session.rollback()
    rows = {
        name: sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
        for name, table in db.metadata.tables.items()
        if name not in RECORDS_OF_READING
    }
    files = [path for path in settings.data_folder.rglob("*") if path.is_file() and ".sqlite" not in path.name]
    return rows | {"files": sorted(f"{path} {path.stat().st_size}" for path in files)}


def test_no_page_changes_anything_on_get(installation: FullInstallation, settings: Settings) -> None:
    before = read_everything(settings)
    changed: dict[str, list[str]] = {}

    for rule in list_get_rules(installation.app):
        for path in installation.build_paths(rule):
            installation.client_for(rule.endpoint).get(path).close()
            after = read_everything(settings)
            if after != before:
                changed[path] = [name for name in after if after[name] != before[name]]
                before = after

    assert changed == {}


def test_every_page_that_is_looked_at_is_really_shown(installation: FullInstallation) -> None:
    """A page that was not found, or sent the browser on, would change nothing whatever its code did."""
    statuses: dict[str, int] = {}
    for rule in list_get_rules(installation.app):
        for path in installation.build_paths(rule):
            with installation.client_for(rule.endpoint).get(path) as answer:
                statuses[f"{rule.endpoint} {path}"] = answer.status_code

    not_shown = {page: status for page, status in statuses.items() if status != 200}

    assert {page.split()[0] for page in not_shown} == set(REDIRECTING_PAGES), not_shown
    assert set(not_shown.values()) == {302}


def test_links_in_mails_change_nothing_when_they_are_opened(
    app: Flask, installation: FullInstallation, settings: Settings
) -> None:
    texts = db.session.scalars(select(OutboxMessage.text)).all()
    links = sorted({link for text in texts for link in WEB_ADDRESS.findall(text) if link.startswith(settings.base_url)})
    before = read_everything(settings)

    statuses = {link: _open_like_a_scanner(app, link.removeprefix(settings.base_url)) for link in links}

    assert len(links) > 10
    assert {link: status for link, status in statuses.items() if status != 200} == {}
    assert read_everything(settings) == before


def test_each_link_that_a_mail_can_carry_is_a_page_that_is_looked_at(app: Flask) -> None:
    """The other links in mails: addresses of ours are built by one function, and it names their endpoint."""
    calls = [
        node
        for path in list_python_files(*PACKAGES)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "build_absolute_url"
    ]
    endpoints = {ast.literal_eval(call.args[0]) for call in calls}

    assert len(endpoints) > 10
    assert endpoints <= {rule.endpoint for rule in list_get_rules(app)}


def _open_like_a_scanner(app: Flask, path: str) -> int:
    """In a browser of its own, which goes on to where it is sent."""
    return app.test_client().get(path, follow_redirects=True).status_code
