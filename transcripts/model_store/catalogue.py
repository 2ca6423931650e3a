"""The known models: OpenAI's for Whisper, and our demonstration. Pure; loads none.

Addresses and hashes are those of openai-whisper, which a web process must not import; a test compares them.
"""

from dataclasses import dataclass
from functools import cached_property

from transcripts.model_store.model_facts import DEMONSTRATION_SHA256

OPENAI_SOURCE = "https://openaipublic.azureedge.net/main/whisper/models"
OPENAI_LICENCE = "MIT, by OpenAI"
OUR_LICENCE = "the same as this program"
LANGUAGE_COUNT = 99


@dataclass(frozen=True)
class KnownModel:
    """Sizes as OpenAI states them for a GPU; a CPU needs up to twice the memory."""

    name: str
    sha256: str
    parameters_millions: int
    megabytes: int
    memory_gigabytes: int
    advice: str = ""
    aliases: tuple[str, ...] = ()
    licence: str = OPENAI_LICENCE
    converted_sha256: str = ""  # of model.bin, as published for faster-whisper with the same weights

    @property
    def is_english_only(self) -> bool:
        return self.name.endswith(".en") or self.is_demonstration

    @property
    def is_demonstration(self) -> bool:
        return self.sha256 == DEMONSTRATION_SHA256

    @cached_property
    def hashes(self) -> tuple[str, ...]:
        """Of the files that have its weights."""
        return tuple(filter(None, (self.sha256, self.converted_sha256)))

    @cached_property
    def file_name(self) -> str:
        return f"{self.name}.pt"

    def build_url(self, source: str = OPENAI_SOURCE) -> str:
        return f"{source.rstrip('/')}/{self.sha256}/{self.file_name}"


DEMONSTRATION_MODEL = KnownModel(
    "demo", DEMONSTRATION_SHA256, 8, 17, 1, advice="For trying it out: no real voices.", licence=OUR_LICENCE
)
# name, SHA-256, million parameters, megabytes, gigabytes of memory
OPENAI_MODELS: tuple[KnownModel, ...] = (
    KnownModel(
        "tiny.en",
        "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
        39,
        76,
        1,
        converted_sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
    KnownModel("tiny", "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", 39, 76, 1),
    KnownModel(
        "base.en",
        "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
        74,
        145,
        1,
        "A good start on a small machine, if everyone speaks English.",
    ),
    KnownModel(
        "base",
        "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
        74,
        145,
        1,
        "A good start on a small machine.",
        converted_sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
    KnownModel(
        "small.en",
        "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
        244,
        484,
        2,
        "Clearly better, if you have the time.",
    ),
    KnownModel("small", "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", 244, 484, 2),
    KnownModel("medium.en", "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f", 769, 1528, 5),
    KnownModel("medium", "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", 769, 1528, 5),
    KnownModel(
        "large-v3-turbo",
        "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
        809,
        1618,
        6,
        "With a GPU: nearly as good as large, and much faster.",
        ("turbo",),
    ),
    KnownModel("large-v1", "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a", 1550, 3087, 10),
    KnownModel("large-v2", "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", 1550, 3087, 10),
    KnownModel(
        "large-v3",
        "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
        1550,
        3087,
        10,
        "The best, and the slowest.",
        ("large",),
    ),
)
_MODELS_BY_NAME = {
    name: model for model in (*OPENAI_MODELS, DEMONSTRATION_MODEL) for name in (model.name, *model.aliases)
}
_MODELS_BY_SHA256 = {sha256: model for model in (*OPENAI_MODELS, DEMONSTRATION_MODEL) for sha256 in model.hashes}


def find_model(name: str) -> KnownModel | None:
    return _MODELS_BY_NAME.get(name)


def find_model_by_sha256(sha256: str) -> KnownModel | None:
    return _MODELS_BY_SHA256.get(sha256)


def list_model_names() -> list[str]:
    return sorted(name for name, model in _MODELS_BY_NAME.items() if not model.is_demonstration)
