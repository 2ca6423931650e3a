"""Each hostile file is read or refused in words, with its child's memory and time limited, and leaves nothing."""

from pathlib import Path

import pytest

from tests.hostile_files import FILES, HostileFile
from transcripts.sound import audio
from transcripts.sound.audio import UnsoundRecordingError


@pytest.mark.parametrize("file", [file for file in FILES if not file.is_slow], ids=lambda file: file.name)
def test_a_hostile_file_gets_what_it_should(file: HostileFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    path = tmp_path / file.name
    file.make(path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))

    refusal = ""
    try:
        audio.probe(path)
    except UnsoundRecordingError as error:
        refusal = str(error)

    assert file.is_expected(refusal), refusal
    assert list((tmp_path / "temporary").iterdir()) == []
