"""The one faster-whisper model of a process, and what it draws with. Which texts are read how: faster_engine.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import ctranslate2
from faster_whisper import WhisperModel

from transcripts.recognition.long_form import count_cores


class SharedFasterModel:
    """Never there twice. One reads with it at a time: whoever was cancelled may still be at their window."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock, self._has_sampled = folder, Lock(), False
        self._model = _load_model(folder)
        self.is_multilingual: bool = self._model.model.is_multilingual
        self.device: str = self._model.model.device
        self.precision: str = self._model.model.compute_type
        self.tokenizer: Any = self._model.hf_tokenizer

    @contextmanager
    def lock_model(self) -> Iterator[WhisperModel]:
        """For what draws nothing."""
        with self._lock:
            if not self._model.model.model_is_loaded:  # another did not fit when it was to take its place
                self._model.model.load_model()
            yield self._model

    @contextmanager
    def lock_seeded_model(self, seed: int) -> Iterator[WhisperModel]:
        """What is drawn depends on the seed alone. ctranslate2 takes one only before a model first draws, so one that
        has drawn makes room for the same, loaded anew."""
        with self._lock:
            if self._has_sampled:
                self._model.model.unload_model()
                self._model = _load_model(self._folder)
            ctranslate2.set_random_seed(seed)
            self._has_sampled = True
            yield self._model


def _load_model(folder: Path) -> WhisperModel:
    """Half precision on a graphics card, single elsewhere. Never fetched: the folder has all that it asks for."""
    on_card = ctranslate2.get_cuda_device_count() > 0
    return WhisperModel(
        str(folder),
        device="cuda" if on_card else "cpu",
        compute_type="float16" if on_card else "float32",
        cpu_threads=count_cores(),
        local_files_only=True,
    )
