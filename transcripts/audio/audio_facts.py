"""The facts about a recording's sound, and the reasons to refuse one. Pure values: decoding is in decoder.py."""

from dataclasses import dataclass
from enum import StrEnum

SAMPLE_RATE = 16_000  # what Whisper and silero-vad expect
NOTICEABLE_SECONDS = 0.3  # a word
SHORT_SECONDS = 10.0  # below it, tenths matter
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
    damaged_seconds: float  # that cannot be decoded; small, or it would have been refused
    damaged_at_seconds: float  # where the first of them is
    missing_seconds: float  # at the end; small too
    channels: int
    sample_rate: int
    container: str  # FFmpeg's name, such as "mov,mp4,m4a,3gp,3g2,mj2"
    codec: str
    has_video: bool
    size_bytes: int

    @property
    def lost_seconds(self) -> float:
        return self.damaged_seconds + self.missing_seconds

    def describe_loss(self) -> str:
        """Empty if what is lost is too short to notice."""
        if self.lost_seconds < NOTICEABLE_SECONDS:
            return ""
        loss = Loss(self.damaged_seconds, self.damaged_at_seconds, self.missing_seconds, self.duration_seconds)
        return f"Part of this recording is lost. {loss.describe()}"


class AudioProblem(StrEnum):
    EMPTY = "empty"
    NOT_AUDIO = "not sound"
    NO_AUDIO = "no audio"
    UNKNOWN_CODEC = "unknown codec"
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
    AudioProblem.UNKNOWN_CODEC: (
        "We cannot read the sound in this file, because it is stored in an unusual or protected format. Please save it"
        " again as mp3, m4a or wav, and upload that."
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


@dataclass(frozen=True, slots=True)
class Loss:
    """What of a recording cannot be played."""

    damaged_seconds: float
    damaged_at_seconds: float  # where the first damaged piece is
    missing_seconds: float  # at the end
    duration_seconds: float  # what can be played

    def describe(self) -> str:
        if self.missing_seconds > self.damaged_seconds:
            stated, played = format_different_lengths(
                self.duration_seconds + self.missing_seconds, self.duration_seconds
            )
            return f"It should be {stated} long, but only {played} can be played."
        length = format_length(self.damaged_seconds, tenths=self.damaged_seconds < SHORT_SECONDS)
        return f"{length} of it cannot be played, from {format_time(self.damaged_at_seconds)} on."


def format_different_lengths(one: float, other: float) -> tuple[str, str]:
    """With tenths of a second where they would read the same without."""
    texts = format_length(one), format_length(other)
    return texts if texts[0] != texts[1] else (format_length(one, tenths=True), format_length(other, tenths=True))


def format_length(seconds: float, *, tenths: bool = False) -> str:
    whole = int(seconds) if tenths else round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    rest = f"{seconds - whole // 60 * 60:.1f} s" if tenths else f"{whole % 60} s"
    if hours:
        return f"{hours} h {minutes} min" + (f" {rest}" if tenths else "")
    return f"{minutes} min {rest}" if minutes else rest


def format_time(seconds: float) -> str:
    whole = int(seconds)
    hours = f"{whole // 3600}:{whole % 3600 // 60:02}" if whole >= 3600 else str(whole // 60)
    return f"{hours}:{whole % 60:02}"
