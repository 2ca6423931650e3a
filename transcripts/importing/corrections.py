"""What was not understood in a file, and what the person who imports it says about that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class DoubtfulLabel:
    """A text that may be the name of a speaker or part of what was said."""

    text: str
    count: int
    is_name: bool  # how it was read
    sample: str = ""  # what follows it

    @property
    def key(self) -> str:
        return make_key(self.text)


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """A line that nobody said, such as a heading or a note of the tool."""

    text: str
    count: int = 1

    @property
    def key(self) -> str:
        return make_key(self.text)


@dataclass(frozen=True, slots=True)
class Corrections:
    names: frozenset[str] = frozenset()  # texts that are names of speakers
    speech: frozenset[str] = frozenset()  # texts that are not
    restored: frozenset[str] = frozenset()  # lines that were left out and are speech
    same_person: Mapping[str, str] = field(default_factory=dict)  # letter -> letter of the same person


def make_key(text: str) -> str:
    """Short and safe in the name of a form field."""
    return sha256(text.encode()).hexdigest()[:16]
