"""Change who runs this installation, and its pages. Callers commit."""

from collections.abc import Mapping
from typing import Any

from accounts import audit
from core.installation import INSTALLATION_PAGE_TITLES, get_installation, get_or_create_installation
from evidence.call_editor.page_templates import fill_template

COLUMNS = ("name", "email", "phone", "postal_address", "accent", "footer_links", *INSTALLATION_PAGE_TITLES)


def change_installation(values: Mapping[str, Any]) -> None:
    row = get_or_create_installation()
    changed = [name for name in COLUMNS if name in values and getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    audit.record("installation changed", parts=changed)


def read_pages_or_templates() -> dict[str, str]:
    """For the form: what is written, or a text to start from."""
    row = get_installation()
    contact = ", ".join(part for part in (row.email, row.phone, *row.postal_address.splitlines()) if part)
    return {
        column: getattr(row, column) or fill_template(column, name=row.name, contact=contact)
        for column in INSTALLATION_PAGE_TITLES
    }
