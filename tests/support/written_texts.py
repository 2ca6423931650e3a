"""What people wrote in the source: names, comments, docstrings, messages, pages, and where each is. Judges nothing."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.settings import PROJECT_ROOT
from tests.support.source_files import (
    PACKAGES,
    list_documents,
    list_front_end_files,
    list_python_files,
    list_templates,
    parse,
    relative_path,
)

CAMEL_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
CODE_NAME = re.compile(r"[A-Za-z_$][\w$]*")
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`$]*`")
CSS_NAME = re.compile(r"(?<![\w-])(?:lp-|data-|--lp-)[a-z0-9_-]+")
JINJA_COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
JINJA_CODE = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
LINE_COMMENT = re.compile(r"(?<![:\"'])//[^\n]*|/\*.*?\*/", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>", re.DOTALL)
GENERATED = "versions"  # of migrations: what was done to databases is not rewritten


@dataclass(frozen=True, slots=True)
class Written:
    """A name or a text. `where`: file and line."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where} {' '.join(self.text.split())[:140]}"


@cache
def split_name(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in CAMEL_WORDS.findall(name))


@cache
def list_names() -> tuple[Written, ...]:
    """Identifiers in Python and JavaScript, CSS classes, data attributes, and the names of files."""
    return tuple(_iter_names())


@cache
def list_comments() -> tuple[Written, ...]:
    """Comments and docstrings of every language, and the documents."""
    return tuple(_iter_comments())


@cache
def list_messages() -> tuple[Written, ...]:
    """What the application says to people: strings in the packages, save docstrings, and the text of templates."""
    return tuple(_iter_messages())


@cache
def list_sentences() -> tuple[Written, ...]:
    return tuple(written for written in list_messages() if is_sentence(written.text))


def is_sentence(text: str) -> bool:
    """Rather than a key, a path, a pattern or a single word."""
    return len(re.findall(r"[A-Za-z]{2,}", text)) >= 3 and " " in text and "\\b" not in text


def _iter_names() -> Iterator[Written]:
    for path in _list_python():
        yield from _list_tokens(path)[tokenize.NAME]
    for path in [*list_front_end_files(), *list_templates()]:
        yield from _list_front_end_names(path)
    for path in [*_list_python(), *list_templates(), *list_front_end_files(), *list_documents()]:
        yield Written(relative_path(path), path.stem)


def _iter_comments() -> Iterator[Written]:
    for path in _list_python():
        yield from _list_tokens(path)[tokenize.COMMENT]
        yield from _list_docstrings(path)
    for path in list_templates():
        yield from _list_matches(path, JINJA_COMMENT)
    for path in list_front_end_files():
        yield from _list_matches(path, LINE_COMMENT)
    for path in [*list_documents(), PROJECT_ROOT / "Makefile"]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield Written(f"{relative_path(path)}:{number}", line)


def _iter_messages() -> Iterator[Written]:
    for path in list_python_files(*PACKAGES):
        docstrings = {docstring.where for docstring in _list_docstrings(path)}
        for node in ast.walk(parse(path)):
            where = f"{relative_path(path)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and where not in docstrings:
                yield Written(where, node.value)
    for path in list_templates():
        yield from _list_template_texts(path)


def _list_python() -> list[Path]:
    return [path for path in list_python_files() if GENERATED not in path.parts]


@cache
def _list_tokens(path: Path) -> dict[int, list[Written]]:
    """The names and the comments."""
    tokens: dict[int, list[Written]] = {tokenize.NAME: [], tokenize.COMMENT: []}
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type in tokens:
            tokens[token.type].append(Written(f"{relative_path(path)}:{token.start[0]}", token.string))
    return tokens


def _list_docstrings(path: Path) -> Iterator[Written]:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            yield Written(f"{relative_path(path)}:{node.body[0].lineno}", ast.get_docstring(node) or "")


def _list_front_end_names(path: Path) -> Iterator[Written]:
    """A template's own names are those in Jinja's code."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        names = CSS_NAME.findall(line)
        if path.suffix in {".js", ".mjs"}:
            names += CODE_NAME.findall(LINE_COMMENT.sub("", QUOTED.sub("", line)))
        if path.suffix in {".html", ".txt"}:
            names += [name for code in JINJA_CODE.findall(line) for name in CODE_NAME.findall(QUOTED.sub("", code))]
        yield from (Written(f"{relative_path(path)}:{number}", name) for name in names)


def _list_matches(path: Path, pattern: re.Pattern[str]) -> Iterator[Written]:
    content = path.read_text()
    for match in pattern.finditer(content):
        yield Written(f"{relative_path(path)}:{content.count(chr(10), 0, match.start()) + 1}", match[0])


def _list_template_texts(path: Path) -> Iterator[Written]:
    """Line by line what a person reads, and the strings in Jinja's code, where labels and headings are given."""
    content = JINJA_COMMENT.sub(_blank, path.read_text())
    shown = MARKUP.sub(_blank, JINJA_CODE.sub(_blank, content))
    for number, line in enumerate(shown.splitlines(), 1):
        if line.strip():
            yield Written(f"{relative_path(path)}:{number}", line)
    for match in JINJA_CODE.finditer(content):
        start = content.count("\n", 0, match.start()) + 1
        for text in re.findall(r'"([^"]*)"', match[0]):
            yield Written(f"{relative_path(path)}:{start}", text)


def _blank(match: re.Match[str]) -> str:
    """As many lines as before."""
    return "\n" * match[0].count("\n") or " "
