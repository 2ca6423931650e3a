"""Compare what was read of a transcript with what should have been read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from transcripts.importing import ImportedTranscript
from transcripts.text.spoken import SpokenSegment

TOLERANCE_SECONDS = 0.6


def find_differences(read: ImportedTranscript, expected: Mapping[str, Any]) -> list[str]:
    """`expected`: any of turns, starts, ends, times, language, speakers, words, present, absent."""
    turns = _join_turns(read.spoken.segments)
    text = " ".join(str(turn[1]) for turn in turns)
    facts = {
        "turns": [turn[:2] for turn in turns],
        "times": read.times.value,
        "language": read.spoken.language,
        "speakers": sorted({turn[0] or "-" for turn in turns}),
        "words": sum(len(segment.words) for segment in read.spoken.segments),
    }
    differences = [f"{key}: {fact}" for key, fact in facts.items() if key in expected and expected[key] != fact]
    differences += [f"has “{part}”" for part in expected.get("absent", ()) if part in text]
    differences += [f"lacks “{part}”" for part in expected.get("present", ()) if part not in text]
    return [*differences, *_compare_times(turns, expected)]


def _compare_times(turns: Sequence[Sequence[Any]], expected: Mapping[str, Any]) -> Iterator[str]:
    for key, position in (("starts", 2), ("ends", 3)):
        times = [turn[position] for turn in turns]
        pairs = zip(times, expected.get(key, times), strict=False)
        if len(expected.get(key, times)) != len(times) or any(abs(a - b) > TOLERANCE_SECONDS for a, b in pairs):
            yield f"{key}: {times}"


def _join_turns(segments: Sequence[SpokenSegment]) -> list[list[Any]]:
    """Speaker, text, start, end."""
    turns: list[list[Any]] = []
    for segment in segments:
        if turns and turns[-1][0] == segment.speaker:
            turns[-1][1] += f" {segment.text}"
            turns[-1][3] = segment.end
        else:
            turns.append([segment.speaker, segment.text, segment.start, segment.end])
    return turns
