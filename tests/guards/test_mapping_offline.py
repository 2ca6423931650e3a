"""Mapping works with every socket blocked, and the web pages' part of it loads neither arrays nor models."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data" / "mapping"
NO_SOCKETS = """
import socket

class Refused(socket.socket):
    def connect(self, address):
        raise RuntimeError(f"The mapping tried to reach {address}.")
    connect_ex = sendto = bind = connect

def refuse(*_, **__):
    raise RuntimeError("The mapping tried to look up or reach a host.")

socket.socket = Refused
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
"""
MAP = "from transcripts.commands.mapping import map_transcript; map_transcript()"
LOADED = (
    "import sys, transcripts.mapping, transcripts.mapping.mapping_json, transcripts.commands.mapping\n"
    "print(*sys.modules)"
)


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=600, check=False)


def test_the_block_on_sockets_blocks() -> None:
    tried = run(NO_SOCKETS + "import urllib.request; urllib.request.urlopen('http://127.0.0.1:1')")

    assert "tried to" in tried.stderr


def test_an_interview_is_mapped_with_every_socket_blocked(tmp_path: Path) -> None:
    interview, mapped = DATA / "interviews" / "iv06.json", tmp_path / "mapped.json"

    ran = run(NO_SOCKETS + MAP, str(interview), "--schedule", str(DATA / "call.json"), "-o", str(mapped))

    assert ran.returncode == 0, ran.stderr
    assert "worked" in {segment["question"] for segment in json.loads(mapped.read_text())["segments"]}


def test_importing_the_mapping_loads_neither_arrays_nor_models() -> None:
    loaded = run(LOADED).stdout.split()

    assert "transcripts.mapping" in loaded
    assert not {"torch", "numpy", "sentence_transformers", "whisper"} & set(loaded)
