"""Where modules are: no loose ones in a large package, and one name for a feature in code, pages and tests."""

import ast
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from tests.support.source_files import (
    OTHER_FOLDERS,
    PACKAGES,
    TEMPLATES,
    list_classes,
    list_python_files,
    parse,
    relative_path,
)

PACKAGES_WITH_FEATURES = ["interviews", "transcripts", "review", "privacy"]
ROOT_MODULES = {"__init__.py", "tasks.py", "commands.py", "web.py"}
ROOMS = {"models", "views", "forms", "commands"}
ALIASES = {
    "tasks": "each feature has a module of this name, and the package's tasks.py imports them all",
}


def list_features(package: str) -> set[str]:
    folders = {path.parent.name for path in (PROJECT_ROOT / package).glob("*/__init__.py")}
    return folders - ROOMS


def list_folders(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*") if path.is_dir() and not path.name.startswith(("_", "."))}


@pytest.mark.parametrize("package", PACKAGES_WITH_FEATURES)
def test_a_large_package_has_no_loose_modules(package: str) -> None:
    modules = {path.name for path in (PROJECT_ROOT / package).glob("*.py")}

    assert modules - ROOT_MODULES == set()


@pytest.mark.parametrize("package", PACKAGES_WITH_FEATURES)
def test_folders_of_views_pages_and_tests_are_named_like_their_feature(package: str) -> None:
    features = list_features(package)

    named = {
        where: list_folders(PROJECT_ROOT / where)
        for where in (f"{package}/views", f"templates/{package}", f"tests/integration/{package}")
    }

    assert {where: folders - features for where, folders in named.items() if folders - features} == {}


@pytest.mark.parametrize("package", PACKAGES_WITH_FEATURES)
def test_a_large_package_has_no_loose_tests(package: str) -> None:
    folder = PROJECT_ROOT / "tests/integration" / package

    assert {path.name for path in folder.glob("test_*.py")} <= {"test_load_example.py"}  # one command, all features


@pytest.mark.parametrize("package", PACKAGES_WITH_FEATURES)
def test_a_large_package_has_no_loose_templates(package: str) -> None:
    assert [path.name for path in (TEMPLATES / package).glob("*.html") if not _is_shared(path)] == []


def test_a_public_class_name_is_defined_once() -> None:
    where: dict[str, list[str]] = {}
    for path in list_python_files(*PACKAGES, "tests", "bench", "demo"):
        for name in list_classes(path):
            where.setdefault(name, []).append(relative_path(path))

    assert {name: paths for name, paths in where.items() if len(paths) > 1 and not name.startswith("_")} == {}


def test_modules_of_ours_keep_their_name_where_they_are_imported() -> None:
    ours = {*PACKAGES, *OTHER_FOLDERS}
    aliases = [
        f"{relative_path(path)} {node.module}.{one.name} as {one.asname}"
        for path in list_python_files()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ours
        for one in node.names
        if one.asname and one.asname != one.name and one.name not in ALIASES
    ]

    assert aliases == []


def _is_shared(path: Path) -> bool:
    return path.stem.startswith("_")
