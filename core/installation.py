"""Who runs this installation: name, colour, contact, pages on privacy, accessibility and terms. Callers commit."""

from dataclasses import dataclass

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from core.database import DatabaseNotPreparedError, db
from core.models import Installation

ROW_ID = 1
DEFAULT_NAME = "Listening Post"
INSTALLATION_PAGE_TITLES = {  # by column
    "privacy_notice": "Privacy notice",
    "accessibility_statement": "Accessibility statement",
    "terms": "Terms",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom an email or a calendar event comes from, as its reader sees it."""

    name: str = DEFAULT_NAME
    contact_lines: tuple[str, ...] = ()  # below the name in the signature
    accent: str = ""


def get_installation() -> Installation:
    """The usual one, not stored, until somebody has changed it."""
    return db.session.get(Installation, ROW_ID) or build_usual_installation()


def build_usual_installation() -> Installation:
    return Installation(
        id=ROW_ID,
        name=DEFAULT_NAME,
        accent="",
        phone="",
        email="",
        postal_address="",
        footer_links=[],
        privacy_notice="",
        accessibility_statement="",
        terms="",
    )


def get_installation_for_pages() -> Installation:
    """For the frame of every page, also of the one that says that the database cannot be used. Looked up once."""
    if "installation" not in g:
        try:
            g.installation = get_installation()
        except (SQLAlchemyError, DatabaseNotPreparedError):
            g.installation = build_usual_installation()
    found: Installation = g.installation
    return found


def get_or_create_installation() -> Installation:
    row = db.session.get(Installation, ROW_ID)
    if row is None:
        row = build_usual_installation()
        db.session.add(row)
    return row


def build_installation_sender() -> Sender:
    return _describe(get_installation())


def describe_installation_for_pages() -> Sender:
    return _describe(get_installation_for_pages())


def _describe(row: Installation) -> Sender:
    lines = (row.email, row.phone, *row.postal_address.splitlines())
    return Sender(row.name, tuple(line for line in lines if line.strip()), row.accent)
