"""Which recognised words and segments are wrong, against what was said. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import jiwer

from transcripts.text.spoken import SpokenSegment

MIN_WRONG_SHARE = 0.2  # a segment with more errors for each word than this is wrong


@dataclass(frozen=True, slots=True)
class JudgedText:
    """Of one segment; words that are missing count for the segment before them."""

    segment: SpokenSegment
    words: int
    errors: int

    @property
    def is_wrong(self) -> bool:
        return self.errors > MIN_WRONG_SHARE * max(1, self.words)


@dataclass(frozen=True, slots=True)
class JudgedWord:
    probability: float
    is_wrong: bool


def judge_segments(said: str, segments: Sequence[SpokenSegment], texts: Sequence[str]) -> list[JudgedText]:
    """`said` and `texts`, one for each segment, are normalised."""
    words = [text.split() for text in texts]
    owners = [number for number, of_segment in enumerate(words) for _ in of_segment]
    errors = [0] * len(segments)
    if owners:
        for chunk in jiwer.process_words(
            said, " ".join(word for of_segment in words for word in of_segment)
        ).alignments[0]:
            if chunk.type == "delete":
                owner = owners[max(0, min(chunk.hyp_start_idx - 1, len(owners) - 1))]
                errors[owner] += chunk.ref_end_idx - chunk.ref_start_idx
            elif chunk.type != "equal":
                for index in range(chunk.hyp_start_idx, chunk.hyp_end_idx):
                    errors[owners[index]] += 1
    return [
        JudgedText(segment, len(of_segment), count)
        for segment, of_segment, count in zip(segments, words, errors, strict=True)
    ]


def judge_words(said: str, words: Sequence[tuple[str, float]]) -> list[JudgedWord]:
    """`words`: normalised texts, and the probability that the recogniser gave to each."""
    known = [(text, probability) for text, probability in words if text]
    judged = [JudgedWord(probability, is_wrong=True) for _, probability in known]
    for chunk in jiwer.process_words(said, " ".join(text for text, _ in known)).alignments[0]:
        if chunk.type == "equal":
            for index in range(chunk.hyp_start_idx, chunk.hyp_end_idx):
                judged[index] = JudgedWord(known[index][1], is_wrong=False)
    return judged
