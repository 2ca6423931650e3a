"""Unit tests are quick: one that takes long belongs in tests/integration or tests/accuracy."""

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis.internal.charmap import charmap

MAX_PROCESSOR_SECONDS = 1.0  # most take a millisecond; with 25 examples some take half a second


@pytest.fixture(scope="session", autouse=True)
def _letters_of_all_languages() -> None:
    """Hypothesis lists them once for each installation, which takes seconds."""
    charmap()


@pytest.fixture(scope="session", autouse=True)
def _objects_of_earlier_tests() -> None:
    """Models that other tests loaded in this process are not searched for garbage while a unit test is timed."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    before = sum(os.times()[:4])
    yield
    seconds = sum(os.times()[:4]) - before
    if seconds > MAX_PROCESSOR_SECONDS and "thorough" not in str(item.config.getoption("--hypothesis-profile")):
        pytest.fail(f"This unit test took {seconds:.1f} seconds of processor time. See tests/unit/conftest.py.")
