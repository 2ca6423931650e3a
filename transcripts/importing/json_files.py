"""Read transcripts in JSON: our own (text/transcript_json.py), and what recognisers write (json_shapes.py)."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from transcripts.importing.corrections import NO_CORRECTIONS, Corrections
from transcripts.importing.json_shapes import to_our_shape
from transcripts.importing.refusals import NO_JSON, NotATranscriptError
from transcripts.importing.sentence_splitting import count_words
from transcripts.importing.text_encoding import to_plain_text
from transcripts.importing.transcript_lines import (
    MAX_SECONDS,
    ImportedTranscript,
    Utterance,
    assign_letters,
    build_transcript,
)
from transcripts.text.spoken import SpokenSegment, SpokenWord
from transcripts.text.transcript_json import TranscriptFormatError, transcript_from_json

MAX_LANGUAGE_LENGTH = 20
MAX_MODEL_LENGTH = 200


def read_json(text: str, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    try:
        spoken = transcript_from_json(to_our_shape(_parse_json(text)))
    except (TranscriptFormatError, AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        message = str(error) if isinstance(error, TranscriptFormatError) else NO_JSON
        raise NotATranscriptError(message) from error
    cleaned = [_clean_segment(segment) for segment in spoken.segments if count_words(to_plain_text(segment.text))]
    said = [replace(segment, speaker=corrections.resolve(segment.speaker)) for segment in cleaned]
    lines = [Utterance(one.text, one.speaker, one.start, one.end) for one in said]
    read = build_transcript(lines, "json", language=_clean_language(spoken.language))
    said = sorted(said, key=lambda segment: segment.start)
    letters = _find_existing_letters(said) or assign_letters(segment.speaker for segment in said)
    names = {letter: name for name, letter in letters.items() if name}
    segments = tuple(
        replace(segment, id=number, speaker=letters.get(segment.speaker)) for number, segment in enumerate(said)
    )
    duration = spoken.duration if read.spoken.duration <= spoken.duration <= MAX_SECONDS else read.spoken.duration
    model = to_plain_text(spoken.model)[:MAX_MODEL_LENGTH]
    whole = replace(read.spoken, segments=segments, model=model, duration=duration)
    return replace(read, spoken=whole, names=names)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("Nested too deeply.") from error


def _clean_segment(segment: SpokenSegment) -> SpokenSegment:
    if not (math.isfinite(segment.start) and math.isfinite(segment.end)):
        raise NotATranscriptError(NO_JSON)
    words = tuple(
        SpokenWord(to_plain_text(word.word), word.start, word.end, _keep_finite(word.probability))
        for word in segment.words
        if 0 <= word.start <= word.end <= MAX_SECONDS
    )
    text = to_plain_text(segment.text).strip()
    return replace(
        segment,
        text=text,
        speaker=to_plain_text(str(segment.speaker)) if segment.speaker else None,
        words=words if "".join(word.word for word in words).split() == text.split() else (),
        avg_logprob=_keep_finite(segment.avg_logprob),
        no_speech_prob=_keep_finite(segment.no_speech_prob),
        compression_ratio=_keep_finite(segment.compression_ratio),
        temperature=_keep_finite(segment.temperature),
    )


def _keep_finite(figure: float | None) -> float | None:
    return figure if figure is not None and math.isfinite(figure) else None


def _find_existing_letters(segments: Sequence[SpokenSegment]) -> dict[str | None, str]:
    names = {segment.speaker for segment in segments if segment.speaker}
    is_ours = all(len(name) == 1 and "A" <= name <= "Z" for name in names)
    return {name: name for name in names} if is_ours else {}


def _clean_language(name: str) -> str:
    return to_plain_text(name)[:MAX_LANGUAGE_LENGTH].lower() or "en"
