"""Speech never leaves the machine: recognition runs where every attempt at a connection is an error."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json, sys
attempts = []

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        attempts.append(event)
        raise OSError("no network here")

sys.addaudithook(refuse)
from pathlib import Path
from transcripts.audio import decoder
from transcripts.audio.streams import wrap_samples
from transcripts.model_store.model_facts import MissingWeightsError
from transcripts.recognition.whisper_engine import load_whisper

folder = Path(sys.argv[1])
sound = wrap_samples(decoder.decode(Path("samples/interview-2.ogg"))[: 12 * 16000])
windows = list(load_whisper("samples/demo.pt", folder).recognise(sound))
text = " ".join(segment.text for window in windows for segment in window.segments)
during, missing = list(attempts), ""
try:
    load_whisper("base.en", folder)
except MissingWeightsError as error:
    missing = str(error)
print(json.dumps({"text": text, "during": during, "missing": missing, "after": attempts}))
"""


def test_a_recording_is_transcribed_without_a_network(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    said = json.loads(outcome.stdout)
    assert "talk to us today" in said["text"]
    assert said["during"] == []


def test_missing_weights_without_a_network_are_explained(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    said = json.loads(outcome.stdout)
    assert said["after"] != []  # it did try, and met the barrier
    assert f"copy it to {tmp_path / 'base.en.pt'}" in said["missing"]
    assert [path.name for path in tmp_path.iterdir()] == []


def test_the_web_process_reads_the_recogniser_without_torch() -> None:
    program = (
        "import sys, transcripts.recognition.recogniser, transcripts.audio.decoder\n"
        "print([name for name in ('torch', 'numpy', 'whisper', 'av', 'silero_vad') if name in sys.modules])"
    )

    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert outcome.stdout.strip() == "[]"
