"""Merge what was recognised on several channels or files of one conversation. Pure.

Overlaps are kept: two people may talk at once. An echo of the other person on a microphone is removed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from string import ascii_uppercase

import numpy as np

from transcripts.speakers.loudness import QUIETEST_DB, FloatArray, slice_levels
from transcripts.text.spoken import SpokenSegment, SpokenTranscript, SpokenWord

SAME_MOMENT_SECONDS = 0.6  # between the times of one word heard on two channels
MIN_ECHO_WORD_SHARE = 0.6  # share of a segment's words that the other channel has at the same time
MAX_OWN_WORDS = 2  # in a row: more were not misrecognised but said here
MIN_ECHO_DIFFERENCE_DB = 3.0  # by how much the other channel must be louder
LOUD_PERCENTILE = 80  # the loud parts of a segment, not its pauses
PEAK_PERCENTILE = 99.5  # as loud as a track gets, apart from knocks
NOT_LETTERS = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Track:
    spoken: SpokenTranscript
    levels: FloatArray  # shape (frames,); see loudness.py


def merge_tracks(tracks: Sequence[Track]) -> SpokenTranscript:
    kept = [[s for s in track.spoken.segments if not _is_echo(s, track, tracks)] for track in tracks]
    order = sorted((track for track in range(len(tracks)) if kept[track]), key=lambda track: kept[track][0].start)
    letters = dict(zip(order, ascii_uppercase, strict=False))
    said = [replace(s, speaker=letters.get(track)) for track in order for s in kept[track]]
    said.sort(key=lambda segment: (segment.start, segment.end))
    longest = max(tracks, key=lambda track: sum(len(s.words) for s in track.spoken.segments))
    return SpokenTranscript(
        language=longest.spoken.language,
        duration=max(track.spoken.duration for track in tracks),
        model=longest.spoken.model,
        segments=tuple(replace(segment, id=number) for number, segment in enumerate(said)),
        speech_seconds=max((track.spoken.speech_seconds or 0.0 for track in tracks), default=0.0),
    )


def _is_echo(segment: SpokenSegment, track: Track, tracks: Sequence[Track]) -> bool:
    return any(_is_echo_of(segment, track, other) for other in tracks if other is not track)


def _is_echo_of(segment: SpokenSegment, track: Track, other: Track) -> bool:
    if _measure_loudness(segment, other) < _measure_loudness(segment, track) + MIN_ECHO_DIFFERENCE_DB:
        return False
    said = _normalise_words(segment)
    shared = _match_words(said, _find_words_around(segment, other))
    own = max((len(list(run)) for is_shared, run in groupby(shared) if not is_shared), default=0)
    return bool(said) and sum(shared) >= MIN_ECHO_WORD_SHARE * len(said) and own <= MAX_OWN_WORDS


def _measure_loudness(segment: SpokenSegment, track: Track) -> float:
    """Decibels relative to the track's own peak, since one microphone may be set louder than the other."""
    if not len(track.levels):
        return QUIETEST_DB
    here = slice_levels(track.levels, segment.start, segment.end)
    return float(np.percentile(here, LOUD_PERCENTILE) - np.percentile(track.levels, PEAK_PERCENTILE))


def _find_words_around(segment: SpokenSegment, other: Track) -> list[SpokenWord]:
    first, last = segment.start - SAME_MOMENT_SECONDS, segment.end + SAME_MOMENT_SECONDS
    near = (s for s in other.spoken.segments if s.start < last and s.end > first)
    return [word for near_segment in near for word in _normalise_words(near_segment)]


def _match_words(said: Sequence[SpokenWord], others: Sequence[SpokenWord]) -> list[bool]:
    left, shared = list(others), list[bool]()
    for word in said:
        same = next((o for o in left if o.word == word.word and _is_simultaneous(o, word)), None)
        if same is not None:
            left.remove(same)
        shared.append(same is not None)
    return shared


def _is_simultaneous(one: SpokenWord, other: SpokenWord) -> bool:
    return abs((one.start + one.end) - (other.start + other.end)) / 2 <= SAME_MOMENT_SECONDS


def _normalise_words(segment: SpokenSegment) -> list[SpokenWord]:
    words = segment.words or _spread_words(segment)
    plain = (replace(word, word=NOT_LETTERS.sub("", word.word.casefold())) for word in words)
    return [word for word in plain if word.word]


def _spread_words(segment: SpokenSegment) -> tuple[SpokenWord, ...]:
    texts = segment.text.split()
    step = (segment.end - segment.start) / max(1, len(texts))
    return tuple(
        SpokenWord(text, segment.start + n * step, segment.start + (n + 1) * step) for n, text in enumerate(texts)
    )
