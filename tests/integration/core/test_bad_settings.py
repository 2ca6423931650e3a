"""A setting that cannot be used ends every command with one sentence."""

import os
import subprocess
import sys
from pathlib import Path

from core.settings import PROJECT_ROOT


def test_a_command_ends_with_the_sentence(tmp_path: Path) -> None:
    wrong = {"LISTENING_POST_DATA_FOLDER": str(tmp_path), "LISTENING_POST_WHISPER_BEAMS": "many"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", "check-storage"]

    environ = {**os.environ, **wrong}
    ended = subprocess.run(command, cwd=PROJECT_ROOT, env=environ, check=False, capture_output=True, text=True)

    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: LISTENING_POST_WHISPER_BEAMS has to be a whole number")
    assert "Traceback" not in ended.stderr
