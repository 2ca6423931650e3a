"""The speakers of a transcript with the names that its page shows, a guess marked as one. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transcripts.models import SpeakerRole, TimePrecision, Transcript
from transcripts.speakers import roles
from transcripts.speakers.overlaps import Overlap, find_overlaps
from transcripts.text.spoken import SpokenSegment

ROLE_NAMES = {
    SpeakerRole.INTERVIEWER: "Interviewer",
    SpeakerRole.PARTICIPANT: "Participant",
    SpeakerRole.OTHER: "Someone else",
}


@dataclass(frozen=True, slots=True)
class ListedSpeaker:
    letter: str
    name: str  # shown before their text
    role: SpeakerRole | None
    word_count: int
    sample: SpokenSegment  # the longest of their first segments, to recognise them by
    merged_letters: tuple[str, ...]  # letters merged into this one


@dataclass(frozen=True, slots=True)
class SpeakerList:
    listed: tuple[ListedSpeaker, ...]
    how_known: str
    is_confirmed: bool
    overlaps: tuple[Overlap, ...]  # empty where times are not exact

    @property
    def names(self) -> dict[str, str]:
        return {speaker.letter: speaker.name for speaker in self.listed}

    @property
    def may_swap(self) -> bool:
        known = [s.role for s in self.listed if s.role in {SpeakerRole.INTERVIEWER, SpeakerRole.PARTICIPANT}]
        return sorted(known) == ["interviewer", "participant"] or (len(self.listed) == 2 and not known)


def list_speakers(transcript: Transcript, segments: Sequence[SpokenSegment]) -> SpeakerList:
    speaker_roles, merged = roles.get_roles(transcript), roles.map_merged_letters(transcript)
    segments_by_letter = {
        letter: [segment for segment in segments if segment.speaker == letter] for letter in speaker_roles
    }
    listed = tuple(
        ListedSpeaker(
            letter=letter,
            name=_format_name(letter, speaker_roles, is_guess=transcript.speaker_source in roles.GUESSED_ROLES),
            role=role,
            word_count=sum(len(segment.text.split()) for segment in segments_by_letter[letter]),
            sample=max(segments_by_letter[letter][:8], key=lambda segment: len(segment.text)),
            merged_letters=tuple(other for other, into in merged.items() if into == letter != other),
        )
        for letter, role in speaker_roles.items()
        if segments_by_letter[letter]
    )
    return SpeakerList(
        listed,
        roles.describe_certainty(transcript),
        roles.has_confirmed_roles(transcript),
        find_overlaps(segments) if transcript.times is TimePrecision.EXACT else (),
    )


def _format_name(letter: str, speaker_roles: Mapping[str, SpeakerRole | None], *, is_guess: bool) -> str:
    role = speaker_roles[letter]
    if role is None:
        return f"Speaker {letter}"
    is_shared = sum(other is role for other in speaker_roles.values()) > 1
    return f"{ROLE_NAMES[role]}{f' {letter}' if is_shared else ''}{', a guess' if is_guess else ''}"
