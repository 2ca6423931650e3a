"""What goes to the reading child and comes back, as JSON: nothing that it sends is run. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from transcripts.importing.corrections import Corrections, DoubtfulLabel, LeftOutLine
from transcripts.importing.corrections_json import corrections_from_json, corrections_to_json
from transcripts.importing.refusals import NotATranscriptError
from transcripts.importing.transcript_lines import ImportedTranscript
from transcripts.kinds.closed_sets import TimePrecision
from transcripts.text.transcript_json import transcript_from_json, transcript_to_json

HEADER_END = b"\n"


def build_request(content: bytes, corrections: Corrections, *, memory_bytes: int, cpu_seconds: int) -> bytes:
    header = {
        "memory_bytes": memory_bytes,
        "cpu_seconds": cpu_seconds,
        "corrections": corrections_to_json(corrections),
    }
    return json.dumps(header).encode() + HEADER_END + content


def parse_corrections(header: Mapping[str, Any]) -> Corrections:
    return corrections_from_json(header["corrections"])


def build_answer(read: ImportedTranscript) -> dict[str, Any]:
    return {
        "spoken": transcript_to_json(read.spoken),
        "format": read.format,
        "times": read.times.value,
        "left_out": [line.text for line in read.left_out],
        "doubtful": [asdict(label) for label in read.doubtful],
        "names": dict(read.names),
        "is_clock_time": read.is_clock_time,
    }


def build_refusal(error: NotATranscriptError) -> dict[str, Any]:
    return {"refused": str(error)}


def parse_answer(data: Mapping[str, Any]) -> ImportedTranscript:
    """Raises NotATranscriptError if the child refused the file."""
    if "refused" in data:
        raise NotATranscriptError(data["refused"])
    return ImportedTranscript(
        spoken=transcript_from_json(data["spoken"]),
        format=data["format"],
        times=TimePrecision(data["times"]),
        left_out=tuple(LeftOutLine(text) for text in data["left_out"]),
        doubtful=tuple(DoubtfulLabel(**label) for label in data["doubtful"]),
        names=data["names"],
        is_clock_time=data["is_clock_time"],
    )
