"""Tests share code through tests/support alone, and sign people in with its helpers; unit tests touch nothing else."""

import ast
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from tests.support.source_files import list_python_files, parse, relative_path

LOOKS_INTO_SESSIONS = {
    "tests/support/five_people.py": "the helper",
    "tests/integration/accounts/test_sign_in.py": "what signing in leaves in the session is tested",
    "tests/integration/evidence/test_participants.py": "what a link leaves in the session is tested",
    "tests/integration/core/test_missing_tables.py": "somebody signed in, where nobody can be made",
    "tests/integration/interviews/equality/test_equality_form.py": "that no answer is left in the session is tested",
}
OUTSIDE = {"subprocess", "socket", "torch", "whisper", "faster_whisper", "silero_vad", "sentence_transformers", "wsgi"}
TYPES_WITH_A_DATABASE = {"Flask", "FlaskClient"}
KINDS = {"unit", "integration", "browser", "accuracy", "guards"}


def list_tests(kind: str = "") -> list[Path]:
    folder = PROJECT_ROOT / "tests" / kind
    return [
        path for path in list_python_files("tests") if path.is_relative_to(folder) and path.stem.startswith("test_")
    ]


def list_imported_modules(path: Path) -> set[str]:
    nodes = list(ast.walk(parse(path)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def is_of_a_test(module: str) -> bool:
    parts = module.split(".")
    return parts[0] == "tests" and len(parts) > 1 and parts[1] in {*KINDS, "conftest"}


@pytest.mark.parametrize("folder", ["tests", "bench", "demo"])
def test_nothing_is_imported_from_a_test(folder: str) -> None:
    imports = [
        (relative_path(path), module) for path in list_python_files(folder) for module in list_imported_modules(path)
    ]

    assert [(path, module) for path, module in imports if is_of_a_test(module)] == []


def test_support_is_no_test() -> None:
    assert [path.name for path in (PROJECT_ROOT / "tests/support").glob("test_*")] == []


def test_people_are_signed_in_by_one_helper() -> None:
    by_hand = {
        relative_path(path)
        for path in list_python_files("tests")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and node.attr == "session_transaction"
    }

    assert by_hand == set(LOOKS_INTO_SESSIONS)


@pytest.mark.parametrize("path", list_tests("unit"), ids=relative_path)
def test_a_unit_test_reaches_no_process_model_or_database(path: Path) -> None:
    functions = [node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef)]
    annotations = {ast.unparse(one.annotation) for node in functions for one in node.args.args if one.annotation}

    assert {module.split(".")[0] for module in list_imported_modules(path)} & OUTSIDE == set()
    assert annotations & TYPES_WITH_A_DATABASE == set()


@pytest.mark.parametrize("kind", sorted(KINDS - {"guards"}))
def test_each_folder_of_tests_is_a_package(kind: str) -> None:
    """Else pytest takes a folder's name for that of the package it tests."""
    folders = {path.parent for path in list_tests(kind)}

    assert folders
    assert [relative_path(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []
