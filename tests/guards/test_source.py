"""Rules of style that a person need not look for: sizes, names, the clock, the environment, things left to do."""

import ast
import re
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from tests.support.source_files import (
    OTHER_FOLDERS,
    PACKAGES,
    TEMPLATES,
    list_python_files,
    list_templates,
    relative_path,
)

MOST_LINES = 400
VAGUE = {"util", "utils", "helper", "helpers", "manager", "common", "misc", "handle", "handler"}
CLOCK = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|localtime|gmtime)\(")
READS_THE_CLOCK = {
    "core/clock.py",  # the one source
}
ENVIRONMENT = re.compile(r"\bos\.(environ|getenv)\b")
READS_THE_ENVIRONMENT = {
    "core/settings.py",  # the one reader
}
LEFT_TO_DO = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
SCRIPTS = {"accuracy", "bench", "demo"}  # what only measures or shows may ask the machine


def lines_matching(pattern: re.Pattern[str], files: list[Path], allowed: set[str]) -> list[str]:
    return [
        f"{relative_path(path)}:{number} {line.strip()}"
        for path in files
        if relative_path(path) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_module_is_longer_than_it_can_be_read() -> None:
    written = [path for path in list_python_files() if "versions" not in path.parts]  # migrations are generated
    long = {relative_path(path): len(path.read_text().splitlines()) for path in written}

    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_each_module_says_what_it_is_for() -> None:
    silent = [
        relative_path(path)
        for path in list_python_files(*PACKAGES)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_nothing_is_left_to_do_in_the_source() -> None:
    ours = [path for folder in ("static",) for path in (PROJECT_ROOT / folder).glob("*.*") if path.suffix != ".svg"]

    assert lines_matching(LEFT_TO_DO, [*list_python_files(), *list_templates(), *ours], allowed=set()) == []


def test_module_names_are_not_vague() -> None:
    vague = [relative_path(path) for path in list_python_files() if VAGUE & set(re.split(r"[_.]", path.stem))]

    assert vague == []


def defined_names(path: Path) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]


def test_names_of_functions_and_classes_say_what_they_do() -> None:
    vague = [
        f"{relative_path(path)} {name}"
        for path in list_python_files(*PACKAGES)
        for name in defined_names(path)
        if VAGUE & {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", name)}
    ]

    assert vague == []


def test_only_the_clock_reads_the_time() -> None:
    assert lines_matching(CLOCK, list_python_files(*PACKAGES), READS_THE_CLOCK) == []


def test_only_the_settings_read_the_environment() -> None:
    found = lines_matching(ENVIRONMENT, list_python_files(*PACKAGES), READS_THE_ENVIRONMENT)

    passed_on = re.compile(r"\*\*os\.environ|os\.environ(\[[^]]+\] = |\.setdefault\()")  # to a child or a library
    assert [line for line in found if not passed_on.search(line)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_question_of_a_call_is_written_into_code_or_templates(package: str) -> None:
    prompts = set(re.findall(r'"prompt": "([^"]{25,})"', (PROJECT_ROOT / "samples/call.json").read_text()))
    assert prompts
    files = [*list_python_files(package), *(TEMPLATES / package).rglob("*.html")]

    assert [relative_path(path) for path in files if any(prompt in path.read_text() for prompt in prompts)] == []


def test_folders_are_the_ones_that_the_map_names() -> None:
    packages = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")}

    assert packages <= {*PACKAGES, *OTHER_FOLDERS, *SCRIPTS}
