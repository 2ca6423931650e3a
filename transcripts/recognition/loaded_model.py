"""One model is kept loaded in a process: the next one that is asked for takes its place. Any engine's."""

from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Lock
from typing import Any, TypeVar, cast

LOOK_EVERY_SECONDS = 0.5

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


def while_looking(load: Callable[[], Model], look: Callable[[], object]) -> Model:
    """What `load` gives, loaded in a thread; `look` is called meanwhile and may raise, which lets the thread go on."""
    loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="load model")
    try:
        loading = loader.submit(load)
        while not wait([loading], timeout=LOOK_EVERY_SECONDS).done:
            look()
        return loading.result()
    finally:
        loader.shutdown(wait=False)


def forget() -> None:
    with _loading:
        _kept.clear()
