"""Tell the name of whoever speaks from what is said. A name is found by its place, and by coming again in the file."""

import re
from collections import Counter
from collections.abc import Iterable

MOST_LETTERS = 60
MOST_WORDS = 6
MOSTLY = 0.5  # of the lines begin with a name: then one that comes once is a name too
OFTEN = 2
PREFIX = re.compile(
    rf"\s*(?:[-–—•*]\s+)?(?P<name>[^\s:：][^:：\n]{{0,{MOST_LETTERS - 1}}}?)\s*[:：](?:\s+|$)(?P<said>.*)", re.DOTALL
)
NO_NAME = re.compile(r"[?!;\"“”<>{}\[\]=/\\]|[.,](?=\s*[a-z])|\d{3}|https?", re.ASCII)
LETTER = re.compile(r"[^\W\d_]")
ADDED = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")  # “(Guest)”, “(NHS Trust)”
SYSTEM_LINE = re.compile(
    r"transcribed by https?://\S+|.{0,80}(?<!\w)(?:started|stopped) transcription(?: and recording)?\.?"
    r"|(?:end of )?transcript(?:ion)?(?: (?:started|stopped|ended|begins|ends))?:?|.{0,80}\blast updated\b.{0,80}",
    re.IGNORECASE,
)


def is_like_a_name(words: str) -> bool:
    """Whether it could stand before a colon or a time as the name of whoever speaks."""
    bare = ADDED.sub("", words.strip())
    if not bare or len(words) > MOST_LETTERS or len(bare.split()) > MOST_WORDS or NO_NAME.search(bare):
        return False
    return LETTER.search(bare) is not None and (
        bare[0].isupper() or bare[0].isdigit() or not _has_case(bare) or _is_short(bare)
    )


def split_prefix(text: str) -> tuple[str, str] | None:
    """The name before a colon, and what is said after it; None where there is none."""
    found = PREFIX.fullmatch(text)
    if found is None or not is_like_a_name(found["name"]):
        return None
    return found["name"].strip(), found["said"].strip()


def names_before_colons(lines: Iterable[str]) -> frozenset[str]:
    """Of all lines of a file: what comes often before a colon, or all of it where most lines have a name."""
    count, found = 0, Counter[str]()
    for line in lines:
        count += 1
        prefix = split_prefix(line)
        if prefix is not None:
            found[prefix[0]] += 1
    is_usual = found.total() >= MOSTLY * count
    return frozenset(name for name, number in found.items() if is_usual or number >= OFTEN)


def without_name(text: str, names: frozenset[str]) -> tuple[str | None, str]:
    """The name, if it is one of these, and the text without it."""
    prefix = split_prefix(text)
    return prefix if prefix is not None and prefix[0] in names else (None, text.strip())


def is_system_line(text: str) -> bool:
    """What the tool writes about itself; it holds names, and nobody said it."""
    return SYSTEM_LINE.fullmatch(text.strip()) is not None


def _has_case(words: str) -> bool:
    return words.lower() != words.upper()


def _is_short(words: str) -> bool:
    """ "amy's iphone", "speaker 1"."""
    return len(words.split()) <= 2
