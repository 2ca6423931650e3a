"""Each hostile file is decoded or refused with a message, within its child's limits, and leaves nothing."""

from pathlib import Path

import pytest

from tests.support.hostile_files import HOSTILE_FILES, HostileFile
from transcripts.audio import decoder
from transcripts.audio.decoder import UnusableRecordingError


@pytest.mark.parametrize("file", [file for file in HOSTILE_FILES if not file.is_slow], ids=lambda file: file.name)
def test_a_hostile_file_gets_what_it_should(file: HostileFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    path = tmp_path / file.name
    file.write(path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))

    refusal = ""
    try:
        decoder.probe(path)
    except UnusableRecordingError as error:
        refusal = str(error)

    assert file.is_expected_refusal(refusal), refusal
    assert list((tmp_path / "temporary").iterdir()) == []
