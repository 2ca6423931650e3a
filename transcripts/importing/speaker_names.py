"""Tell the name of whoever speaks from what is said. A name is found by its place, and by coming again in the file."""

import re
from collections import Counter
from collections.abc import Iterable

MAX_NAME_LENGTH = 60
MAX_NAME_WORDS = 6
USUAL_SHARE = 0.5  # of the lines begin with a name: then one that comes once is a name too
MIN_OCCURRENCES = 2
NAME_PREFIX = re.compile(
    rf"\s*(?:[-–—•*]\s+)?(?P<name>[^\s:：][^:：\n]{{0,{MAX_NAME_LENGTH - 1}}}?)\s*[:：](?:\s+|$)(?P<said>.*)", re.DOTALL
)
NOT_A_NAME = re.compile(r"[?!;\"“”<>{}\[\]=/\\]|[.,](?=\s*[a-z])|\d{3}|https?", re.ASCII)
LETTER = re.compile(r"[^\W\d_]")
NAME_SUFFIX = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")  # “(Guest)”, “(NHS Trust)”
SYSTEM_LINE = re.compile(
    r"transcribed by https?://\S+|.{0,80}(?<!\w)(?:started|stopped) transcription(?: and recording)?\.?"
    r"|(?:end of )?transcript(?:ion)?(?: (?:started|stopped|ended|begins|ends))?:?|.{0,80}\blast updated\b.{0,80}",
    re.IGNORECASE,
)


def is_name_like(text: str) -> bool:
    """Whether it could stand before a colon or a time as the name of whoever speaks."""
    bare = NAME_SUFFIX.sub("", text.strip())
    if not bare or len(text) > MAX_NAME_LENGTH or len(bare.split()) > MAX_NAME_WORDS or NOT_A_NAME.search(bare):
        return False
    return LETTER.search(bare) is not None and (
        bare[0].isupper() or bare[0].isdigit() or not _has_case(bare) or _is_short(bare)
    )


def split_name(text: str) -> tuple[str, str] | None:
    """The name before a colon, and what is said after it; None where there is none."""
    found = NAME_PREFIX.fullmatch(text)
    if found is None or not is_name_like(found["name"]):
        return None
    return found["name"].strip(), found["said"].strip()


def find_names_before_colons(lines: Iterable[str]) -> frozenset[str]:
    """Of all lines of a file: what comes often before a colon, or all of it where most lines have a name."""
    count, found = 0, Counter[str]()
    for line in lines:
        count += 1
        prefix = split_name(line)
        if prefix is not None:
            found[prefix[0]] += 1
    is_usual = found.total() >= USUAL_SHARE * count
    return frozenset(name for name, number in found.items() if is_usual or number >= MIN_OCCURRENCES)


def strip_name(text: str, names: frozenset[str]) -> tuple[str | None, str]:
    """The name, if it is one of these, and the text without it."""
    prefix = split_name(text)
    return prefix if prefix is not None and prefix[0] in names else (None, text.strip())


def is_system_line(text: str) -> bool:
    """What the tool writes about itself; it holds names, and nobody said it."""
    return SYSTEM_LINE.fullmatch(text.strip()) is not None


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()


def _is_short(text: str) -> bool:
    """ "amy's iphone", "speaker 1"."""
    return len(text.split()) <= 2
