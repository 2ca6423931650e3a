"""Closed sets of values that rows and pure modules share. Imports nothing of this application."""

from enum import StrEnum


class CoverageStatus(StrEnum):
    ANSWERED = "answered"
    ASKED = "asked"
    DECLINED = "declined"
    UNPROMPTED = "unprompted"
    NOT_ASKED = "not asked"


class MarkerKind(StrEnum):
    BEGAN = "began"  # the recorder was switched on: second 0 of a recording
    ASKED = "asked"
    DECLINED = "declined"
    SKIPPED = "skipped"
    NOTE = "note"


class SpeakerRole(StrEnum):
    INTERVIEWER = "interviewer"
    PARTICIPANT = "participant"
    OTHER = "other"


class SpeakerSource(StrEnum):
    UNKNOWN = "not known"
    CHANNELS = "channels"  # each speaker has a channel or a file: exact
    GUESSED = "guessed"  # by voice, from one microphone: never a fact
    IMPORTED = "imported"  # as the file said
    CONFIRMED = "confirmed"  # a person checked a guess, or set it


class SpeakersUnset(StrEnum):
    """Why nobody is named where one microphone recorded everyone; kept in a transcript's options."""

    NOT_INSTALLED = "not installed"  # the voice encoder's weights
    TOO_SHORT = "too short"
    ONE_VOICE = "one voice"  # or voices that are too alike
    UNCLEAR = "unclear"  # for most of the speech


class CorrectionKind(StrEnum):
    TYPED = "typed"
    SPEAKER = "speaker"  # somebody else says it
    REPLACED = "replaced"  # by find and replace
    RESTORED = "restored"  # an earlier version
    CARRIED = "carried over"  # from an earlier transcript of the same sound
    UNDONE = "undone"
    REDONE = "redone"


class TimePrecision(StrEnum):
    """How precise the times of a transcript's segments are; kept in its options."""

    EXACT = "exact"  # each segment has its own
    TURNS = "turns"  # the start of each turn is known; inside it they are spread by words
    ESTIMATED = "estimated"  # spread by words over the whole: never shown, nor used to play
