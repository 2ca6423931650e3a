"""Where the project's own source stands, for the guards that read it."""

from pathlib import Path

from core.settings import PROJECT_ROOT

PACKAGES = ["core", "accounts", "evidence", "interviews", "transcripts", "review"]
OTHER_FOLDERS = ["tests", "bench", "demo", "migrations"]
TEMPLATES = PROJECT_ROOT / "templates"


def list_python_files(*folders: str) -> list[Path]:
    """Python files below folders of the project, and those in its root when no folder is named."""
    files = [path for folder in folders for path in (PROJECT_ROOT / folder).rglob("*.py")]
    return sorted(files or [*PROJECT_ROOT.glob("*.py"), *list_python_files(*PACKAGES, *OTHER_FOLDERS)])


def list_templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def relative_path(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()
