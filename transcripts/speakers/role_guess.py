"""Who of the speakers asks: interviewer or participant, by how each of them talks. Pure; a guess, never a fact."""

from collections.abc import Mapping, Sequence

from transcripts.mapping import turn_cues
from transcripts.models import SpeakerRole
from transcripts.text.spoken import SpokenSegment, SpokenTranscript

ENGLISH = "en"  # whose questions we know by their form
MIN_QUESTION_SHARE = 0.2  # share of the interviewer's segments that ask
MIN_LEAD = 0.15  # between the likeliest interviewer and the next; below it nothing is guessed
MIN_SEGMENTS = 3  # of each of the two who talk most
ADDRESSING_WEIGHT = 2.0  # words like “you” less words like “I”, as a share of all words, against the share of questions


def guess_roles(spoken: SpokenTranscript) -> dict[str, SpeakerRole]:
    """By letter; empty where the wording does not tell. Of more than two, those who say least count as others."""
    said = _group_texts_by_letter(spoken.segments) if spoken.language == ENGLISH else {}
    main = sorted(said, key=lambda letter: _count_words(said[letter]), reverse=True)[:2]
    if len(main) < 2 or min(len(said[letter]) for letter in main) < MIN_SEGMENTS:
        return {}
    answering, asking = sorted(main, key=lambda letter: _score_interviewer(said[letter]))
    if (
        _compute_question_share(said[asking]) < MIN_QUESTION_SHARE
        or _score_interviewer(said[asking]) - _score_interviewer(said[answering]) < MIN_LEAD
    ):
        return {}
    roles = dict.fromkeys(said, SpeakerRole.OTHER)
    return roles | {asking: SpeakerRole.INTERVIEWER, answering: SpeakerRole.PARTICIPANT}


def _group_texts_by_letter(segments: Sequence[SpokenSegment]) -> Mapping[str, list[str]]:
    said: dict[str, list[str]] = {}
    for segment in segments:
        if segment.speaker is not None:
            said.setdefault(segment.speaker, []).append(segment.text)
    return said


def _score_interviewer(texts: Sequence[str]) -> float:
    counts = [turn_cues.count_person_words(text) for text in texts]
    you, me, words = (sum(count[part] for count in counts) for part in range(3))
    return _compute_question_share(texts) + ADDRESSING_WEIGHT * (you - me) / max(words, 1)


def _compute_question_share(texts: Sequence[str]) -> float:
    return sum(turn_cues.is_question(text) for text in texts) / len(texts)


def _count_words(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)
