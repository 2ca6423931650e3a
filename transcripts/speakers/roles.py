"""The roles of a transcript's speakers: guessed, or set by people. Segments are never changed; callers commit.

A transcript stores a role for each letter of its segments, or the letter that it was merged into.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from accounts import audit
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from evidence import consent
from transcripts.models import SpeakerRole, SpeakerSource, Transcript
from transcripts.recordings import interview_lock
from transcripts.recordings.processing_jobs import enqueue_mapping
from transcripts.speakers.speaker_note import describe_assignment, read_speaker_note
from transcripts.text import reviewed_transcripts
from transcripts.text.spoken import SpokenSegment

SAME_AS = "same_as"
GUESSED_ROLES = frozenset({SpeakerSource.CHANNELS, SpeakerSource.GUESSED})
ROLES_CHOSEN_MESSAGE = "The person who imported it chose who the interviewer and the participant are."


class NoSuchSpeakerError(RuleError): ...


class NotTwoSpeakersError(RuleError): ...


def has_confirmed_roles(transcript: Transcript) -> bool:
    return transcript.speaker_source is SpeakerSource.CONFIRMED or has_roles_from_import(transcript)


def has_roles_from_import(transcript: Transcript) -> bool:
    roles = get_roles(transcript).values()
    return transcript.speaker_source is SpeakerSource.IMPORTED and bool(roles) and None not in roles


def describe_certainty(transcript: Transcript) -> str:
    message = describe_assignment(transcript.speaker_source, read_speaker_note(transcript.options))
    return f"{message} {ROLES_CHOSEN_MESSAGE}" if has_roles_from_import(transcript) else message


def list_letters(transcript: Transcript) -> list[str]:
    return sorted({segment.speaker for segment in transcript.segments if segment.speaker})


def map_merged_letters(transcript: Transcript) -> dict[str, str]:
    return {letter: _resolve_letter(transcript.roles, letter) for letter in list_letters(transcript)}


def get_roles(transcript: Transcript) -> dict[str, SpeakerRole | None]:
    letters = sorted(set(map_merged_letters(transcript).values()))
    return {letter: _parse_role(transcript.roles.get(letter)) for letter in letters}


def apply_merged_letters(transcript: Transcript, segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    letters = {
        segment.speaker: _resolve_letter(transcript.roles, segment.speaker) for segment in segments if segment.speaker
    }
    return tuple(
        segment
        if (speaker := letters.get(segment.speaker or "")) == segment.speaker
        else replace(segment, speaker=speaker)
        for segment in segments
    )


def remove_guessed_letters(transcript: Transcript, segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    known = map_known_letters(transcript)
    return tuple(replace(segment, speaker=known.get(segment.speaker or "")) for segment in segments)


def map_known_letters(transcript: Transcript) -> dict[str, str]:
    """Without a guess by voice, so that a guess never leaves its page."""
    is_guess = transcript.speaker_source in {SpeakerSource.GUESSED, SpeakerSource.UNKNOWN}
    return {} if is_guess else map_merged_letters(transcript)


def swap_roles(transcript: Transcript, by: UUID) -> None:
    """A guess stays a guess: the key is easily pressed by mistake."""
    roles = get_roles(transcript)
    two = [letter for letter, role in roles.items() if role in {SpeakerRole.INTERVIEWER, SpeakerRole.PARTICIPANT}]
    if not two and len(roles) == 2:
        two = list(roles)
    if len(two) != 2 or roles[two[0]] == roles[two[1]] is not None:
        raise NotTwoSpeakersError("You can only swap one interviewer and one participant. Choose each speaker’s role.")
    first, second = two
    asking, answering = (second, first) if roles[first] is SpeakerRole.INTERVIEWER else (first, second)
    changes = {asking: SpeakerRole.INTERVIEWER.value, answering: SpeakerRole.PARTICIPANT.value}
    if transcript.speaker_source in GUESSED_ROLES:
        _change_guess(transcript, changes, "speakers swapped", by)
    else:
        _set_roles(transcript, changes, "speakers swapped", by)


def set_role(transcript: Transcript, letter: str, role: SpeakerRole | None, by: UUID) -> None:
    _require_speaker(transcript, letter)
    _set_roles(transcript, {letter: role.value if role else None}, "speaker's role set", by)


def merge_speakers(transcript: Transcript, letter: str, into: str, by: UUID) -> None:
    _require_speaker(transcript, letter)
    _require_speaker(transcript, into)
    if letter == into:
        raise NoSuchSpeakerError("Choose two different speakers.")
    _set_roles(transcript, {letter: {SAME_AS: into}}, "speakers merged", by)


def separate_speaker(transcript: Transcript, letter: str, by: UUID) -> None:
    if letter not in list_letters(transcript):
        raise NoSuchSpeakerError("This transcript has no such speaker.")
    _set_roles(transcript, {letter: None}, "speaker separated", by)


def confirm_speakers(transcript: Transcript, by: UUID) -> None:
    _set_roles(transcript, {}, "speakers confirmed", by)


def _change_guess(transcript: Transcript, changes: Mapping[str, object], action: str, by: UUID) -> None:
    """The mapping does not use guessed roles, so it need not run again."""
    interview_lock.lock_interview(transcript.contribution_id)
    consent.require(ExitUse.CORRECTING, transcript.contribution)
    transcript.roles = {**transcript.roles, **changes}
    db.session.flush()
    audit.record(action, transcript, by=str(by), roles={key: str(role) for key, role in get_roles(transcript).items()})


def _set_roles(transcript: Transcript, changes: Mapping[str, object], action: str, by: UUID) -> None:
    interview_lock.lock_interview(transcript.contribution_id)
    consent.require(ExitUse.CORRECTING, transcript.contribution)
    transcript.roles = {**transcript.roles, **changes}
    transcript.speaker_source = SpeakerSource.CONFIRMED
    db.session.flush()
    audit.record(action, transcript, by=str(by), roles={key: str(role) for key, role in get_roles(transcript).items()})
    enqueue_mapping(transcript.id)
    reviewed_transcripts.enqueue_remapping_of_others(transcript)


def _require_speaker(transcript: Transcript, letter: str) -> None:
    if letter not in get_roles(transcript):
        raise NoSuchSpeakerError("This transcript has no such speaker. Reload the page and try again.")


def _resolve_letter(roles: Mapping[str, object], letter: str) -> str:
    seen = {letter}
    while isinstance(entry := roles.get(letter), Mapping) and entry[SAME_AS] not in seen:
        letter = str(entry[SAME_AS])
        seen.add(letter)
    return letter


def _parse_role(entry: object) -> SpeakerRole | None:
    return SpeakerRole(entry) if isinstance(entry, str) and entry in set(SpeakerRole) else None
