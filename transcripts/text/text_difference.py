"""The readable difference of two texts, word by word. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein


class DifferenceKind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DifferencePart:
    kind: DifferenceKind
    text: str


def compare_texts(before: str, after: str) -> tuple[DifferencePart, ...]:
    old, new = before.split(), after.split()
    parts: list[DifferencePart] = []
    for code in Levenshtein.opcodes(old, new):
        removed, added = " ".join(old[code.src_start : code.src_end]), " ".join(new[code.dest_start : code.dest_end])
        if code.tag == "equal":
            parts.append(DifferencePart(DifferenceKind.SAME, added))
            continue
        parts.append(DifferencePart(DifferenceKind.REMOVED, removed))
        parts.append(DifferencePart(DifferenceKind.ADDED, added))
    return tuple(part for part in parts if part.text)
