"""What may not be in static/build, and what pages need from it. Reads the built files; builds nothing."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "static" / "build"
TEXT_SUFFIXES = {".css", ".js", ".json", ".svg"}
NOT_OURS = {
    "GOV.UK's typeface": r"GDS Transport",
    "the crown": r"crown|govuk-icon|opengraph",
    "GOV.UK's blue": r"#1d70b8",
}


def built_files() -> list[Path]:
    return [path for path in BUILD.rglob("*") if path.suffix in TEXT_SUFFIXES]


@pytest.mark.parametrize("pattern", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_nothing_that_only_gov_uk_may_use_is_built(pattern: str) -> None:
    files = built_files()

    offenders = [path.name for path in files if re.search(pattern, path.read_text(), re.IGNORECASE)]

    assert files
    assert offenders == []


def test_no_font_or_picture_is_built() -> None:
    suffixes = {path.suffix for path in BUILD.rglob("*") if path.is_file() and path.name != ".set-up"}

    assert suffixes == {".css", ".js", ".txt"}


def test_the_theme_fetches_nothing_and_declares_no_font() -> None:
    theme = (BUILD / "theme.css").read_text()

    assert not re.search(r"@font-face|@import|url\(", theme)


def test_every_module_that_our_modules_import_is_there() -> None:
    modules = list((ROOT / "static").glob("*.js"))

    imported = [
        (module.parent / address)
        for module in modules
        for address in re.findall(r"""(?:from|import\()\s*["'](\.[^"']+)["']""", module.read_text())
    ]

    assert imported
    assert [str(path) for path in imported if not path.is_file()] == []


def test_npm_packages_are_asked_for_by_exact_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())

    asked = {**package["dependencies"], **package["devDependencies"]}

    assert [name for name, version in asked.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
