"""Bring the JSON of other tools into the shape of ours: whisper.cpp, Hugging Face, OpenAI, AssemblyAI, Deepgram."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from evidence.languages import LANGUAGE_NAMES
from transcripts.importing.clock_times import parse_clock_time
from transcripts.importing.sentence_splitting import count_words
from transcripts.importing.transcript_lines import WORDS_PER_MINUTE

MILLISECONDS = 1000.0
FIGURES = ("avg_logprob", "no_speech_prob", "compression_ratio", "temperature")
LANGUAGE_CODES = {name.lower(): code for code, name in LANGUAGE_NAMES.items()}

Segment = dict[str, Any]


def to_our_shape(data: Any) -> Any:
    """An unknown shape is returned unchanged. Raises AttributeError, KeyError, TypeError, ValueError."""
    if isinstance(data, list):
        data = {"chunks" if data and "timestamp" in data[0] else "segments": data}
    if not isinstance(data, Mapping):
        return data
    shape = next((shape for shape in SHAPES if isinstance(_find(data, shape), list)), None)
    if shape is None:
        return data
    items = _find(data, shape)
    segments = [_clean(segment) for segment in SHAPES[shape](items)]
    return {**data, "segments": segments, "language": _find_language(data)}


def _read_segments(items: Sequence[Any]) -> Iterator[Segment]:
    for item in items:
        start, end = (_read_time(item[side]) for side in ("start", "end"))
        yield {**item, "start": start, "end": end, "speaker": _find_speaker(item)}


def _read_whisper_cpp(items: Sequence[Any]) -> Iterator[Segment]:
    for item in items:
        times = item.get("offsets") or item["timestamps"]
        start, end = (_read_time(times[side]) for side in ("from", "to"))
        if "offsets" in item:
            start, end = start / MILLISECONDS, end / MILLISECONDS
        yield {"start": start, "end": end, "text": item["text"], "speaker": _find_speaker(item)}


def _read_chunks(items: Sequence[Any]) -> Iterator[Segment]:
    for item, following in pairwise([*items, None]):
        start, end = item["timestamp"]
        if end is None:
            end = following["timestamp"][0] if following else _estimate_end(start, item["text"])
        yield {"start": start, "end": end, "text": item["text"], "speaker": item.get("speaker")}


def _read_utterances(items: Sequence[Any]) -> Iterator[Segment]:
    """AssemblyAI gives whole milliseconds and “text”, Deepgram seconds and “transcript”."""
    scale = 1.0 if any("transcript" in item for item in items) else MILLISECONDS
    for item in items:
        text = item.get("transcript") or item.get("text") or ""
        speaker = item.get("speaker")
        name = None if speaker is None else f"speaker {speaker}"
        yield {"start": item["start"] / scale, "end": item["end"] / scale, "text": text, "speaker": name}


SHAPES: Mapping[str, Callable[[Sequence[Any]], Iterator[Segment]]] = {
    "segments": _read_segments,
    "transcription": _read_whisper_cpp,
    "chunks": _read_chunks,
    "utterances": _read_utterances,
    "results.utterances": _read_utterances,
}


def _find(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _find_language(data: Mapping[str, Any]) -> str:
    name = str(data.get("language") or _find(data, "result.language") or "en").strip().lower()
    return LANGUAGE_CODES.get(name, name)


def _find_speaker(item: Mapping[str, Any]) -> str | None:
    if item.get("speaker") is not None:
        return str(item["speaker"]) or None
    speakers = Counter(word.get("speaker") for word in item.get("words") or () if word.get("speaker"))
    return str(speakers.most_common(1)[0][0]) if speakers else None


def _clean(segment: Segment) -> Segment:
    clean = {key: value for key, value in segment.items() if key not in FIGURES or _is_finite(value)}
    if not isinstance(clean.get("id"), int):
        clean.pop("id", None)
    words = clean.get("words")
    if isinstance(words, list) and " ".join(_list_words(words)).split() == str(clean.get("text", "")).split():
        clean["words"] = [{**word, "word": f" {str(word.get('word', '')).strip()}"} for word in words]
    return clean


def _list_words(words: Sequence[Any]) -> list[str]:
    return [str(word.get("word", "")) for word in words]


def _read_time(time: Any) -> float:
    return parse_clock_time(time.strip()) if isinstance(time, str) and ":" in time else float(time)


def _is_finite(value: Any) -> bool:
    return value is None or math.isfinite(float(value))


def _estimate_end(start: float, text: str) -> float:
    return float(start) + count_words(text) * 60.0 / WORDS_PER_MINUTE
