"""The facts about a recording's sound, and the reasons to refuse one. Pure values: decoding is in decoder.py."""

from dataclasses import dataclass
from enum import StrEnum

SAMPLE_RATE = 16_000  # what Whisper and silero-vad expect
MAX_SILENT_PEAK = 1e-3  # of full scale 1 (-60 dBFS); any microphone that is on is louder, even in a quiet room


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    longest_seconds: float = 6 * 3600
    memory_bytes: int = 1 << 30  # address space of the decoding child
    cpu_seconds: int = 600
    wait_seconds: float = 900  # for the child only: reading from slow storage does not count


@dataclass(frozen=True, slots=True)
class AudioFacts:
    duration_seconds: float  # counted while decoding, not what the file claims
    stated_seconds: float | None  # what the file claims, where its format has a reliable place for it
    lost_seconds: float  # undecodable pieces and what is missing at the end; small, or it would have been refused
    channels: int
    sample_rate: int
    container: str  # FFmpeg's name, such as "mov,mp4,m4a,3gp,3g2,mj2"
    codec: str
    has_video: bool
    size_bytes: int


class AudioProblem(StrEnum):
    EMPTY = "empty"
    NOT_AUDIO = "not sound"
    NO_AUDIO = "no audio"
    SILENT = "silent"
    DAMAGED = "damaged"
    TOO_LONG = "too long"
    TOO_HEAVY = "too heavy"


PROBLEM_MESSAGES: dict[AudioProblem, str] = {
    AudioProblem.EMPTY: "This file is empty. It may not have been copied completely: please upload it again.",
    AudioProblem.NOT_AUDIO: (
        "We cannot read this file. Please upload an audio or video file, for example mp3, m4a, wav, flac, ogg, webm or"
        " mp4."
    ),
    AudioProblem.NO_AUDIO: "This video has no sound. Please upload the file that has the sound of the conversation.",
    AudioProblem.SILENT: (
        "This recording is silent. The microphone may have been off: please look for another copy, for example on the"
        " other person's device."
    ),
    AudioProblem.DAMAGED: "This recording is damaged or incomplete. Please copy it from the recording device again.",
    AudioProblem.TOO_LONG: "This recording is too long. Please split it into parts and upload them one by one.",
    AudioProblem.TOO_HEAVY: (
        "Reading this file took too much memory or time, so we stopped. Please save it again as mp3 or m4a, and upload"
        " that."
    ),
}


class UnusableRecordingError(Exception):
    """The message is for the person who uploaded the recording."""

    def __init__(self, reason: AudioProblem, detail: str = "") -> None:
        super().__init__(f"{PROBLEM_MESSAGES[reason]} {detail}".rstrip())
        self.reason = reason


def format_length(seconds: float) -> str:
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"
