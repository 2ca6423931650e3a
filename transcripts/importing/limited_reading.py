"""Read a file in a process of its own, with limits on memory and time: what somebody uploads may be made to cost both.

Commands that a person runs on their own file read it directly.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from transcripts.importing.corrections import NO_CORRECTIONS, Corrections
from transcripts.importing.refusals import TOO_HEAVY, NotATranscriptError
from transcripts.importing.transcript_lines import ImportedTranscript
from transcripts.importing.transfer_json import build_request, parse_answer

PROJECT_ROOT = Path(__file__).resolve().parents[2]
CHILD_MODULE = "transcripts.importing.reading_child"
MEMORY_BYTES = 1 << 30
CPU_SECONDS = 20  # the largest file that is taken needs about five
WALL_SECONDS = 60.0  # on a busy machine


def read_limited(content: bytes, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    """Raises NotATranscriptError, also if the file costs too much."""
    request = build_request(content, corrections, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    with tempfile.TemporaryDirectory(prefix="import-") as empty_folder:
        try:
            child = subprocess.run(  # noqa: S603 - our own interpreter and module; the file comes by standard input
                [sys.executable, "-P", "-B", "-m", CHILD_MODULE],
                input=request,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=empty_folder,
                env={"PYTHONPATH": str(PROJECT_ROOT), "LC_ALL": "C.UTF-8"},
                timeout=WALL_SECONDS,
                check=True,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            raise NotATranscriptError(TOO_HEAVY) from error
    return parse_answer(json.loads(child.stdout))
