"""Turns of a conversation, and how likely the interviewer is speaking in each segment.

The interviewer is inferred from how each speaker talks, never from a name: interviewers ask and say “you”.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.mapping import turn_cues
from transcripts.mapping.arrays import BoolArray, FloatArray, IntArray
from transcripts.text.spoken import SpokenSegment

QUESTION_WEIGHT = 8.0  # weight of a speaker's share of questions, for being the interviewer
ADDRESSING_WEIGHT = 20.0  # weight of (“you” words less “I” words) / all words
UNKNOWN_QUESTION_LIKELIHOOD = 0.5  # for a question, if the speaker is not known
UNKNOWN_OTHER_LIKELIHOOD = 0.25
MIN_LEADER_SEGMENTS = 5  # who says less does not lead
MIN_LEADER_ASKING = (
    0.4  # the share of a leader's own segments that ask: at least 0.46 in interviews, seldom in meetings
)
MIN_LEADER_RATIO = 1.7  # to how often the others ask
MIN_LEADER_SHARE = 0.3  # of all askings


@dataclass(frozen=True, slots=True)
class Conversation:
    """Figures per segment, each of shape (n,)."""

    seconds: FloatArray
    starts: FloatArray
    gaps: FloatArray  # silence before the segment, in seconds
    turn_starts: BoolArray
    turn_ends: IntArray  # index after the last segment of the turn
    interviewer_likelihood: FloatArray  # likelihood that the interviewer is speaking
    is_question: BoolArray
    has_known_speakers: bool
    effective_speakers: float  # two people who talk equally make 2.0
    has_leader: bool  # one person clearly leads by asking


def read_conversation(segments: Sequence[SpokenSegment]) -> Conversation:
    asks = np.array([turn_cues.is_question(segment.text) for segment in segments], dtype=np.bool_)
    starts = np.array([segment.start for segment in segments])
    ends = np.array([segment.end for segment in segments])
    known = any(segment.speaker for segment in segments)
    turn_starts = _find_turn_starts(segments)
    return Conversation(
        seconds=np.maximum(ends - starts, 0.05),
        starts=starts,
        gaps=np.maximum(0.0, starts - np.concatenate((starts[:1], ends[:-1]))),
        turn_starts=turn_starts,
        turn_ends=_find_turn_ends(turn_starts),
        interviewer_likelihood=_estimate_interviewer(segments, asks)
        if known
        else np.where(asks, UNKNOWN_QUESTION_LIKELIHOOD, UNKNOWN_OTHER_LIKELIHOOD),
        is_question=asks,
        has_known_speakers=known,
        effective_speakers=_count_effective_speakers(segments),
        has_leader=known and _has_leader([segment.speaker or "" for segment in segments], asks),
    )


def _has_leader(speakers: Sequence[str], asks: BoolArray) -> bool:
    names = np.array(speakers)
    return any(_leads(names == name, asks) for name in sorted(set(speakers)))


def _leads(own: BoolArray, asks: BoolArray) -> bool:
    if own.sum() < MIN_LEADER_SEGMENTS or own.all():
        return False
    asking, others_asking = float(asks[own].mean()), float(asks[~own].mean())
    share = float(asks[own].sum() / max(asks.sum(), 1))
    return asking >= max(MIN_LEADER_ASKING, MIN_LEADER_RATIO * others_asking) and share >= MIN_LEADER_SHARE


def _count_effective_speakers(segments: Sequence[SpokenSegment]) -> float:
    """The exponential of the entropy of the speakers' shares of words; 1 if speakers are not known."""
    words: dict[str, int] = {}
    for segment in segments:
        name = segment.speaker or ""
        words[name] = words.get(name, 0) + len(segment.text.split()) + 1
    shares = np.array(list(words.values())) / sum(words.values())
    return float(np.exp(-np.sum(shares * np.log(shares))))


def _find_turn_starts(segments: Sequence[SpokenSegment]) -> BoolArray:
    speakers = [segment.speaker for segment in segments]
    changed = [i == 0 or speakers[i] is None or speakers[i] != speakers[i - 1] for i in range(len(segments))]
    return np.array(changed, dtype=np.bool_)


def _find_turn_ends(turn_starts: BoolArray) -> IntArray:
    ends = np.zeros(len(turn_starts), dtype=np.int64)
    end = len(turn_starts)
    for i in range(len(turn_starts) - 1, -1, -1):
        ends[i] = end
        if turn_starts[i]:
            end = i
    return ends


def _estimate_interviewer(segments: Sequence[SpokenSegment], asks: BoolArray) -> FloatArray:
    """Likelihood per segment, shape (n,): a softmax over speakers of how interviewer-like each talks."""
    names = sorted({segment.speaker or "" for segment in segments})
    pulls = np.array(
        [
            _score_interviewer(
                [s.text for s in segments if (s.speaker or "") == n],
                [bool(a) for s, a in zip(segments, asks, strict=True) if (s.speaker or "") == n],
            )
            for n in names
        ]
    )
    weights = np.exp(pulls - pulls.max())
    share = dict(zip(names, weights / weights.sum(), strict=True))
    return np.array([share[segment.speaker or ""] for segment in segments])


def _score_interviewer(texts: Sequence[str], asks: Sequence[bool]) -> float:
    counts = np.array([turn_cues.count_person_words(text) for text in texts])
    you, me, words = counts.sum(axis=0)
    return float(QUESTION_WEIGHT * np.mean(asks) + ADDRESSING_WEIGHT * (you - me) / max(words, 1))
