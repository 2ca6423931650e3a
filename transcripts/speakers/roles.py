"""Who is who in a transcript: guessed, and set by people. Its segments are never changed; callers commit.

A transcript keeps a role for each letter of its segments, or the letter that it counts as ("merged").
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from accounts import audit
from core.database import db
from core.errors import RuleError
from transcripts import passages, reviewed
from transcripts.models import SpeakerRole, SpeakersKnown, Transcript
from transcripts.spoken import SpokenSegment
from transcripts.transcription import ask_to_map

SAME_AS = "same_as"
FACTS = frozenset({SpeakersKnown.CHANNELS, SpeakersKnown.CONFIRMED})
GUESSED_ROLES = frozenset({SpeakersKnown.CHANNELS, SpeakersKnown.GUESSED})
HOW_KNOWN: dict[SpeakersKnown, str] = {
    SpeakersKnown.NOT: "Nobody can tell who speaks here, so nobody is named.",
    SpeakersKnown.CHANNELS: (
        "Each person has a microphone of their own in this recording, so who speaks is certain."
        " Who is the interviewer is a guess until somebody confirms it. Swapping the two does not confirm it."
    ),
    SpeakersKnown.GUESSED: (
        "Who speaks is a guess by voice, and parts of it may be wrong. It is not used outside this page"
        " until somebody has confirmed it. Swapping the two changes the guess, and does not confirm it."
    ),
    SpeakersKnown.IMPORTED: "Who speaks is as the imported file said.",
    SpeakersKnown.CONFIRMED: "Somebody has checked who speaks.",
}

CHOSEN = "Who is the interviewer and who the participant was chosen by whoever brought it in."


class NoSuchSpeakerError(RuleError):
    """The transcript has no such speaker (any more)."""


class NotTwoSpeakersError(RuleError):
    """Only two can be swapped."""


def is_fact(transcript: Transcript) -> bool:
    """Whether different letters are certainly different people. What leaves must not present a guess as one."""
    return transcript.speakers_known in FACTS


def are_roles_facts(transcript: Transcript) -> bool:
    """Whether a person has said who is the interviewer and who the participant."""
    return transcript.speakers_known is SpeakersKnown.CONFIRMED or are_roles_chosen(transcript)


def are_roles_chosen(transcript: Transcript) -> bool:
    """Whether whoever brought a text in said of each of its speakers who they are."""
    held = roles_of(transcript).values()
    return transcript.speakers_known is SpeakersKnown.IMPORTED and bool(held) and None not in held


def how_known(transcript: Transcript) -> str:
    """In words, for the page."""
    words = HOW_KNOWN[transcript.speakers_known]
    return f"{words} {CHOSEN}" if are_roles_chosen(transcript) else words


def letters(transcript: Transcript) -> list[str]:
    """All letters of its segments, also those that count as another."""
    return sorted({segment.speaker for segment in transcript.segments if segment.speaker})


def merged_letters(transcript: Transcript) -> dict[str, str]:
    """Each letter, and the one that it counts as."""
    return {letter: _counts_as(transcript.roles, letter) for letter in letters(transcript)}


def roles_of(transcript: Transcript) -> dict[str, SpeakerRole | None]:
    """By letter, without those that count as another; None: not known."""
    here = sorted(set(merged_letters(transcript).values()))
    return {letter: _role(transcript.roles.get(letter)) for letter in here}


def with_merged_letters(transcript: Transcript, segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    """The segments as people see their speakers."""
    here = {segment.speaker: _counts_as(transcript.roles, segment.speaker) for segment in segments if segment.speaker}
    return tuple(
        segment
        if (speaker := here.get(segment.speaker or "")) == segment.speaker
        else replace(segment, speaker=speaker)
        for segment in segments
    )


def with_known_letters(transcript: Transcript, segments: Sequence[SpokenSegment]) -> tuple[SpokenSegment, ...]:
    """The same without a guess by voice: for whatever would take it as a fact."""
    known = known_letters(transcript)
    return tuple(replace(segment, speaker=known.get(segment.speaker or "")) for segment in segments)


def known_letters(transcript: Transcript) -> dict[str, str]:
    """Each letter, and the one that it counts as; without a guess by voice, so nothing of it leaves its page."""
    is_guess = transcript.speakers_known in {SpeakersKnown.GUESSED, SpeakersKnown.NOT}
    return {} if is_guess else merged_letters(transcript)


def swap(transcript: Transcript, by: UUID) -> None:
    """Interviewer and participant change places; a guess stays one, for a key is pressed easily.

    Raises NotTwoSpeakersError.
    """
    roles = roles_of(transcript)
    two = [letter for letter, role in roles.items() if role in {SpeakerRole.INTERVIEWER, SpeakerRole.PARTICIPANT}]
    if not two and len(roles) == 2:
        two = list(roles)
    if len(two) != 2 or roles[two[0]] == roles[two[1]] is not None:
        raise NotTwoSpeakersError("Swapping needs one interviewer and one participant. Choose each speaker's role.")
    first, second = two
    asking, answering = (second, first) if roles[first] is SpeakerRole.INTERVIEWER else (first, second)
    changes = {asking: SpeakerRole.INTERVIEWER.value, answering: SpeakerRole.PARTICIPANT.value}
    if transcript.speakers_known in GUESSED_ROLES:
        _guess(transcript, changes, "speakers swapped", by)
    else:
        _set(transcript, changes, "speakers swapped", by)


def set_role(transcript: Transcript, letter: str, role: SpeakerRole | None, by: UUID) -> None:
    """None: not known. Raises NoSuchSpeakerError."""
    _require(transcript, letter)
    _set(transcript, {letter: role.value if role else None}, "speaker's role set", by)


def merge(transcript: Transcript, one: str, into: str, by: UUID) -> None:
    """Two letters are the same person. Raises NoSuchSpeakerError."""
    _require(transcript, one)
    _require(transcript, into)
    if one == into:
        raise NoSuchSpeakerError("Choose two different speakers.")
    _set(transcript, {one: {SAME_AS: into}}, "speakers merged", by)


def separate(transcript: Transcript, letter: str, by: UUID) -> None:
    """A merged letter stands for itself again. Raises NoSuchSpeakerError."""
    if letter not in letters(transcript):
        raise NoSuchSpeakerError("This transcript has no such speaker.")
    _set(transcript, {letter: None}, "speaker separated", by)


def confirm(transcript: Transcript, by: UUID) -> None:
    """A person has looked at who speaks and agrees."""
    _set(transcript, {}, "speakers confirmed", by)


def _guess(transcript: Transcript, changes: Mapping[str, object], action: str, by: UUID) -> None:
    """Mapping is given no roles, so it need not look again."""
    passages.lock(transcript.contribution_id)
    transcript.roles = {**transcript.roles, **changes}
    db.session.flush()
    audit.record(action, transcript, by=str(by), roles={key: str(role) for key, role in roles_of(transcript).items()})


def _set(transcript: Transcript, changes: Mapping[str, object], action: str, by: UUID) -> None:
    passages.lock(transcript.contribution_id)
    transcript.roles = {**transcript.roles, **changes}
    transcript.speakers_known = SpeakersKnown.CONFIRMED
    db.session.flush()
    audit.record(action, transcript, by=str(by), roles={key: str(role) for key, role in roles_of(transcript).items()})
    ask_to_map(transcript.id)
    reviewed.tell_others(transcript)


def _require(transcript: Transcript, letter: str) -> None:
    if letter not in roles_of(transcript):
        raise NoSuchSpeakerError("This transcript has no such speaker. Please load the page again.")


def _counts_as(roles: Mapping[str, object], letter: str) -> str:
    seen = {letter}
    while isinstance(entry := roles.get(letter), Mapping) and entry[SAME_AS] not in seen:
        letter = str(entry[SAME_AS])
        seen.add(letter)
    return letter


def _role(entry: object) -> SpeakerRole | None:
    return SpeakerRole(entry) if isinstance(entry, str) and entry in set(SpeakerRole) else None
