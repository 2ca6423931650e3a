"""openai-whisper's weights rebuilt from faster-whisper's: exact, recognised by their tensors, refused when broken."""

import base64
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import whisper
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

from transcripts.model_store import whisper_loading
from transcripts.model_store.faster_conversion import build_spec, write_faster_model
from transcripts.model_store.faster_weights import UnreadableWeightsError
from transcripts.model_store.model_facts import MissingWeightsError
from transcripts.model_store.whisper_loading import compute_tensors_sha256, load_whisper_model
from transcripts.model_store.whisper_rebuilding import load_rebuilt_model, read_whisper_state, write_whisper_file
from transcripts.model_store.whisper_weights import find_weights

SEED = 7
DIMENSIONS = ModelDimensions(80, 1500, 32, 2, 3, 51865, 448, 16, 4, 2)  # no two parts are alike


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with random weights in half precision, as OpenAI's files have them."""
    torch.manual_seed(SEED)
    model = Whisper(DIMENSIONS)
    for values in model.state_dict().values():
        torch.nn.init.normal_(values)
    path = tmp_path_factory.mktemp("original") / "random.pt"
    torch.save({"dims": vars(DIMENSIONS), "model_state_dict": model.half().state_dict()}, path)
    return path


@pytest.fixture(scope="module")
def converted(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("converted") / "random"
    write_faster_model(find_weights(str(original), folder), folder)
    return folder


def load_state(path: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(path, weights_only=True)["model_state_dict"]
    return state


def test_every_tensor_comes_back_bit_for_bit(original: Path, converted: Path) -> None:
    dims, state = read_whisper_state(converted / "model.bin")

    expected = load_state(original)
    assert dims == DIMENSIONS
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], values) for name, values in expected.items())


def test_the_rebuilt_file_is_one_that_whisper_loads(original: Path, converted: Path, tmp_path: Path) -> None:
    write_whisper_file(converted / "model.bin", tmp_path / "rebuilt.pt")

    rebuilt = whisper.load_model(str(tmp_path / "rebuilt.pt"))

    assert compute_tensors_sha256(rebuilt.state_dict()) == compute_tensors_sha256(load_state(original))


def test_the_engine_loads_the_folder_of_faster_whisper_as_it_is(original: Path, converted: Path) -> None:
    from_folder, from_file = (
        load_whisper_model(find_weights(str(path), path.parent), "cpu").state_dict() for path in (converted, original)
    )

    assert all(torch.equal(from_folder[name], values) for name, values in from_file.items())


def test_alignment_heads_follow_the_tensors_and_not_the_file(
    original: Path, converted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_whisper_model(find_weights(str(converted), converted), "cpu")
    tensors = compute_tensors_sha256(load_state(original))
    heads = whisper._ALIGNMENT_HEADS
    mask = before.alignment_heads.to_dense().zero_()
    mask[1, 3] = True
    monkeypatch.setitem(whisper_loading.TENSORS_SHA256, "random", tensors)
    monkeypatch.setitem(heads, "random", encode_heads(mask))

    after = [load_whisper_model(find_weights(str(path), path.parent), "cpu") for path in (converted, original)]

    assert before.alignment_heads.indices().T.tolist() != [[1, 3]]
    assert [model.alignment_heads.indices().T.tolist() for model in after] == [[[1, 3]]] * 2


def encode_heads(mask: torch.Tensor) -> bytes:
    return base64.b85encode(gzip.compress(mask.numpy().tobytes()))


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def add_a_byte(content: bytes) -> bytes:
    return content + b"x"


def claim_many_variables(content: bytes) -> bytes:
    start = content.index(b"WhisperSpec\0") + len(b"WhisperSpec\0") + 4
    return content[:start] + b"\xff\xff\xff\xff" + content[start + 4 :]


def claim_a_large_tensor(content: bytes) -> bytes:
    start = content.index(b"encoder/conv1/weight\0") + len(b"encoder/conv1/weight\0") + 1
    return content[:start] + b"\xff\xff\xff\xff" + content[start + 4 :]


def give_a_key_a_bias(content: bytes) -> bytes:
    name = b"decoder/layer_0/attention/linear_1/bias\0"
    start = content.index(name) + len(name) + 1 + 4 + 1 + 4
    return content[:start] + b"\x00\x3c" + content[start + 2 :]


def rename_a_tensor(content: bytes) -> bytes:
    return content.replace(b"encoder/conv2/weight\0", b"encoder/conv9/weight\0")


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        add_a_byte,
        claim_many_variables,
        claim_a_large_tensor,
        give_a_key_a_bias,
        rename_a_tensor,
        bytes.lower,
    ],
)
def test_a_broken_file_is_refused_and_named(damage: Callable[[bytes], bytes], converted: Path, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(damage((converted / "model.bin").read_bytes()))

    with pytest.raises(UnreadableWeightsError, match="is not a Whisper model of CTranslate2"):
        load_rebuilt_model(tmp_path / "model.bin")
    with pytest.raises(MissingWeightsError, match="cannot be used"):
        load_whisper_model(find_weights(str(tmp_path), tmp_path), "cpu")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x06\0\0\0"])
def test_what_is_no_model_at_all_is_refused_with_a_message(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(content)

    with pytest.raises(UnreadableWeightsError, match="is not a Whisper model of CTranslate2"):
        load_rebuilt_model(tmp_path / "model.bin")


def test_quantised_weights_are_refused_with_a_message(original: Path, tmp_path: Path) -> None:
    weights = find_weights(str(original), tmp_path)
    model = load_whisper_model(weights, "cpu")
    tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    spec = build_spec(model, tokenizer)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(tmp_path))

    with pytest.raises(UnreadableWeightsError, match="half precision"):
        load_rebuilt_model(tmp_path / "model.bin")
