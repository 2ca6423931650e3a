"""Find where, inside a segment, one passage ends and the next starts."""

from dataclasses import dataclass

from transcripts.mapping import turn_cues
from transcripts.text.spoken import SpokenSegment, SpokenWord

PAUSE_SECONDS = 0.6  # a silence this long ends a sentence, if there are no full stops
SENTENCE_MARKS = (".", "?", "!")
MAX_MOVED_SHARE = 0.5  # a segment has the question of most of its time, so no more can move


@dataclass(frozen=True, slots=True)
class Boundary:
    """The next passage starts with this word of this segment."""

    is_in_earlier: bool  # in the last segment of the earlier passage, else in the first of the later one
    segment_id: int
    word_index: int
    seconds: float


def find_boundary(earlier: SpokenSegment, later: SpokenSegment) -> Boundary | None:
    if not turn_cues.is_question(later.text):
        return _find_question_at_end(earlier)
    if later.speaker is None:
        return _find_answer_at_start(later)
    return None


def _find_question_at_end(earlier: SpokenSegment) -> Boundary | None:
    starts = find_sentence_starts(earlier.words)
    asking = len(starts)
    while asking > 0 and turn_cues.is_question(_join_sentence(earlier.words, starts, asking - 1)):
        asking -= 1
    if asking in {0, len(starts)}:
        return None
    word = starts[asking]
    moved = earlier.end - earlier.words[word].start
    return (
        Boundary(is_in_earlier=True, segment_id=earlier.id, word_index=word, seconds=earlier.words[word].start)
        if moved < MAX_MOVED_SHARE * _get_duration(earlier)
        else None
    )


def _find_answer_at_start(later: SpokenSegment) -> Boundary | None:
    starts = find_sentence_starts(later.words)
    for number, word in enumerate(starts):
        if turn_cues.is_question(_join_sentence(later.words, starts, number)):
            start = later.words[word].start
            return (
                Boundary(is_in_earlier=False, segment_id=later.id, word_index=word, seconds=start)
                if number and start - later.start < MAX_MOVED_SHARE * _get_duration(later)
                else None
            )
    return None


def find_sentence_starts(words: tuple[SpokenWord, ...]) -> list[int]:
    return [i for i, word in enumerate(words) if i == 0 or _ends_sentence(words[i - 1], word.start)]


def _ends_sentence(word: SpokenWord, next_start: float) -> bool:
    return word.word.rstrip().endswith(SENTENCE_MARKS) or next_start - word.end >= PAUSE_SECONDS


def _join_sentence(words: tuple[SpokenWord, ...], starts: list[int], number: int) -> str:
    end = starts[number + 1] if number + 1 < len(starts) else len(words)
    return "".join(word.word if word.word.startswith(" ") else f" {word.word}" for word in words[starts[number] : end])


def _get_duration(segment: SpokenSegment) -> float:
    return max(segment.end - segment.start, 0.01)
