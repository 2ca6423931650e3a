"""One model is kept in a process, and anyone who cancels does not wait until it is loaded."""

from collections.abc import Iterator
from threading import Event

import pytest

from transcripts.recognition import model_cache


class StopError(Exception):
    pass


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    model_cache.clear_loaded_model()
    yield
    model_cache.clear_loaded_model()


def test_a_model_is_loaded_once_and_replaced_by_the_next() -> None:
    loads: list[str] = []

    def load(name: str) -> str:
        loads.append(name)
        return name

    def ask(name: str) -> str:
        return model_cache.get_or_load(name, lambda: load(name))

    assert [ask(name) for name in ("small", "small", "large", "small")] == ["small", "small", "large", "small"]
    assert loads == ["small", "large", "small"]


def test_anyone_who_stops_while_a_model_is_loaded_does_not_wait_for_it() -> None:
    may_end, was_loaded = Event(), Event()

    def load() -> str:
        may_end.wait()
        was_loaded.set()
        return "large"

    def look() -> None:
        raise StopError

    with pytest.raises(StopError):
        model_cache.load_while_checking(load, look)

    assert not was_loaded.is_set()
    may_end.set()
    assert was_loaded.wait(timeout=60)


def test_what_fails_while_it_is_loaded_fails_where_it_was_asked_for() -> None:
    def load() -> str:
        raise StopError

    with pytest.raises(StopError):
        model_cache.load_while_checking(load, lambda: None)
