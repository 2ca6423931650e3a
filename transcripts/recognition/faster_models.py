"""The one faster-whisper model of a process, its lock and its seed. faster_engine.py transcribes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import ctranslate2
from faster_whisper import WhisperModel

from transcripts.recognition.long_form import count_cores


class SharedFasterModel:
    """Used by one thread at a time: a cancelled one may still be working on its window."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock, self._has_sampled = folder, Lock(), False
        self._model = _load_model(folder)
        self.is_multilingual: bool = self._model.model.is_multilingual
        self.device: str = self._model.model.device
        self.precision: str = self._model.model.compute_type
        self.tokenizer: Any = self._model.hf_tokenizer

    @contextmanager
    def lock_model(self) -> Iterator[WhisperModel]:
        with self._lock:
            if not self._model.model.model_is_loaded:  # loading its replacement failed
                self._model.model.load_model()
            yield self._model

    @contextmanager
    def lock_seeded_model(self, seed: int) -> Iterator[WhisperModel]:
        """ctranslate2 accepts a seed only before a model's first sample, so one that has sampled is loaded again."""
        with self._lock:
            if self._has_sampled:
                self._model.model.unload_model()
                self._model = _load_model(self._folder)
            ctranslate2.set_random_seed(seed)
            self._has_sampled = True
            yield self._model


def _load_model(folder: Path) -> WhisperModel:
    has_gpu = ctranslate2.get_cuda_device_count() > 0
    return WhisperModel(
        str(folder),
        device="cuda" if has_gpu else "cpu",
        compute_type="float16" if has_gpu else "float32",
        cpu_threads=count_cores(),
        local_files_only=True,
    )
