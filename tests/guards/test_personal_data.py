"""Every table and every folder of stored files that can have something of a participant's has its holder."""

import ast
import re

import pytest
from flask import Flask

from core import personal_data
from core.database import db
from core.file_storage import current_storage
from tests.support.full_installation import build_full_installation
from tests.support.source_files import PACKAGES, list_python_files, parse

STORED_PATH = re.compile(r"([a-z-]+)/")


@pytest.fixture
def database() -> str:
    return "sqlite"  # tables are the same on either


def list_holding_tables() -> set[str]:
    return {table.name for holder in personal_data.list_holders() for table in holder.tables}


def list_named_folders() -> set[str]:
    """In texts like f"recordings/{uuid4()}": each stored file has a name that nobody can guess."""
    return {
        found[1]
        for path in list_python_files(*PACKAGES)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.JoinedStr) and "uuid4()" in ast.unparse(node)
        if isinstance(node.values[0], ast.Constant) and (found := STORED_PATH.match(str(node.values[0].value)))
    }


def test_every_table_is_a_holder_or_declared_impersonal(app: Flask) -> None:
    declared = list_holding_tables() | set(personal_data.list_impersonal_tables())

    assert set(db.metadata.tables) - declared == set()
    assert declared - set(db.metadata.tables) == set()


def test_no_table_that_leads_to_a_person_is_declared_impersonal(app: Flask) -> None:
    leading = {name for name, table in db.metadata.tables.items() if personal_data.leads_to_person(table)}

    assert leading - list_holding_tables() == set()
    assert set(personal_data.list_impersonal_tables()) & list_holding_tables() == set()


def test_every_folder_of_stored_files_belongs_to_a_holder(app: Flask) -> None:
    folders = {folder for holder in personal_data.list_holders() for folder in holder.folders}
    build_full_installation(app)

    assert {path.partition("/")[0] for path in current_storage().list_paths()} <= folders
    assert list_named_folders() == folders


def test_every_column_with_a_stored_path_is_known(app: Flask) -> None:
    known = {column for holder in personal_data.list_holders() for column in holder.file_columns}
    columns = [column for table in db.metadata.tables.values() for column in table.columns]

    assert {str(column) for column in columns if column.name.endswith("_path") and column not in known} == {
        "requested_mail.next_path"  # an address of ours
    }
