"""What was said, as frozen values: words, segments, a transcript. Pure: rows are in transcripts/models.

All times are seconds in audio, half-open, from the start of the recording.
"""

from dataclasses import dataclass

NOT_UNDERSTOOD = "[not understood]"


@dataclass(frozen=True, slots=True)
class SpokenWord:
    word: str  # as the recogniser writes it, with its leading space
    start: float
    end: float
    probability: float | None = None  # 0..1
    is_measured: bool = True  # False: a person added it, and its time is estimated


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """A sentence or two. The figures are Whisper's own; None where the source gave none."""

    id: int
    start: float
    end: float
    text: str
    speaker: str | None = None  # "A", "B"...; None: not known
    words: tuple[SpokenWord, ...] = ()
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    compression_ratio: float | None = None
    temperature: float | None = None
    is_loop: bool = False  # repeats the same words
    is_silence: bool = False  # words where no speech was found
    is_unclear: bool = (
        False  # the text is NOT_UNDERSTOOD: somebody speaks, but what was recognised is not to be trusted
    )
    language: str | None = None  # None: that of the transcript, or not known
    language_share: float | None = None  # 0..1, how sure that is; None: a person chose it


@dataclass(frozen=True, slots=True)
class SpokenTranscript:
    language: str
    duration: float
    model: str
    segments: tuple[SpokenSegment, ...]
    speech_seconds: float | None = None  # for how long somebody speaks, with or without words; None: not known
