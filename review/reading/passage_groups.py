"""Group passages by the part of the interview they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from transcripts.models import Passage, Transcript


@dataclass(frozen=True, slots=True)
class PassageGroup:
    """Neighbouring passages of one transcript, in the order of the conversation."""

    transcript: Transcript
    passages: tuple[Passage, ...]


def group_by_transcript(passages: Iterable[Passage]) -> list[PassageGroup]:
    runs = groupby(passages, key=lambda passage: passage.transcript)
    return [PassageGroup(transcript, tuple(run)) for transcript, run in runs]
