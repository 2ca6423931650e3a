"""Read transcripts in JSON: our own, and what Whisper and its kin write. The shape stands in transcript_json.py."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

from transcripts.importing.file_text import plain
from transcripts.importing.refusals import NO_JSON, NotATranscriptError
from transcripts.importing.sentences import word_count
from transcripts.importing.transcripts import LONGEST_SECONDS, Line, ReadTranscript, letters_of, transcript_of
from transcripts.spoken import SpokenSegment, SpokenWord
from transcripts.transcript_json import TranscriptFormatError, transcript_from_json

MOST_LETTERS_OF_LANGUAGE = 20
MOST_LETTERS_OF_MODEL = 200


def read_json(text: str) -> ReadTranscript:
    """Words keep their times, where the file has them. Raises NotATranscriptError."""
    try:
        spoken = transcript_from_json(_parsed(text))
    except (TranscriptFormatError, AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        words = str(error) if isinstance(error, TranscriptFormatError) else NO_JSON
        raise NotATranscriptError(words) from error
    said = [_clean(segment) for segment in spoken.segments if word_count(plain(segment.text))]
    lines = [Line(one.text, one.speaker, one.start, one.end) for one in said]
    read = transcript_of(lines, "json", language=_language(spoken.language))
    said = sorted(said, key=lambda segment: segment.start)
    letters = _kept_letters(said) or letters_of(segment.speaker for segment in said)
    segments = tuple(
        replace(segment, id=number, speaker=letters.get(segment.speaker)) for number, segment in enumerate(said)
    )
    duration = spoken.duration if read.spoken.duration <= spoken.duration <= LONGEST_SECONDS else read.spoken.duration
    model = plain(spoken.model)[:MOST_LETTERS_OF_MODEL]
    return replace(read, spoken=replace(read.spoken, segments=segments, model=model, duration=duration))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("Nested too deeply.") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number.")


def _clean(segment: SpokenSegment) -> SpokenSegment:
    """Words count only together: they are what is played and marked. Raises NotATranscriptError."""
    if not (math.isfinite(segment.start) and math.isfinite(segment.end)):
        raise NotATranscriptError(NO_JSON)
    words = tuple(
        SpokenWord(plain(word.word), word.start, word.end, _finite(word.probability))
        for word in segment.words
        if 0 <= word.start <= word.end <= LONGEST_SECONDS
    )
    text = plain(segment.text).strip()
    return replace(
        segment,
        text=text,
        speaker=plain(str(segment.speaker)) if segment.speaker else None,
        words=words if "".join(word.word for word in words).split() == text.split() else (),
        avg_logprob=_finite(segment.avg_logprob),
        no_speech_prob=_finite(segment.no_speech_prob),
        compression_ratio=_finite(segment.compression_ratio),
        temperature=_finite(segment.temperature),
    )


def _finite(figure: float | None) -> float | None:
    return figure if figure is not None and math.isfinite(figure) else None


def _kept_letters(segments: Sequence[SpokenSegment]) -> dict[str | None, str]:
    """Speakers that are letters already keep them: this is a file of ours."""
    names = {segment.speaker for segment in segments if segment.speaker}
    is_ours = all(len(name) == 1 and "A" <= name <= "Z" for name in names)
    return {name: name for name in names} if is_ours else {}


def _language(named: str) -> str:
    return plain(named)[:MOST_LETTERS_OF_LANGUAGE].lower() or "en"
