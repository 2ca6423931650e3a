"""The weights that tell voices apart (GE2E, Apache-2.0): a file of a wheel on the package index. Loads none."""

from pathlib import Path

from transcripts.model_store.file_fetching import FetchProgress, ignore_progress
from transcripts.model_store.model_facts import compute_sha256
from transcripts.model_store.wheel_files import PackagedFile, Wheel, WheelMember, fetch_packaged_files

VOICES_NAME = "voices"  # of its folder, and in `flask transcripts models download voices`
RESEMBLYZER = Wheel("Resemblyzer", "0.1.4", 15_747_704)
VOICE_ENCODER = PackagedFile(
    "voice-encoder.pt",
    17_090_379,
    "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
    (WheelMember(RESEMBLYZER, "resemblyzer/pretrained.pt"),),
)


def find_voice_encoder(weights_folder: Path) -> Path | None:
    """None where it is missing or is not the published file."""
    path = weights_folder / VOICES_NAME / VOICE_ENCODER.name
    return path if path.is_file() and compute_sha256(path) == VOICE_ENCODER.sha256 else None


def fetch_voice_encoder(weights_folder: Path, on_progress: FetchProgress = ignore_progress) -> Path:
    """Raises NotFetchedError."""
    folder = weights_folder / VOICES_NAME
    fetch_packaged_files([VOICE_ENCODER], folder, on_progress)
    return folder / VOICE_ENCODER.name
