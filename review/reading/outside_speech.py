"""Find the speech that belongs to no question, down to single words, so that nothing said is lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from transcripts.models import Passage
from transcripts.text.spoken import SpokenSegment, SpokenWord

WordPosition = tuple[int, int]  # segment position, index of a word in it
AFTER_LAST_WORD = 10**9


@dataclass(frozen=True, slots=True)
class OutsideSpeech:
    """An unbroken run outside the questions; `turns` are (speaker or None, text), one for each change of speaker."""

    start_seconds: float
    end_seconds: float
    turns: tuple[tuple[str | None, str], ...]
    bounds: tuple[tuple[WordPosition, WordPosition], ...] = field(default=(), compare=False)  # of each turn, included


@dataclass(frozen=True, slots=True)
class _SpokenPiece:
    position: WordPosition
    start: float
    end: float
    text: str
    speaker: str | None


def find_outside_speech(
    segments: Sequence[SpokenSegment], passages: Sequence[Passage], speaker_names: Mapping[str, str]
) -> list[OutsideSpeech]:
    """Runs of words, in order, that no passage with a question covers. All are of one transcript.

    `speaker_names`: by letter, only speakers that are certain.
    """
    covered = [_get_span(passage) for passage in passages if passage.question_key is not None]
    runs = groupby(
        _iter_pieces(segments, speaker_names),
        key=lambda piece: any(first <= piece.position <= last for first, last in covered),
    )
    return [_join_pieces(list(pieces)) for is_covered, pieces in runs if not is_covered]


def _get_span(passage: Passage) -> tuple[WordPosition, WordPosition]:
    first = (passage.first_segment, passage.first_word or 0)
    return first, (passage.last_segment, AFTER_LAST_WORD if passage.last_word is None else passage.last_word)


def _iter_pieces(segments: Sequence[SpokenSegment], speaker_names: Mapping[str, str]) -> Iterator[_SpokenPiece]:
    for segment in segments:
        speaker = speaker_names.get(segment.speaker or "")
        for index, word in enumerate(segment.words or (SpokenWord(segment.text, segment.start, segment.end),)):
            text = word.word if index else f" {word.word}"
            yield _SpokenPiece((segment.id, index), word.start, word.end, text, speaker)


def _join_pieces(pieces: list[_SpokenPiece]) -> OutsideSpeech:
    turns = [(speaker, list(turn)) for speaker, turn in groupby(pieces, key=lambda piece: piece.speaker)]
    texts = tuple((speaker, " ".join("".join(p.text for p in turn).split())) for speaker, turn in turns)
    bounds = tuple((turn[0].position, turn[-1].position) for _, turn in turns)
    return OutsideSpeech(pieces[0].start, pieces[-1].end, texts, bounds)
