"""`flask interviews read-reply` on mails as Google, Exchange, Apple and others write them."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from interviews.commands import read_reply_command
from tests.support.make_reply_mails import REPLIES

EXPECTED: dict[str, Any] = json.loads((REPLIES / "expected.json").read_text())
READABLE = sorted(name for name, said in EXPECTED.items() if "error" not in said)
UNREADABLE = sorted(name for name, said in EXPECTED.items() if "error" in said)


@pytest.mark.parametrize("name", READABLE)
def test_the_command_prints_what_a_reply_says(name: str) -> None:
    ended = CliRunner().invoke(read_reply_command, [str(REPLIES / f"{name}.eml")])

    assert (ended.exit_code, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == EXPECTED[name]


@pytest.mark.parametrize("name", UNREADABLE)
def test_the_command_explains_what_it_cannot_read(name: str) -> None:
    ended = CliRunner().invoke(read_reply_command, [str(REPLIES / f"{name}.eml")])

    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: This") or ended.stderr.startswith("Error: The calendar object")
