"""Passages by the part of the interview that they were said in, with sound or without. Pure apart from its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from transcripts.models import Passage, Transcript


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """Neighbouring passages of one transcript, in the order of the conversation."""

    transcript: Transcript
    passages: tuple[Passage, ...]


def by_part(passages: Iterable[Passage]) -> list[SpokenPart]:
    """Keeps the order in which they come."""
    runs = groupby(passages, key=lambda passage: passage.transcript)
    return [SpokenPart(transcript, tuple(run)) for transcript, run in runs]
