"""Who of the speakers asks: interviewer or participant, by how each of them talks. Pure; a guess, never a fact."""

from collections.abc import Mapping, Sequence

from transcripts.mapping import cues
from transcripts.models import SpeakerRole
from transcripts.spoken import SpokenSegment, SpokenTranscript

ENGLISH = "en"  # whose questions we know by their form
LEAST_ASKED = 0.2  # share of the interviewer's segments that ask
LEAST_LEAD = 0.15  # between the likeliest interviewer and the next; below it nothing is guessed
LEAST_SEGMENTS = 3  # of each of the two who talk most
ADDRESSING = 2.0  # words like “you” less words like “I”, as a share of all words, against the share of questions


def guessed_roles(spoken: SpokenTranscript) -> dict[str, SpeakerRole]:
    """By letter; empty where the wording does not tell. Of more than two, those who say least count as others."""
    said = _by_letter(spoken.segments) if spoken.language == ENGLISH else {}
    main = sorted(said, key=lambda letter: _words(said[letter]), reverse=True)[:2]
    if len(main) < 2 or min(len(said[letter]) for letter in main) < LEAST_SEGMENTS:
        return {}
    answering, asking = sorted(main, key=lambda letter: _asks(said[letter]))
    if _questions(said[asking]) < LEAST_ASKED or _asks(said[asking]) - _asks(said[answering]) < LEAST_LEAD:
        return {}
    roles = dict.fromkeys(said, SpeakerRole.OTHER)
    return roles | {asking: SpeakerRole.INTERVIEWER, answering: SpeakerRole.PARTICIPANT}


def _by_letter(segments: Sequence[SpokenSegment]) -> Mapping[str, list[str]]:
    said: dict[str, list[str]] = {}
    for segment in segments:
        if segment.speaker is not None:
            said.setdefault(segment.speaker, []).append(segment.text)
    return said


def _asks(texts: Sequence[str]) -> float:
    counts = [cues.person_words(text) for text in texts]
    you, me, words = (sum(count[part] for count in counts) for part in range(3))
    return _questions(texts) + ADDRESSING * (you - me) / max(words, 1)


def _questions(texts: Sequence[str]) -> float:
    return sum(cues.is_question(text) for text in texts) / len(texts)


def _words(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)
