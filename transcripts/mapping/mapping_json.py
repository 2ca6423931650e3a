"""Read the input of a mapping and write its result as JSON (docs/formats.md)."""

from collections.abc import Mapping
from typing import Any

from evidence.schedule import Schedule, schedule_from_json
from transcripts.mapping import (
    MappedPassage,
    MappingInputError,
    ReviewedTranscript,
    SpeechMapping,
    TimedMarker,
)
from transcripts.text.spoken import SpokenSegment

SPOKEN_WORDS_PER_SECOND = 2.5  # the usual pace of conversation, for reviewed files without times


def find_schedule_in_json(data: Any) -> Schedule:
    if isinstance(data, Mapping) and isinstance(data.get("schedule"), Mapping):
        data = data["schedule"]
    return schedule_from_json(data)


def mapping_to_json(transcript: Mapping[str, Any], mapping: SpeechMapping) -> dict[str, Any]:
    segments = [
        {**segment, "question": question, "confidence": round(confidence, 4)}
        for segment, question, confidence in zip(
            transcript["segments"], mapping.question_keys, mapping.confidences, strict=True
        )
    ]
    found: dict[str, Any] = {
        "coverage": {key: state.value for key, state in mapping.coverage.items()},
        "passages": [passage_to_json(passage) for passage in mapping.passages],
    }
    if mapping.note:
        found["note"] = mapping.note
    return {**transcript, "segments": segments, **found}


def passage_to_json(passage: MappedPassage) -> dict[str, Any]:
    data: dict[str, Any] = {
        "question": passage.question_key,
        "start": passage.start_seconds,
        "end": passage.end_seconds,
        "segments": [passage.first_segment_id, passage.last_segment_id],
        "confidence": round(passage.confidence, 4),
    }
    if passage.first_word is not None and passage.last_word is not None:
        data["words"] = [passage.first_word, passage.last_word]
    return data


def reviewed_from_json(data: Any) -> ReviewedTranscript:
    if not isinstance(data, Mapping) or not isinstance(data.get("segments"), list):
        raise MappingInputError("This is not a reviewed transcript: it has no list of “segments”.")
    segments: list[SpokenSegment] = []
    questions: list[str | None] = []
    for number, item in enumerate(data["segments"]):
        segments.append(_parse_reviewed_segment(item, number, segments[-1].end if segments else 0.0))
        questions.append(item["question"])
    return ReviewedTranscript(tuple(segments), tuple(questions))


def written_from_json(data: Any) -> dict[str, str]:
    answers = data.get("answers") if isinstance(data, Mapping) else None
    if not isinstance(answers, Mapping) or not all(isinstance(text, str) for text in answers.values()):
        raise MappingInputError("This is not a written contribution: it needs “answers”, a text for each question key.")
    return {str(key): text for key, text in answers.items()}


def markers_from_json(data: Any) -> tuple[TimedMarker, ...]:
    if not isinstance(data, list):
        raise MappingInputError("Markers must be a list of objects with “at” (in seconds) and “question”.")
    return tuple(
        sorted((_parse_marker(item, n) for n, item in enumerate(data, 1)), key=lambda marker: marker.at_seconds)
    )


def _parse_reviewed_segment(item: Any, number: int, earlier_end: float) -> SpokenSegment:
    if not isinstance(item, Mapping) or "question" not in item or not isinstance(item.get("text"), str):
        raise MappingInputError(f"Segment {number + 1} of this reviewed transcript needs a “text” and a “question”.")
    if not (item["question"] is None or isinstance(item["question"], str)):
        raise MappingInputError(f"Segment {number + 1}: “question” must be a key or null.")
    seconds = max(1.0, len(item["text"].split()) / SPOKEN_WORDS_PER_SECOND)
    start = float(item.get("start", earlier_end))
    return SpokenSegment(
        id=int(item.get("id", number)),
        start=start,
        end=float(item.get("end", start + seconds)),
        text=item["text"].strip(),
        speaker=item.get("speaker") or None,
    )


def _parse_marker(item: Any, number: int) -> TimedMarker:
    try:
        return TimedMarker(at_seconds=float(item["at"]), question_key=str(item["question"]))
    except (KeyError, TypeError, ValueError) as error:
        raise MappingInputError(f"Marker {number} needs “at” in seconds and a “question”.") from error
