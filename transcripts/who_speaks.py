"""The speakers of a transcript as its page names them, a guess plainly as one. Reads only; roles.py decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transcripts.models import SpeakerRole, Transcript
from transcripts.speakers import roles
from transcripts.spoken import SpokenSegment

NAMES = {
    SpeakerRole.INTERVIEWER: "Interviewer",
    SpeakerRole.PARTICIPANT: "Participant",
    SpeakerRole.OTHER: "Somebody else",
}


@dataclass(frozen=True, slots=True)
class Speaker:
    letter: str
    name: str  # as it stands before their words
    role: SpeakerRole | None
    words: int
    first: SpokenSegment  # the longest thing that they say early, to know them by
    also: tuple[str, ...]  # letters that count as this one


@dataclass(frozen=True, slots=True)
class Speakers:
    listed: tuple[Speaker, ...]
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


def speakers(transcript: Transcript, segments: Sequence[SpokenSegment]) -> Speakers:
    """`segments`: with merged letters."""
    held, merged = roles.roles_of(transcript), roles.merged_letters(transcript)
    said = {letter: [segment for segment in segments if segment.speaker == letter] for letter in held}
    listed = tuple(
        Speaker(
            letter=letter,
            name=_name(letter, held, is_guess=transcript.speakers_known in roles.GUESSED_ROLES),
            role=role,
            words=sum(len(segment.text.split()) for segment in said[letter]),
            first=max(said[letter][:8], key=lambda segment: len(segment.text)),
            also=tuple(other for other, into in merged.items() if into == letter != other),
        )
        for letter, role in held.items()
        if said[letter]
    )
    return Speakers(listed, roles.how_known(transcript), roles.are_roles_facts(transcript))


def _name(letter: str, held: Mapping[str, SpeakerRole | None], *, is_guess: bool) -> str:
    role = held[letter]
    if role is None:
        return f"Speaker {letter}"
    is_shared = sum(other is role for other in held.values()) > 1
    return f"{NAMES[role]}{f' {letter}' if is_shared else ''}{', a guess' if is_guess else ''}"
