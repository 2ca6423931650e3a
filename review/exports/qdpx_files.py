"""Pack a project for NVivo, MAXQDA, ATLAS.ti and QualCoder: a ZIP with project.qde and sources/."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from core.file_storage import Storage
from review.exports.export_kinds import Layout
from review.exports.exported_call import ExportedCall
from review.exports.qda_project import MAX_PACKED_BYTES, ProjectWriter
from review.exports.qda_texts import QdaText, build_texts_by_contribution, build_texts_by_question

EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # so that two exports of the same evidence are equal
PROJECT_FILE = "project.qde"


def write_qdpx(
    call: ExportedCall, layout: Layout, target: Path, storage: Storage, on_progress: Callable[[float], object]
) -> None:
    build = build_texts_by_question if layout is Layout.QUESTIONS else build_texts_by_contribution
    texts, writer = list(build(call)), ProjectWriter(call)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(_name_entry(PROJECT_FILE), writer.build(texts))
        for number, text in enumerate(texts, 1):
            packed.writestr(_name_entry(f"sources/{text.id}.txt"), text.content.encode())
            _pack_sound(packed, writer, text, storage)
            on_progress(number / len(texts))


def _pack_sound(packed: zipfile.ZipFile, writer: ProjectWriter, text: QdaText, storage: Storage) -> None:
    sound = text.transcript.sound if text.transcript is not None else None
    if sound is None or sound.size_bytes > MAX_PACKED_BYTES:
        return
    entry = _name_entry(f"sources/{writer.audio_id(text)}.{sound.extension}")
    entry.compress_type = zipfile.ZIP_STORED
    with packed.open(entry, "w", force_zip64=True) as file:
        _copy(storage.iter_range(sound.storage_path, 0, sound.size_bytes), file.write)


def _copy(pieces: Iterable[bytes], write: Callable[[bytes], object]) -> None:
    for piece in pieces:
        write(piece)


def _name_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EARLIEST_ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
