"""How sure a guess by voice is, or why there is none, with messages; kept in a transcript's options. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from transcripts.kinds.closed_sets import SpeakerSource, SpeakersUnset

CONFIDENCE, UNSET_SHARE, UNSET = "speaker confidence", "speech without speaker", "speakers unset"
SOURCE_MESSAGES: Mapping[SpeakerSource, str] = {
    SpeakerSource.UNKNOWN: "We cannot tell who is speaking, so nobody is named.",
    SpeakerSource.CHANNELS: (
        "Each person has their own microphone in this recording, so it is certain who is speaking."
        " Who the interviewer is remains a guess until someone confirms it. Swapping the two does not confirm it."
    ),
    SpeakerSource.GUESSED: (
        "The speakers were guessed from their voices, and parts of this may be wrong. The guess is not used outside"
        " this page until someone confirms it. Swapping the two changes the guess but does not confirm it."
    ),
    SpeakerSource.IMPORTED: "The speakers are as in the imported file.",
    SpeakerSource.CONFIRMED: "Someone has checked the speakers.",
}
UNSET_MESSAGES: Mapping[SpeakersUnset, str] = {
    SpeakersUnset.NOT_INSTALLED: (
        "Everyone was recorded by one microphone, and the model that tells voices apart was not installed on this"
        " machine. The person who runs this installation can install it: flask transcripts models download voices"
    ),
    SpeakersUnset.TOO_SHORT: "There is too little speech to tell voices apart.",
    SpeakersUnset.ONE_VOICE: "We heard only one voice, or voices too alike to tell apart.",
    SpeakersUnset.UNCLEAR: "For most of the speech, it is not clear which voice it is.",
}
SHOWN_UNSET_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class SpeakerNote:
    unset: SpeakersUnset | None = None
    confidence: float | None = None  # share of the named speech that is likely to have the right speaker
    unset_share: float = 0.0  # share of the speech that has none

    def list_options(self) -> dict[str, object]:
        if self.unset is not None:
            return {UNSET: self.unset.value}
        if self.confidence is None:
            return {}
        return {CONFIDENCE: round(self.confidence, 3), UNSET_SHARE: round(self.unset_share, 3)}


def read_speaker_note(options: Mapping[str, object]) -> SpeakerNote:
    unset, confidence, share = options.get(UNSET), options.get(CONFIDENCE), options.get(UNSET_SHARE)
    return SpeakerNote(
        unset=SpeakersUnset(unset) if isinstance(unset, str) and unset in set(SpeakersUnset) else None,
        confidence=confidence if isinstance(confidence, float) else None,
        unset_share=share if isinstance(share, float) else 0.0,
    )


def describe_assignment(source: SpeakerSource, note: SpeakerNote) -> str:
    message = SOURCE_MESSAGES[source]
    if source is SpeakerSource.UNKNOWN and note.unset is not None:
        return f"{message} {UNSET_MESSAGES[note.unset]}"
    if source is SpeakerSource.GUESSED and note.confidence is not None:
        return f"{message} {_describe_confidence(note.confidence, note.unset_share)}"
    return message


def _describe_confidence(confidence: float, unset_share: float) -> str:
    sure = f"About {round(confidence * 100)}% of the named speech is likely to have the right speaker."
    if unset_share < SHOWN_UNSET_SHARE:
        return sure
    return f"{sure} {round(unset_share * 100)}% has no name: it is not clear who says it."
