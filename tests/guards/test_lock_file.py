"""uv.lock and requirements/ say the same, and neither names what only one machine has. Installs nothing."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GROUPS = ["web", "worker", "faster", "s3", "dev", "node"]
OF_TORCH = re.compile(r"nvidia|cuda|triton")
PINNED = re.compile(r"(?P<name>[a-z0-9-]+)(\[[a-z,]+\])?==(?P<version>[^ ;]+)( ; .+)?")


@cache
def locked() -> list[dict[str, Any]]:
    with (ROOT / "uv.lock").open("rb") as file:
        packages: list[dict[str, Any]] = tomllib.load(file)["package"]
    return packages


def project() -> dict[str, Any]:
    return next(package for package in locked() if "virtual" in package["source"])


def wanted_by(group: str) -> list[str]:
    """The names that pyproject.toml asks for in this group, as the lock recorded them."""
    asked = project()["dependencies"] if group == "web" else project()["dev-dependencies"][group]
    return [dependency["name"] for dependency in asked]


def needed_by(group: str) -> set[str]:
    """Everything that the group pulls in, with extras, whatever the platform."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for package in locked():
        by_name.setdefault(package["name"], []).append(package)
    needed: set[str] = set()
    waiting = wanted_by(group)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [other for package in by_name[name] for other in dependencies_of(package)]
    return needed


def dependencies_of(package: dict[str, Any]) -> list[str]:
    direct = package.get("dependencies", [])
    optional = [row for rows in package.get("optional-dependencies", {}).values() for row in rows]
    return [dependency["name"] for dependency in [*direct, *optional]]


def pinned_in(group: str) -> set[tuple[str, str]]:
    lines = (ROOT / "requirements" / f"{group}.txt").read_text().splitlines()
    matches = [PINNED.fullmatch(line) for line in lines]
    assert None not in matches, f"requirements/{group}.txt has a line that pins no version"
    return {(match["name"], match["version"]) for match in matches if match}


@pytest.mark.parametrize("group", GROUPS)
def test_requirements_pin_only_locked_versions(group: str) -> None:
    versions = {(package["name"], package["version"]) for package in locked() if "version" in package}

    assert pinned_in(group) <= versions


@pytest.mark.parametrize("group", GROUPS)
def test_requirements_list_all_that_a_group_needs_but_the_parts_of_torch(group: str) -> None:
    needed = {name for name in needed_by(group) if not OF_TORCH.match(name)}

    assert {name for name, _ in pinned_in(group)} == needed


def test_the_lock_is_of_the_present_dependencies() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = {"web": pyproject["project"]["dependencies"], **pyproject["dependency-groups"]}

    names = {group: {plain_name(line) for line in lines} for group, lines in asked.items()}

    assert names == {group: set(wanted_by(group)) for group in GROUPS}


def plain_name(requirement: str) -> str:
    name = re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("group", GROUPS)
def test_pip_may_choose_the_build_of_torch(group: str) -> None:
    text = (ROOT / "requirements" / f"{group}.txt").read_text()

    assert not OF_TORCH.search(text)
    assert "--hash" not in text


def test_the_lock_names_only_the_public_registry() -> None:
    registries = {package["source"].get("registry") for package in locked()} - {None}

    assert registries == {"https://pypi.org/simple"}
    assert not [package["name"] for package in locked() if "+" in package.get("version", "")]


def test_no_version_of_python_is_shut_out() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert pyproject["project"]["requires-python"] == ">=3.11"
