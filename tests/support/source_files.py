"""Where the project's own source is, for the guards that read it."""

import ast
from functools import cache
from pathlib import Path

from core.settings import PROJECT_ROOT

PACKAGES = ["core", "accounts", "evidence", "interviews", "transcripts", "review", "privacy"]
OTHER_FOLDERS = ["tests", "bench", "demo", "migrations"]
TEMPLATES = PROJECT_ROOT / "templates"
STATIC = PROJECT_ROOT / "static"
DOCUMENT_FOLDERS = ["docs", "samples"]


def list_python_files(*folders: str) -> list[Path]:
    """Python files below folders of the project, and those in its root when no folder is named."""
    files = [path for folder in folders for path in (PROJECT_ROOT / folder).rglob("*.py")]
    return sorted(files or [*PROJECT_ROOT.glob("*.py"), *list_python_files(*PACKAGES, *OTHER_FOLDERS)])


def list_templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def list_front_end_files() -> list[Path]:
    """Our own scripts and styles; nothing that is built."""
    files = [path for suffix in ("js", "mjs", "scss") for path in STATIC.rglob(f"*.{suffix}")]
    return sorted(path for path in files if "build" not in path.relative_to(STATIC).parts)


def list_documents() -> list[Path]:
    below = [path for name in DOCUMENT_FOLDERS for path in (PROJECT_ROOT / name).rglob("*.md")]
    return sorted([*PROJECT_ROOT.glob("*.md"), *below])


def relative_path(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def list_classes(path: Path) -> list[str]:
    """Names of the classes that a module defines at its own level."""
    return [node.name for node in parse(path).body if isinstance(node, ast.ClassDef)]
