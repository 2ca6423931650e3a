"""The language model's files are checked before they are used; nothing is loaded here."""

import hashlib
from pathlib import Path

import pytest

from transcripts.mapping.similarity import SimilarityUnavailableError, load_similarity, verify_files

KNOWN = b"the weights that we know"


def pinned() -> list[tuple[str, str]]:
    return [("model.bin", hashlib.sha256(KNOWN).hexdigest())]


def test_known_files_pass(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(KNOWN)

    verify_files(tmp_path, pinned())

    assert (tmp_path / "model.bin").read_bytes() == KNOWN


def test_an_altered_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(KNOWN + b"!")

    with pytest.raises(SimilarityUnavailableError, match=r"altered.*Install the package"):
        verify_files(tmp_path, pinned())


def test_a_missing_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SimilarityUnavailableError, match=r"missing.*Install the package"):
        verify_files(tmp_path, pinned())


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SimilarityUnavailableError, match="Correct the setting"):
        load_similarity(tmp_path)
