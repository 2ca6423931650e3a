"""A process keeps one model loaded, of any engine: loading another replaces it."""

from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Lock
from typing import Any, TypeVar, cast

CHECK_INTERVAL_SECONDS = 0.5

Model = TypeVar("Model")
_load_lock = Lock()
_loaded_models: dict[Hashable, Any] = {}


def get_or_load(key: Hashable, load: Callable[[], Model]) -> Model:
    with _load_lock:
        if key not in _loaded_models:
            _loaded_models.clear()  # before, not after: two large models may not fit
            _loaded_models[key] = load()
        return cast(Model, _loaded_models[key])


def load_while_checking(load: Callable[[], Model], check: Callable[[], object]) -> Model:
    """`check` may raise; loading then finishes in the background."""
    loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="load model")
    try:
        loading = loader.submit(load)
        while not wait([loading], timeout=CHECK_INTERVAL_SECONDS).done:
            check()
        return loading.result()
    finally:
        loader.shutdown(wait=False)


def clear_loaded_model() -> None:
    with _load_lock:
        _loaded_models.clear()
