"""Draws docs/data-model.md, the tables and their relations, from the models: `make data-model`."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from typing import cast

from sqlalchemy import Column, Table, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from core.database import db
from core.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "data-model.md"
PACKAGES = ("core", "accounts", "evidence", "interviews", "transcripts", "review", "privacy")
INTRODUCTION = """# The data model

Drawn from the models by `make data-model`; a guard test fails when it is out of date. One picture for each package. A
table of another package is an empty box. `PK` and `FK` are keys, `UK` is unique; a line with a circle may be missing.
"""


def main() -> None:
    PAGE.write_text(draw_page())


def draw_page() -> str:
    tables = _load_tables()
    sections = [_draw_package(package, tables[package]) for package in PACKAGES if package in tables]
    return "\n".join([INTRODUCTION, *sections])


def _load_tables() -> dict[str, list[Table]]:
    """By package, in the order of their names."""
    for package in PACKAGES:
        if find_spec(package) and find_spec(f"{package}.models"):
            import_module(f"{package}.models")
    mappers = cast(type[DeclarativeBase], db.Model).registry.mappers
    owners = {str(mapper.local_table): mapper.class_.__module__ for mapper in mappers}
    tables = sorted(db.metadata.tables.values(), key=lambda table: (_get_package(owners, table), table.name))
    return {package: list(group) for package, group in groupby(tables, lambda table: _get_package(owners, table))}


def _get_package(owners: dict[str, str], table: Table) -> str:
    return owners.get(table.name, "core.models").partition(".")[0]


def _draw_package(package: str, tables: list[Table]) -> str:
    lines = [line for table in tables for line in _draw_table(table)]
    relations = sorted({line for table in tables for line in _draw_relations(table)})
    diagram = "\n".join(f"    {line}" for line in [*lines, *relations])
    return f"## {package}/\n\n```mermaid\nerDiagram\n{diagram}\n```\n"


def _draw_table(table: Table) -> Iterator[str]:
    yield f"{table.name} {{"
    for column in table.columns:
        yield f"    {_describe_type(column)} {column.name}{_describe_keys(column)}"
    yield "}"


def _describe_type(column: Column[object]) -> str:
    stored = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return type(stored).__name__.lower()


def _describe_keys(column: Column[object]) -> str:
    keys = [("PK", column.primary_key), ("FK", column.foreign_keys), ("UK", column.unique)]
    names = ", ".join(name for name, is_key in keys if is_key)
    return f" {names}" if names else ""


def _draw_relations(table: Table) -> Iterator[str]:
    for key in table.foreign_key_constraints:
        columns = list(key.columns)
        parent = "|o" if any(column.nullable for column in columns) else "||"
        is_single = len(columns) == 1 and (columns[0].unique or list(table.primary_key.columns) == columns)
        child = "o|" if is_single else "o{"
        label = " ".join(column.name for column in columns)
        yield f'{key.referred_table.name} {parent}--{child} {table.name} : "{label}"'


if __name__ == "__main__":
    main()
