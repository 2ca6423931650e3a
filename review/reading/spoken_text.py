"""The text of a transcript as exports and search may have it: one function, so that all have the same."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from transcripts.models import SpeakerRole, Transcript
from transcripts.speakers import roles
from transcripts.text.current_text import list_current_segments
from transcripts.text.spoken import SpokenSegment

ROLE_LABELS = {
    SpeakerRole.INTERVIEWER: "Interviewer",
    SpeakerRole.PARTICIPANT: "Participant",
    SpeakerRole.OTHER: "Other person",
}


def list_segments(transcript: Transcript) -> Sequence[SpokenSegment]:
    """Speakers that were only guessed by voice are left out."""
    return roles.remove_guessed_letters(transcript, list_current_segments(transcript))


def build_speaker_labels(transcript: Transcript) -> dict[str, str]:
    """A role where one speaker alone has it, otherwise “Speaker A”. Never a name."""
    by_letter = roles.get_roles(transcript)
    chosen = [role for role in by_letter.values() if role is not None]
    return {letter: _label(letter, role, chosen) for letter, role in by_letter.items()}


def _label(letter: str, role: SpeakerRole | None, chosen: Sequence[SpeakerRole]) -> str:
    if role is None or chosen.count(role) > 1 or role is SpeakerRole.OTHER:
        return f"Speaker {letter}"
    return ROLE_LABELS[role]


def find_characters(segment: SpokenSegment, first_word: int | None, last_word: int | None) -> tuple[int, int]:
    """Where words of a segment begin and end in its text; None: at its start, at its end."""
    bounds = _list_word_bounds(segment)
    first = bounds[first_word][0] if first_word and first_word < len(bounds) else 0
    end = bounds[last_word][1] if last_word is not None and last_word < len(bounds) else len(segment.text)
    return first, max(first, end)


def _list_word_bounds(segment: SpokenSegment) -> list[tuple[int, int]]:
    joined = "".join(word.word for word in segment.words)
    if joined.strip() == segment.text:
        lead = len(joined) - len(joined.lstrip())
        ends = [end - lead for end in accumulate(len(word.word) for word in segment.words)]
        return [
            (end - len(word.word.lstrip()), max(end - (len(word.word) - len(word.word.rstrip())), 0))
            for end, word in zip(ends, segment.words, strict=True)
        ]
    return _search_words(segment)


def _search_words(segment: SpokenSegment) -> list[tuple[int, int]]:
    """Each word after the one before it; a word that the text does not have begins where the last one ended."""
    bounds, at = [], 0
    for word in segment.words:
        bare = word.word.strip()
        found = segment.text.find(bare, at)
        start = at if found < 0 else found
        at = start if found < 0 else start + len(bare)
        bounds.append((start, at))
    return bounds


def name_speaker(labels: Mapping[str, str], letter: str | None) -> str | None:
    return labels.get(letter, f"Speaker {letter}") if letter else None
