"""Who holds the turn in each segment, and how likely it is the interviewer. Uses speakers when they are known.

Who asks is inferred from how each speaker talks, never from a name: interviewers ask, address the other, and are brief.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.mapping import cues
from transcripts.mapping.arrays import BoolArray, FloatArray, IntArray
from transcripts.spoken import SpokenSegment

ASKING_PULL = 8.0  # how strongly a speaker's share of questions speaks for being the interviewer
ADDRESSING_PULL = 20.0  # the same for words like “you” less words like “I”, as a share of all words
UNKNOWN_ASKER = 0.5  # for a segment that asks, when nobody knows who speaks
UNKNOWN_OTHER = 0.25


@dataclass(frozen=True, slots=True)
class Conversation:
    """Figures per segment, each of shape (n,)."""

    seconds: FloatArray
    starts: FloatArray
    gaps: FloatArray  # silence before the segment, in seconds
    turn_starts: BoolArray
    turn_ends: IntArray  # index after the last segment of the turn
    interviewer: FloatArray  # likelihood that the interviewer is speaking
    asks: BoolArray
    speakers_known: bool
    speakers: float  # how many people share the talk; two who talk equally much make 2.0


def read_conversation(segments: Sequence[SpokenSegment]) -> Conversation:
    asks = np.array([cues.is_question(segment.text) for segment in segments], dtype=np.bool_)
    starts = np.array([segment.start for segment in segments])
    ends = np.array([segment.end for segment in segments])
    known = any(segment.speaker for segment in segments)
    turn_starts = _turn_starts(segments)
    return Conversation(
        seconds=np.maximum(ends - starts, 0.05),
        starts=starts,
        gaps=np.maximum(0.0, starts - np.concatenate((starts[:1], ends[:-1]))),
        turn_starts=turn_starts,
        turn_ends=_turn_ends(turn_starts),
        interviewer=_interviewer(segments, asks) if known else np.where(asks, UNKNOWN_ASKER, UNKNOWN_OTHER),
        asks=asks,
        speakers_known=known,
        speakers=_sharing(segments),
    )


def _sharing(segments: Sequence[SpokenSegment]) -> float:
    """The exponential of the entropy of their shares of the words; 1 when nobody knows who speaks."""
    words: dict[str, int] = {}
    for segment in segments:
        name = segment.speaker or ""
        words[name] = words.get(name, 0) + len(segment.text.split()) + 1
    shares = np.array(list(words.values())) / sum(words.values())
    return float(np.exp(-np.sum(shares * np.log(shares))))


def _turn_starts(segments: Sequence[SpokenSegment]) -> BoolArray:
    speakers = [segment.speaker for segment in segments]
    changed = [i == 0 or speakers[i] is None or speakers[i] != speakers[i - 1] for i in range(len(segments))]
    return np.array(changed, dtype=np.bool_)


def _turn_ends(turn_starts: BoolArray) -> IntArray:
    ends = np.zeros(len(turn_starts), dtype=np.int64)
    end = len(turn_starts)
    for i in range(len(turn_starts) - 1, -1, -1):
        ends[i] = end
        if turn_starts[i]:
            end = i
    return ends


def _interviewer(segments: Sequence[SpokenSegment], asks: BoolArray) -> FloatArray:
    """Likelihood per segment, shape (n,): a softmax over speakers of how interviewer-like each talks."""
    names = sorted({segment.speaker or "" for segment in segments})
    pulls = np.array(
        [
            _asking_pull(
                [s.text for s in segments if (s.speaker or "") == n],
                [bool(a) for s, a in zip(segments, asks, strict=True) if (s.speaker or "") == n],
            )
            for n in names
        ]
    )
    weights = np.exp(pulls - pulls.max())
    share = dict(zip(names, weights / weights.sum(), strict=True))
    return np.array([share[segment.speaker or ""] for segment in segments])


def _asking_pull(texts: Sequence[str], asks: Sequence[bool]) -> float:
    counts = np.array([cues.person_words(text) for text in texts])
    you, me, words = counts.sum(axis=0)
    return float(ASKING_PULL * np.mean(asks) + ADDRESSING_PULL * (you - me) / max(words, 1))
