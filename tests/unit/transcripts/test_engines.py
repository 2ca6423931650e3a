"""Which engine is asked for, what is said when it or its weights are missing, and where converted models stand."""

import json
import sys
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import RECOGNISERS, load_settings
from transcripts.model_store.faster_folders import find_converted_model, get_default_folder
from transcripts.model_store.model_facts import EngineName, MissingWeightsError
from transcripts.recognition.engines import MissingEngineError, load_recogniser

HOSTILE = "../../etc; rm -rf /"


def test_the_settings_name_the_engines_that_there_are() -> None:
    assert list(RECOGNISERS) == [name.value for name in EngineName]


def test_an_engine_that_nobody_knows_is_refused_with_a_reason(tmp_path: Path) -> None:
    environ = {"LISTENING_POST_DATA_FOLDER": str(tmp_path), "LISTENING_POST_RECOGNISER": HOSTILE}

    with pytest.raises(SettingsError, match="openai-whisper or faster-whisper"):
        load_settings(environ)


def test_an_engine_that_is_not_installed_is_reported_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    for name in [name for name in sys.modules if name.startswith("transcripts.recognition.faster_")]:
        monkeypatch.delitem(sys.modules, name)  # another test may have imported them

    with pytest.raises(MissingEngineError, match=r"bootstrap\.py worker faster"):
        load_recogniser(EngineName.FASTER_WHISPER, "base.en", tmp_path)


@pytest.mark.parametrize("model", ["base.en", "/models/base.en.pt", HOSTILE])
def test_a_model_that_was_never_converted_says_how_to_do_it(model: str, tmp_path: Path) -> None:
    with pytest.raises(MissingWeightsError, match="flask transcripts convert") as missed:
        find_converted_model(model, tmp_path)

    assert model in str(missed.value)


def test_a_converted_model_is_found_by_the_name_it_had(tmp_path: Path) -> None:
    folder = get_default_folder("base.en.pt", tmp_path)
    folder.mkdir(parents=True)
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / name).write_text("{}")
    (folder / "made-from.json").write_text(json.dumps({"name": "base.en", "sha256": "abc"}))

    found = find_converted_model("base.en", tmp_path)

    assert (found.name, found.folder, found.sha256) == ("base.en", folder, "abc")


def test_a_folder_from_elsewhere_goes_by_its_own_name_and_hash(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text(name)

    found = find_converted_model(str(tmp_path), tmp_path)

    assert found.name == tmp_path.name
    assert len(found.sha256) == 64
