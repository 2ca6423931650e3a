"""A module that calls itself pure reaches no rows, no database and no web framework, not even through another."""

import ast
import re
from functools import cache

import grimp
import pytest

from tests.support.source_files import PACKAGES, list_python_files, relative_path

CLAIM = re.compile(r"\bPure\b")
IMPURE = {"flask", "sqlalchemy", "flask_sqlalchemy", "flask_wtf", "wtforms", "core.database"}


@cache
def build_graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, exclude_type_checking_imports=True)


def claims_to_be_pure(source: str) -> bool:
    return bool(CLAIM.search(ast.get_docstring(ast.parse(source)) or ""))


def list_pure_modules() -> list[str]:
    """Those of a package whose `__init__` makes the claim too."""
    claiming = [path for path in list_python_files(*PACKAGES) if claims_to_be_pure(path.read_text())]
    names = {relative_path(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__") for path in claiming}
    return sorted(names.union(*(build_graph().find_descendants(name) for name in names)))


def is_impure(module: str) -> bool:
    return module in IMPURE or "models" in module.split(".")


@pytest.mark.parametrize("module", list_pure_modules())
def test_a_pure_module_reaches_no_rows_and_no_framework(module: str) -> None:
    graph = build_graph()

    reached = sorted(name for name in graph.find_upstream_modules(module) if is_impure(name))

    assert [" -> ".join(graph.find_shortest_chain(module, name) or ()) for name in reached] == []
