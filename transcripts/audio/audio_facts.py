"""What we know about a recording's sound, and why one is refused. Pure values: decoding is in audio.py."""

from dataclasses import dataclass
from enum import StrEnum

SAMPLE_RATE = 16_000  # what Whisper and silero-vad hear
MAX_SILENT_PEAK = (
    1e-3  # peak, full scale 1 (-60 dBFS); a microphone that is on is louder than this even in a quiet room
)


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    longest_seconds: float = 6 * 3600
    memory_bytes: int = 1 << 30  # address space of the decoding child
    cpu_seconds: int = 600
    wait_seconds: float = 900  # for the child alone: reading from slow storage does not count


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
    AudioProblem.EMPTY: "This file is empty. The copy was probably interrupted: please send the recording again.",
    AudioProblem.NOT_AUDIO: (
        "This file is not a recording that we can read. Please send the sound or video file itself,"
        " for example mp3, m4a, wav, flac, ogg, webm or mp4."
    ),
    AudioProblem.NO_AUDIO: "This video has no sound in it. Please send the file that has the conversation's sound.",
    AudioProblem.SILENT: (
        "This recording is silent from beginning to end. The microphone may have been off:"
        " please look for another copy, for example on the other person's device."
    ),
    AudioProblem.DAMAGED: "This recording is damaged or incomplete. Please copy it from the recording device again.",
    AudioProblem.TOO_LONG: "This recording is longer than we accept. Please cut it into parts and send them one by one.",
    AudioProblem.TOO_HEAVY: (
        "Reading this file took more memory or time than a recording of its kind should, so we stopped."
        " Please save it again as mp3 or m4a and send that."
    ),
}


class UnusableRecordingError(Exception):
    """A recording that cannot be used; the message is for the person who sent it."""

    def __init__(self, reason: AudioProblem, detail: str = "") -> None:
        super().__init__(f"{PROBLEM_MESSAGES[reason]} {detail}".rstrip())
        self.reason = reason


def format_length(seconds: float) -> str:
    """A length in words: "1 h 2 min", "3 min 28 s", "12 s"."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"
