"""One model is kept loaded in a process: the next one that is asked for takes its place. Any engine's."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

Model = TypeVar("Model")
_loading = Lock()
_kept: dict[Hashable, Any] = {}


def loaded(key: Hashable, load: Callable[[], Model]) -> Model:
    """What `load` gave for this key; two threads never load at the same time."""
    with _loading:
        if key not in _kept:
            _kept.clear()  # before, not after: two large models together may not fit
            _kept[key] = load()
        return cast(Model, _kept[key])


def forget() -> None:
    with _loading:
        _kept.clear()
