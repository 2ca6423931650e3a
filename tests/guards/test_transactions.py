"""Only views, tasks and commands commit. Activities add and flush: their caller decides when an action is complete."""

import ast
from pathlib import Path

import pytest

from tests.support.source_files import PACKAGES, list_python_files, relative_path

ENDS_A_TRANSACTION = {"commit", "committing", "write_transaction"}
COMMITTING_PARTS = {"views", "tasks.py", "commands", "commands.py"}
MACHINERY = {
    "core/transactions.py": "what views commit with",
    "core/connections.py": "a setting of a connection, made before any transaction begins",
    "core/sweep_lease.py": "the lease is taken and given back between the tasks that it protects",
    "core/leases.py": "what tasks commit with, and the heartbeat of a job in a thread of its own",
    "core/jobs.py": "takes jobs, settles them and puts them back: each before and after a task's own transaction",
    "core/outbox.py": "the task that sends, and the sweep before it",
    "core/cleanup.py": "the sweep that runs what other packages registered",
    "core/worker_health.py": "the heartbeat of a worker's process",
}

STEPS_OF_TASKS = {
    "transcripts/transcription/part_recognition.py": "keeps what is recognised, hours before the job ends",
}
IN_TWO_STEPS = {
    "transcripts/views/importing.py discard_import": "a file that cannot be deleted now is deleted by the sweep",
}


def find_commits(path: Path) -> list[str]:
    return [
        f"{relative_path(path)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name_of(node.func) in ENDS_A_TRANSACTION
    ]


def may_commit(path: Path) -> bool:
    return relative_path(path) in {*MACHINERY, *STEPS_OF_TASKS} or bool(COMMITTING_PARTS & set(path.parts))


def test_only_views_tasks_and_commands_commit() -> None:
    activities = [path for path in list_python_files(*PACKAGES) if not may_commit(path)]

    assert [line for path in activities for line in find_commits(path)] == []


@pytest.mark.parametrize("name", MACHINERY)
def test_the_machinery_that_may_commit_does(name: str) -> None:
    (path,) = (path for path in list_python_files("core") if relative_path(path) == name)

    assert find_commits(path) or "db.session.commit" in path.read_text()


def test_a_view_commits_in_one_place_only() -> None:
    """A second commit in one function means that the first half of an action may count without the other."""
    views = [path for path in list_python_files(*PACKAGES) if "views" in path.parts]

    assert {function for path in views for function in _find_double_commits(path)} == set(IN_TWO_STEPS)


def _find_double_commits(path: Path) -> list[str]:
    return [
        f"{relative_path(path)} {node.name}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and _count_commits_in_a_row(node.body) > 1
    ]


def _count_commits_in_a_row(body: list[ast.stmt]) -> int:
    """In one block: those in branches exclude each other."""
    return sum(_is_commit(statement) for statement in body)


def _is_commit(statement: ast.stmt) -> bool:
    calls = [statement.value] if isinstance(statement, ast.Expr) else []
    calls += [item.context_expr for item in statement.items] if isinstance(statement, ast.With) else []
    return any(isinstance(call, ast.Call) and _name_of(call.func) in ENDS_A_TRANSACTION for call in calls)


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
