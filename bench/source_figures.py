"""How the source reads, in figures: `python -m bench.source_figures [FOLDER]`"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean, median

PACKAGES = ("core", "accounts", "evidence", "interviews", "transcripts", "review", "privacy")
ALL_FOLDERS = (*PACKAGES, "tests", "bench", "demo")
ROOMS = {"__init__", "models", "views", "forms", "tasks", "commands", "web"}
BANNED = re.compile(
    r"\b(?:stands? (?:in|on|at|beside|there|under)|who(?:m)?ever|a" + r"new|reck" + r"on\w*|men" + r"d(?:s|ed|ing)?"
    r"|dee" + r"ds?|tol" + r"d|works no more)\b",
    re.IGNORECASE,
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    trees = {path: ast.parse(path.read_text()) for path in _list_files(root, ALL_FOLDERS)}
    ours = {path: tree for path, tree in trees.items() if path.relative_to(root).parts[0] in PACKAGES}
    functions = [node for tree in ours.values() for node in ast.walk(tree) if isinstance(node, Function)]
    public = [node for node in functions if not node.name.startswith("_")]
    for name, value in {
        "loose modules": ", ".join(f"{package} {count}" for package, count in _count_loose_modules(root)),
        "public class names defined more than once": len(_find_repeated_classes(trees.values())),
        "functions with a docstring": _format_share(functions),
        "public functions with a docstring": _format_share(public),
        "lines of a module, mean": round(mean(len(path.read_text().splitlines()) for path in ours)),
        "lines of a function, median": median((node.end_lineno or node.lineno) - node.lineno + 1 for node in functions),
        "banned words in Python, templates and documents": _count_banned_words(root),
    }.items():
        print(f"{name}: {value}")


def _list_files(root: Path, folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((root / folder).rglob("*.py"))


def _count_loose_modules(root: Path) -> list[tuple[str, int]]:
    return [
        (package, sum(path.stem not in ROOMS for path in (root / package).glob("*.py")))
        for package in PACKAGES
        if (root / package).is_dir()
    ]


def _find_repeated_classes(trees: Iterable[ast.Module]) -> list[str]:
    names = Counter(
        node.name
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    return sorted(name for name, count in names.items() if count > 1)


def _format_share(functions: list[Function]) -> str:
    with_text = sum(ast.get_docstring(node) is not None for node in functions)
    return f"{with_text} of {len(functions)} ({with_text / len(functions):.0%})"


def _count_banned_words(root: Path) -> int:
    files = [*_list_files(root, ALL_FOLDERS), *(root / "templates").rglob("*.*"), *(root / "docs").rglob("*.md")]
    return sum(len(BANNED.findall(path.read_text())) for path in [*files, root / "README.md"])


if __name__ == "__main__":
    main()
