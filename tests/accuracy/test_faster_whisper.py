"""faster-whisper with converted weights: the same words as Whisper's own, on the same road as the engine that ships."""

import json
from functools import cache
from pathlib import Path

import ctranslate2
import jiwer
import numpy as np
import pytest
import torch
import whisper
from faster_whisper import WhisperModel
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.model import ModelDimensions, Whisper
from whisper.normalizers import EnglishTextNormalizer
from whisper.tokenizer import get_tokenizer

from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, wrap_samples
from transcripts.model_store.faster_conversion import write_faster_model
from transcripts.model_store.faster_vocabulary import build_tokenizer, list_token_names
from transcripts.model_store.model_facts import EngineName
from transcripts.model_store.whisper_weights import find_weights
from transcripts.recognition import model_cache
from transcripts.recognition.engines import load_recogniser
from transcripts.recognition.faster_engine import FasterWhisperOptions, load_faster_whisper
from transcripts.recognition.faster_models import SharedFasterModel
from transcripts.recognition.recogniser import (
    RecognisedWindow,
    RecognitionCancelledError,
    UnsupportedLanguageError,
)
from transcripts.recognition.windowed_recogniser import WindowedRecogniser

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SEED = 7
WHOLE_SENTENCES_SECONDS = 34
READ_SECONDS = 56  # to the end of a sentence
WORST_WER = 0.1


@pytest.fixture(scope="module")
def weights_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the demonstration model, converted."""
    folder = tmp_path_factory.mktemp("weights")
    write_faster_model(find_weights(str(SAMPLES / "demo.pt"), folder), folder / "faster-whisper" / "demo")
    return folder


@pytest.fixture(scope="module")
def recogniser(weights_folder: Path) -> WindowedRecogniser:
    found = load_recogniser(EngineName.FASTER_WHISPER, "demo", weights_folder)
    assert isinstance(found, WindowedRecogniser)
    return found


@pytest.fixture(scope="module")
def short() -> AudioSource:
    return wrap_samples(decoder.decode(SAMPLES / "interview-1.ogg")[: WHOLE_SENTENCES_SECONDS * SAMPLE_RATE])


def text_of(windows: list[RecognisedWindow]) -> str:
    return " ".join(segment.text for window in windows for segment in window.segments)


def test_a_converted_model_writes_the_tokens_that_whisper_writes(weights_folder: Path, short: AudioSource) -> None:
    model = whisper.load_model(str(SAMPLES / "demo.pt"))
    window = next(short.open_chunks())[: 4 * SAMPLE_RATE]
    mel = pad_or_trim(log_mel_spectrogram(window, padding=N_SAMPLES), N_FRAMES)
    converted = WhisperModel(str(weights_folder / "faster-whisper" / "demo"), compute_type="float32").model

    features = ctranslate2.StorageView.from_array(np.ascontiguousarray(mel.numpy()[None]))
    found = converted.generate(features, [[get_tokenizer(False).sot]], beam_size=1)[0].sequences_ids[0]

    assert len(found) > 10
    assert found == whisper.decode(model, mel, whisper.DecodingOptions(language="en", fp16=False)).tokens


def test_it_hears_what_is_said(recogniser: WindowedRecogniser) -> None:
    truth = json.loads((SAMPLES / "interview-1.json").read_text())["segments"]
    said = " ".join(one["text"] for one in truth if one["end"] < READ_SECONDS)
    sound = wrap_samples(decoder.decode(SAMPLES / "interview-1.ogg")[: READ_SECONDS * SAMPLE_RATE])

    text = text_of(list(recogniser.recognise(sound, language="en")))

    normal = EnglishTextNormalizer()
    assert jiwer.wer(normal(said), normal(text)) <= WORST_WER


def test_figures_and_words_are_kept(recogniser: WindowedRecogniser, short: AudioSource) -> None:
    segments = [segment for window in recogniser.recognise(short) for segment in window.segments]

    for segment in segments:
        times = [time for word in segment.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert "".join(word.word for word in segment.words).strip() == segment.text
        figures = (segment.avg_logprob, segment.no_speech_prob, segment.compression_ratio, segment.temperature)
        assert None not in figures


def test_a_resumed_recognition_gives_the_same_windows(recogniser: WindowedRecogniser, short: AudioSource) -> None:
    whole = list(recogniser.recognise(short, glossary=["physiotherapy", "Sunderland"]))

    resumed = list(recogniser.recognise(short, glossary=["physiotherapy", "Sunderland"], first_window=1))

    assert len(whole) > 1
    assert resumed == whole[1:]


def test_it_can_be_cancelled(recogniser: WindowedRecogniser, short: AudioSource) -> None:
    with pytest.raises(RecognitionCancelledError):
        list(recogniser.recognise(short, is_cancelled=lambda: True))


def test_an_english_model_refuses_another_language(recogniser: WindowedRecogniser, short: AudioSource) -> None:
    with pytest.raises(UnsupportedLanguageError, match="knows English only"):
        recogniser.recognise(short, language="cy")


def test_a_transcript_of_the_demonstration_model_is_known_as_one(recogniser: WindowedRecogniser) -> None:
    assert recogniser.facts.is_demonstration


@pytest.fixture
def deaf(tmp_path: Path) -> WindowedRecogniser:
    """Random weights with language tokens: never sure of a text, so that all temperatures are tried."""
    torch.manual_seed(SEED)
    dims = ModelDimensions(80, 1500, 32, 2, 1, 51865, 448, 32, 2, 1)
    model = Whisper(dims)
    torch.nn.init.normal_(model.decoder.positional_embedding)  # Whisper leaves it to the weights
    torch.save({"dims": vars(dims), "model_state_dict": model.state_dict()}, tmp_path / "deaf.pt")
    write_faster_model(find_weights(str(tmp_path / "deaf.pt"), tmp_path), tmp_path / "deaf")
    model_cache.clear_loaded_model()
    return load_faster_whisper(str(tmp_path / "deaf"), tmp_path, options=FasterWhisperOptions(temperatures=(0.0, 1.0)))


def test_what_is_drawn_for_a_window_is_the_same_every_time(deaf: WindowedRecogniser, short: AudioSource) -> None:
    few = wrap_samples(next(short.open_chunks())[: 4 * SAMPLE_RATE], fingerprint=short.fingerprint)

    first, again = (list(deaf.recognise(few, language="cy")) for _ in range(2))
    model_cache.clear_loaded_model()

    assert {segment.temperature for window in first for segment in window.segments} == {1.0}
    assert first == again


def test_one_model_reads_and_draws_and_is_never_there_twice(deaf: WindowedRecogniser, tmp_path: Path) -> None:
    kept = SharedFasterModel(tmp_path / "deaf")

    with kept.lock_model() as first:
        pass
    with kept.lock_seeded_model(SEED) as drew_first:
        pass
    with kept.lock_seeded_model(SEED) as drew_again:
        loaded = first.model.model_is_loaded, drew_again.model.model_is_loaded
    with kept.lock_model() as last:
        pass

    assert drew_first is first
    assert loaded == (False, True)
    assert last is drew_again


@cache
def vocabulary() -> Tokenizer:
    return build_tokenizer(get_tokenizer(True))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=80))
def test_the_vocabulary_is_whispers_own(text: str) -> None:
    whispers = get_tokenizer(True)

    found = vocabulary().encode(text, add_special_tokens=False).ids

    assert found == whispers.encode(text, disallowed_special=())
    assert vocabulary().decode(found) == text


def test_every_token_has_a_name_of_its_own() -> None:
    whispers = get_tokenizer(True)

    names = list_token_names(whispers, 51865)

    assert len(set(names)) == 51865
    assert {name: vocabulary().token_to_id(name) for name in whispers.special_tokens} == whispers.special_tokens


@pytest.mark.slow
@pytest.mark.one_database
def test_the_command_writes_a_folder_once(app: Flask, tmp_path: Path) -> None:
    asked = ["transcripts", "convert", str(SAMPLES / "demo.pt"), "-o", str(tmp_path / "made")]

    first, second = (app.test_cli_runner().invoke(args=asked) for _ in range(2))

    assert first.exit_code == 0, first.output
    assert load_faster_whisper(str(tmp_path / "made"), tmp_path).facts.name == "demo.pt"
    assert second.exit_code != 0
    assert "is not empty" in second.output
