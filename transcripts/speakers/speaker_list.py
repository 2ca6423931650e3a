"""The speakers of a transcript as its page names them, a guess plainly as one. Reads only; roles.py decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transcripts.models import SpeakerRole, Transcript
from transcripts.speakers import roles
from transcripts.text.spoken import SpokenSegment

ROLE_NAMES = {
    SpeakerRole.INTERVIEWER: "Interviewer",
    SpeakerRole.PARTICIPANT: "Participant",
    SpeakerRole.OTHER: "Someone else",
}


@dataclass(frozen=True, slots=True)
class ListedSpeaker:
    letter: str
    name: str  # as it stands before their words
    role: SpeakerRole | None
    word_count: int
    sample: SpokenSegment  # the longest thing that they say early, to know them by
    merged_letters: tuple[str, ...]  # letters that count as this one


@dataclass(frozen=True, slots=True)
class SpeakerList:
    listed: tuple[ListedSpeaker, ...]
    how_known: str
    is_confirmed: bool

    @property
    def names(self) -> dict[str, str]:
        return {speaker.letter: speaker.name for speaker in self.listed}

    @property
    def may_swap(self) -> bool:
        """Two who are not the same: the one asks, the other answers."""
        sure = [s.role for s in self.listed if s.role in {SpeakerRole.INTERVIEWER, SpeakerRole.PARTICIPANT}]
        return sorted(sure) == ["interviewer", "participant"] or (len(self.listed) == 2 and not sure)


def list_speakers(transcript: Transcript, segments: Sequence[SpokenSegment]) -> SpeakerList:
    """`segments`: with merged letters."""
    held, merged = roles.get_roles(transcript), roles.map_merged_letters(transcript)
    said = {letter: [segment for segment in segments if segment.speaker == letter] for letter in held}
    listed = tuple(
        ListedSpeaker(
            letter=letter,
            name=_format_name(letter, held, is_guess=transcript.speaker_source in roles.GUESSED_ROLES),
            role=role,
            word_count=sum(len(segment.text.split()) for segment in said[letter]),
            sample=max(said[letter][:8], key=lambda segment: len(segment.text)),
            merged_letters=tuple(other for other, into in merged.items() if into == letter != other),
        )
        for letter, role in held.items()
        if said[letter]
    )
    return SpeakerList(listed, roles.describe_certainty(transcript), roles.has_confirmed_roles(transcript))


def _format_name(letter: str, held: Mapping[str, SpeakerRole | None], *, is_guess: bool) -> str:
    role = held[letter]
    if role is None:
        return f"Speaker {letter}"
    is_shared = sum(other is role for other in held.values()) > 1
    return f"{ROLE_NAMES[role]}{f' {letter}' if is_shared else ''}{', a guess' if is_guess else ''}"
