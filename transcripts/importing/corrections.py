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
    text: str

    @property
    def key(self) -> str:
        return make_key(self.text)


@dataclass(frozen=True, slots=True)
class Corrections:
    names: frozenset[str] = frozenset()  # texts that are names of speakers
    speech: frozenset[str] = frozenset()  # texts that are not
    restored: frozenset[str] = frozenset()  # lines that were left out although somebody said them
    same_person: Mapping[str, str] = field(default_factory=dict)  # a name -> another name of the same person

    def resolve(self, name: str | None) -> str | None:
        """The name that a speaker has after corrections; None if nobody of that name spoke."""
        seen: set[str] = set()
        while name is not None and name in self.same_person and name not in seen:
            seen.add(name)
            name = self.same_person[name]
        return None if name in self.speech else name


NO_CORRECTIONS = Corrections()


def make_key(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()[:16]
