"""Which package may import which, what the web process must never load, and names that would hide others."""

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from tests.support.installations import make_settings
from tests.support.source_files import OTHER_FOLDERS, PACKAGES

ONLY_IN_THE_WORKER = ["torch", "whisper", "numpy", "sentence_transformers", "silero_vad", "av", "sklearn", "scipy"]
LOOK = """
import sys
from wsgi import create_app
app = create_app()
app.test_client().get("/sign-in")
print(*sorted(set(sys.argv[1:]) & set(sys.modules)))
"""


def test_the_web_process_loads_nothing_that_only_the_worker_needs(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    environ = {"LISTENING_POST_DATA_FOLDER": str(settings.data_folder), "LISTENING_POST_SECRET_KEY": "only for tests"}

    looked = subprocess.run(
        [sys.executable, "-c", LOOK, *ONLY_IN_THE_WORKER],
        cwd=PROJECT_ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert looked.returncode == 0, looked.stderr
    assert looked.stdout.split() == []


def test_packages_import_only_what_is_below_them() -> None:
    linted = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("package", [*PACKAGES, *OTHER_FOLDERS, "wsgi"])
def test_no_package_is_named_like_one_of_python(package: str) -> None:
    assert package not in sys.stdlib_module_names


@pytest.mark.parametrize("package", [*PACKAGES, "wsgi"])
def test_no_package_is_named_like_one_of_a_library(package: str) -> None:
    assert package not in packages_distributions()
