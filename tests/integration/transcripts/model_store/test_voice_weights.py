"""The model that tells voices apart comes from the package index, and is used only if it is the published file."""

from pathlib import Path

import pytest

from tests.support import package_index
from transcripts.model_store import voice_weights
from transcripts.model_store.file_fetching import NotFetchedError
from transcripts.model_store.model_facts import MissingWeightsError
from transcripts.speakers.voice_encoder import load_voice_encoder


def test_another_file_under_the_same_name_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, models = tmp_path / "index", tmp_path / "models"
    package_index.use_only(index, monkeypatch)
    package_index.add_wheel(index, "Resemblyzer", "0.1.4", {"resemblyzer/pretrained.pt": b"something else"})

    with pytest.raises(NotFetchedError):
        voice_weights.fetch_voice_encoder(models)

    assert voice_weights.find_voice_encoder(models) is None
    assert not list(models.rglob("*.pt"))


def test_a_file_that_was_changed_later_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / voice_weights.VOICES_NAME / voice_weights.VOICE_ENCODER.name
    path.parent.mkdir()
    path.write_bytes(b"something else")

    assert voice_weights.find_voice_encoder(tmp_path) is None
    with pytest.raises(MissingWeightsError):
        load_voice_encoder(path)
