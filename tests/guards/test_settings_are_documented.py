"""Every setting that core/settings.py reads is in .env.example and in docs/operating.md, and no others are."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.settings import ENVIRONMENT_PREFIX, PROJECT_ROOT, load_settings

SETTINGS_MODULE = PROJECT_ROOT / "core" / "settings.py"


def list_settings_read() -> set[str]:
    """Keys of `values`, as in `values["zone"]` and `values.get("zone")`."""
    names = set()
    for node in ast.walk(ast.parse(SETTINGS_MODULE.read_text())):
        match node:
            case ast.Subscript(value=ast.Name("values"), slice=ast.Constant(str(name))):
                names.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name("values"), attr="get"), args=[ast.Constant(str(name)), *_]):
                names.add(name)
    return {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in names}


def list_settings_in(path: Path) -> set[str]:
    text = path.read_text().replace("`_S3_", f"`{ENVIRONMENT_PREFIX}S3_")  # the table shortens three of them
    return set(re.findall(rf"{ENVIRONMENT_PREFIX}[A-Z0-9_]+", text))


@pytest.mark.parametrize("name", [".env.example", "docs/operating.md"])
def test_every_setting_is_documented(name: str) -> None:
    documented, read = list_settings_in(PROJECT_ROOT / name), list_settings_read()

    assert read
    assert (sorted(read - documented), sorted(documented - read)) == ([], [])


def test_the_example_changes_nothing_until_it_is_edited(tmp_path: Path) -> None:
    lines = (PROJECT_ROOT / ".env.example").read_text().splitlines()

    environ: Mapping[str, str] = {f"{ENVIRONMENT_PREFIX}DATA_FOLDER": str(tmp_path)}

    assert [line for line in lines if line and not line.startswith("#")] == []
    assert load_settings(environ).data_folder == tmp_path
