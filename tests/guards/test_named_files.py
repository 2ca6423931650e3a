"""Every file that a comment, a docstring or a document names is there: sentences follow when names change."""

import re
import subprocess
from functools import cache
from posixpath import normpath
from typing import NamedTuple

import pytest

from core.settings import PROJECT_ROOT
from tests.support.source_files import PACKAGES
from tests.support.written_texts import Written, list_comments

SUFFIXES = "py|md|json|mjs|js|html|txt|toml|scss|ogg|yml|lock"
FILE_NAME = re.compile(
    rf"(?<![\w./*{{}}<>$-])(?P<name>(?:\.{{1,2}}/)*(?:[\w.-]+/)*[\w-][\w.-]*\.(?:{SUFFIXES}))(?![\w/]|\.\w)"
)
FOR_ALL_PACKAGES = {"templates", "static", "docs", "samples", "migrations"}
NOT_OURS = {
    "ical.js": "the library of Mozilla that reads our calendars in tests",
    "axe.js": "of axe-core",
    "tokenizer.json": "in a folder of weights for faster-whisper",
    "vocabulary.json": "the same",
    "config.json": "the same",
    "SAID.json": "what a person passes to a command",
    "HEARD.json": "the same",
    "OUT.json": "the same",
    "INTERVIEW.json": "the same",
    "CALL.json": "the same",
}


class NamedFile(NamedTuple):
    where: str
    name: str


@cache
def list_tracked_files() -> frozenset[str]:
    """With those that are new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(name for name in listed.stdout.splitlines() if (PROJECT_ROOT / name).exists())


def find_named_files(text: Written) -> list[NamedFile]:
    names = [match["name"] for match in FILE_NAME.finditer(text.text)]
    return [NamedFile(text.where, name) for name in names if name.rpartition("/")[2] not in NOT_OURS]


def is_there(file: NamedFile) -> bool:
    """A path from the root, from the file that names it or from its package; a bare name anywhere in its package."""
    path = file.where.rpartition(":")[0] or file.where
    own_folder, package = path.rpartition("/")[0], path.split("/")[0]
    tracked = list_tracked_files()
    if normpath(f"{own_folder}/{file.name}") in tracked or file.name in tracked:
        return True
    if package not in PACKAGES:
        return any(name.endswith(f"/{file.name}") for name in tracked)
    near = {package, *FOR_ALL_PACKAGES}
    return any(name.endswith(f"/{file.name}") for name in tracked if name.split("/")[0] in near)


def test_every_file_that_is_named_exists() -> None:
    named = [file for text in list_comments() for file in find_named_files(text)]

    assert len(named) > 100
    assert [" ".join(file) for file in named if not is_there(file)] == []


@pytest.mark.parametrize("name", ["core/no_such_module.py", "no_such_module.py", "bookings.py"])
def test_a_file_that_is_gone_is_noticed(name: str) -> None:
    (named,) = find_named_files(Written("core/clock.py:1", f"See {name} for how."))

    assert not is_there(named)
