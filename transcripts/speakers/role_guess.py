"""Guess who is the interviewer and who the participant from how each talks. Pure; a guess, never a fact."""

from collections.abc import Mapping, Sequence

from transcripts.kinds.closed_sets import SpeakerRole
from transcripts.mapping import turn_cues
from transcripts.text.spoken import SpokenSegment, SpokenTranscript

ENGLISH = "en"  # questions are recognised by their form in this language only
MIN_QUESTION_SHARE = 0.2  # share of the interviewer's segments that are questions
MIN_LEAD = 0.15  # between the likeliest interviewer and the next; below it nothing is guessed
MIN_SEGMENTS = 3  # of each of the two main speakers
ADDRESSING_WEIGHT = 2.0  # of (“you” words less “I” words) / all words, compared with the share of questions


def guess_roles(spoken: SpokenTranscript) -> dict[str, SpeakerRole]:
    texts = _group_texts_by_letter(spoken.segments) if spoken.language == ENGLISH else {}
    main = sorted(texts, key=lambda letter: _count_words(texts[letter]), reverse=True)[:2]
    if len(main) < 2 or min(len(texts[letter]) for letter in main) < MIN_SEGMENTS:
        return {}
    answering, asking = sorted(main, key=lambda letter: _score_interviewer(texts[letter]))
    if (
        _compute_question_share(texts[asking]) < MIN_QUESTION_SHARE
        or _score_interviewer(texts[asking]) - _score_interviewer(texts[answering]) < MIN_LEAD
    ):
        return {}
    roles = dict.fromkeys(texts, SpeakerRole.OTHER)
    return roles | {asking: SpeakerRole.INTERVIEWER, answering: SpeakerRole.PARTICIPANT}


def _group_texts_by_letter(segments: Sequence[SpokenSegment]) -> Mapping[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for segment in segments:
        if segment.speaker is not None:
            texts.setdefault(segment.speaker, []).append(segment.text)
    return texts


def _score_interviewer(texts: Sequence[str]) -> float:
    counts = [turn_cues.count_person_words(text) for text in texts]
    you, me, words = (sum(count[part] for count in counts) for part in range(3))
    return _compute_question_share(texts) + ADDRESSING_WEIGHT * (you - me) / max(words, 1)


def _compute_question_share(texts: Sequence[str]) -> float:
    return sum(turn_cues.is_question(text) for text in texts) / len(texts)


def _count_words(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)
