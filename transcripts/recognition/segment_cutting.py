"""Cut recognised segments at the ends of sentences and at pauses, by the times of their words. Pure.

Whisper itself does so with its timestamps, but not reliably: after a prompt, such as a glossary, it writes half a
minute without any, and one segment then holds both people.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.text.spoken import SpokenSegment, SpokenWord

PAUSE_SECONDS = 0.8  # after which another person may speak; people who hesitate pause as long only now and then
SHORT_PAUSE_SECONDS = 0.3  # within a phrase
SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’)\]]*$")
ABBREVIATION = re.compile(
    r"^[\"'“‘(\[]*(?:mr|mrs|ms|dr|prof|st|rev|sr|jr|vs|no|e\.g|i\.e|approx|etc|\w)\.$", re.IGNORECASE
)


def cut_segments(segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    """Of one window; numbered from 0. A sentence that Whisper spread over several segments becomes one."""
    pieces = [piece for segment in _join_sentences(segments) for piece in _cut_segment(segment)]
    return tuple(replace(piece, id=number) for number, piece in enumerate(pieces))


def _join_sentences(segments: Sequence[SpokenSegment]) -> list[SpokenSegment]:
    joined: list[SpokenSegment] = []
    for segment in segments:
        if joined and _continues_sentence(joined[-1], segment):
            before = joined.pop()
            words = (*before.words, *segment.words)
            joined.append(replace(before, text=f"{before.text} {segment.text}", words=words, end=segment.end))
        else:
            joined.append(segment)
    return joined


def _continues_sentence(before: SpokenSegment, segment: SpokenSegment) -> bool:
    """Judged by what the words show: no sentence ends, the next goes on in lower case, and hardly a pause."""
    return (
        bool(before.words and segment.words)
        and segment.text[:1].islower()
        and segment.words[0].word.startswith(" ")
        and not ends_sentence(before.text.rpartition(" ")[2])
        and segment.start - before.end < SHORT_PAUSE_SECONDS
    )


def ends_sentence(word: str) -> bool:
    stripped = word.strip()
    return bool(SENTENCE_END.search(stripped)) and not ABBREVIATION.match(stripped)


def _cut_segment(segment: SpokenSegment) -> Iterator[SpokenSegment]:
    if "".join(word.word for word in segment.words).strip() != segment.text:
        yield segment
        return
    first = 0
    for number in range(1, len(segment.words)):
        if _is_cut(segment.words[number - 1], segment.words[number]):
            yield _build_piece(segment, segment.words[first:number])
            first = number
    yield _build_piece(segment, segment.words[first:]) if first else segment


def _is_cut(before: SpokenWord, after: SpokenWord) -> bool:
    if not after.word.startswith(" "):  # in languages without spaces, and inside words and figures
        return after.start - before.end >= PAUSE_SECONDS or before.word[-1:] in "。！？"
    return after.start - before.end >= PAUSE_SECONDS or ends_sentence(before.word)


def _build_piece(segment: SpokenSegment, words: tuple[SpokenWord, ...]) -> SpokenSegment:
    text = "".join(word.word for word in words).strip()
    return replace(segment, text=text, words=words, start=words[0].start, end=max(words[0].start, words[-1].end))
