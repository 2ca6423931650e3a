"""Read and write transcripts as JSON (docs/formats.md). Accepts what `whisper --output_format json` writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from evidence.languages import LANGUAGE_NAMES
from transcripts.text.spoken import SpokenSegment, SpokenTranscript, SpokenWord


class TranscriptFormatError(ValueError): ...


def transcript_from_json(data: Any) -> SpokenTranscript:
    if not isinstance(data, Mapping) or not isinstance(data.get("segments"), list):
        raise TranscriptFormatError("This is not a transcript: it has no list of “segments”.")
    segments = tuple(segment_from_json(item, number) for number, item in enumerate(data["segments"]))
    if len({segment.id for segment in segments}) < len(segments):
        raise TranscriptFormatError("Two segments of this transcript have the same id.")
    return SpokenTranscript(
        language=str(data.get("language") or "en"),
        duration=float(data.get("duration") or max((s.end for s in segments), default=0.0)),
        model=str(data.get("model") or ""),
        segments=segments,
    )


def transcript_to_json(transcript: SpokenTranscript) -> dict[str, Any]:
    return {
        "language": transcript.language,
        "duration": transcript.duration,
        "model": transcript.model,
        "segments": [segment_to_json(segment) for segment in transcript.segments],
    }


def segment_to_json(segment: SpokenSegment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "start": segment.start,
        "end": segment.end,
        "speaker": segment.speaker,
        "text": segment.text,
        "words": words_to_json(segment.words),
        "avg_logprob": segment.avg_logprob,
        "no_speech_prob": segment.no_speech_prob,
        "compression_ratio": segment.compression_ratio,
        "temperature": segment.temperature,
        "loop": segment.is_loop,
        "silence": segment.is_silence,
        "unclear": segment.is_unclear,
        "language": segment.language,
        "language_share": segment.language_share,
    }


def words_to_json(words: Sequence[SpokenWord]) -> list[dict[str, Any]]:
    return [_word_to_json(word) for word in words]


def _word_to_json(word: SpokenWord) -> dict[str, Any]:
    fields = {"word": word.word, "start": word.start, "end": word.end, "probability": word.probability}
    return fields if word.is_measured else {**fields, "measured": False}


def words_from_json(data: Any) -> tuple[SpokenWord, ...]:
    return tuple(
        SpokenWord(
            str(w["word"]),
            float(w["start"]),
            float(w["end"]),
            _read_figure(w, "probability"),
            w.get("measured") is not False,
        )
        for w in data or ()
        if w.get("start") is not None and w.get("end") is not None
    )


def segment_from_json(item: Any, number: int) -> SpokenSegment:
    try:
        return SpokenSegment(
            id=int(item.get("id", number)),
            start=float(item["start"]),
            end=float(item["end"]),
            text=str(item["text"]).strip(),
            speaker=item.get("speaker") or None,
            words=words_from_json(item.get("words")),
            avg_logprob=_read_figure(item, "avg_logprob"),
            no_speech_prob=_read_figure(item, "no_speech_prob"),
            compression_ratio=_read_figure(item, "compression_ratio"),
            temperature=_read_figure(item, "temperature"),
            is_loop=bool(item.get("loop")),
            is_silence=bool(item.get("silence")),
            is_unclear=bool(item.get("unclear")),
            language=_read_language(item.get("language")),
            language_share=_read_figure(item, "language_share"),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TranscriptFormatError(
            f"Segment {number + 1} of this transcript needs “start” and “end” in seconds, and a “text”."
        ) from error


def _read_language(code: object) -> str | None:
    return code if isinstance(code, str) and code in LANGUAGE_NAMES else None


def _read_figure(item: Mapping[str, Any], name: str) -> float | None:
    value = item.get(name)
    return None if value is None else float(value)
