"""Holders of personal data: tables and folders of files with what people gave us. How each is found, copied and erased.

A package registers its tables with `hold(…)`, in one line where foreign keys lead from a table to a person or to a
contribution. tests/guards/test_personal_data.py fails for a table or a folder that is in no list.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, delete, false, func, or_, select

from core.database import Model, db

PERSON_TABLE, CONTRIBUTION_TABLE = "participant", "contribution"


@dataclass(frozen=True, slots=True)
class DataSubject:
    """A person, or only some of what they gave. `addresses` and `names` find them in texts to which no row points."""

    participant_id: UUID
    contribution_ids: tuple[UUID, ...]
    is_whole: bool
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


Condition = Callable[[Table, DataSubject], ColumnElement[bool]]
Step = Callable[[DataSubject], None]


@dataclass(frozen=True, slots=True)
class Holder:
    """`title`: as the person reads it. `file_columns`: those with the path of a stored file."""

    key: str
    title: str
    tables: tuple[Table, ...]
    matches: Condition
    file_columns: tuple[Column[Any], ...] = ()
    folders: tuple[str, ...] = ()
    hidden_columns: frozenset[str] = frozenset()  # not in the person's copy: other people's names, our own figures
    waits: ColumnElement[bool] | None = None  # rows that are not done yet, such as an email to be sent
    before_erasing: Step | None = None  # what is neither a row nor a stored file


@dataclass(slots=True)
class _Registry:
    holders: dict[str, Holder] = field(default_factory=dict)
    impersonal: dict[str, str] = field(default_factory=dict)  # name of a table: why it needs no holder


_registry = _Registry()


def match_by_keys(table: Table, subject: DataSubject) -> ColumnElement[bool]:
    """Rows from which foreign keys lead to the person or to one of the contributions, over any number of tables."""
    return or_(false(), *_iter_conditions(table, subject, frozenset()))


def hold(
    key: str,
    title: str,
    *models: type[Model],
    matches: Condition = match_by_keys,
    files: Sequence[Any] = (),
    folders: Iterable[str] = (),
    hides: Iterable[str] = (),
    waits: ColumnElement[bool] | None = None,
    before_erasing: Step | None = None,
) -> None:
    """`files`: mapped columns, such as `Recording.storage_path`."""
    columns = tuple(column.__clause_element__() for column in files)
    tables = tuple(_get_table(model) for model in models)
    _registry.holders[key] = Holder(
        key,
        title,
        tables,
        matches,
        tuple(table.c[column.key] for column in columns for table in tables if column.table.name == table.name),
        tuple(folders),
        frozenset(hides),
        waits,
        before_erasing,
    )


def declare_impersonal(reason: str, *models: type[Model]) -> None:
    """Tables that can have nothing of a participant's."""
    _registry.impersonal |= {_get_table(model).name: reason for model in models}


def list_holders() -> list[Holder]:
    return list(_registry.holders.values())


def list_impersonal_tables() -> dict[str, str]:
    return dict(_registry.impersonal)


def leads_to_person(table: Table) -> bool:
    """Whether foreign keys lead from it to a person."""
    nobody = DataSubject(UUID(int=0), (), is_whole=True)
    return table.name == PERSON_TABLE or any(True for _ in _iter_conditions(table, nobody, frozenset()))


def iter_rows(holder: Holder, subject: DataSubject) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row with the name of its table, for the person's copy: without ids, and without what staff note."""
    for table in holder.tables:
        names = [column.name for column in table.columns if _is_shown(column, holder)]
        rows = db.session.execute(select(table).where(holder.matches(table, subject)).order_by(*table.primary_key))
        for row in rows.mappings():
            yield table.name, {name: row[table.c[name]] for name in names}


def count_rows(holder: Holder, subject: DataSubject) -> int:
    return sum(
        db.session.scalar(select(func.count()).select_from(table).where(holder.matches(table, subject))) or 0
        for table in holder.tables
    )


def list_files(holder: Holder, subject: DataSubject) -> list[str]:
    paths: list[str] = []
    for column in holder.file_columns:
        rows = select(column).where(holder.matches(column.table, subject), column.is_not(None))
        paths.extend(path for path in db.session.scalars(rows) if path)
    return sorted(set(paths))


def count_waiting_rows(subject: DataSubject) -> int:
    """Of those that should do their work first, such as an email that tells an interviewer of a cancellation."""
    return sum(
        db.session.scalar(select(func.count()).select_from(table).where(holder.matches(table, subject), holder.waits))
        or 0
        for holder in list_holders()
        if holder.waits is not None
        for table in holder.tables
    )


def delete_rows(subject: DataSubject) -> None:
    """Of all holders: tables that point to others come first. Deleting again does no harm."""
    holders = {table: holder for holder in list_holders() for table in holder.tables}
    for table in reversed(db.metadata.sorted_tables):
        if table in holders:
            db.session.execute(delete(table).where(holders[table].matches(table, subject)))
    db.session.expire_all()


def _iter_conditions(table: Table, subject: DataSubject, seen: frozenset[str]) -> Iterator[ColumnElement[bool]]:
    if table.name == CONTRIBUTION_TABLE:
        yield table.c.id.in_(subject.contribution_ids)
    elif table.name == PERSON_TABLE:
        if subject.is_whole:
            yield table.c.id == subject.participant_id
    else:
        for column in table.columns:
            yield from _iter_conditions_of(column, subject, seen | {table.name})


def _iter_conditions_of(
    column: Column[Any], subject: DataSubject, seen: frozenset[str]
) -> Iterator[ColumnElement[bool]]:
    for key in column.foreign_keys:
        parent = key.column.table
        found = [] if parent.name in seen else list(_iter_conditions(parent, subject, seen))
        if found:
            yield column.in_(select(key.column).where(or_(*found)))


def _is_shown(column: Column[Any], holder: Holder) -> bool:
    is_own_id = column.primary_key and column.name == "id"
    is_hidden = column.name in holder.hidden_columns or any(column is path for path in holder.file_columns)
    return not (is_own_id or column.foreign_keys or is_hidden)


def _get_table(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
