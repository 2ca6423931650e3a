"""Which texts can be the name of a speaker, judged by their shape alone."""

import re
from enum import IntEnum
from functools import lru_cache

from transcripts.importing.name_words import (
    DEVICE,
    FUNCTION_WORDS,
    NEVER_FIRST,
    NOT_SPEAKERS,
    PARTICLES,
    ROLE,
)

MAX_NAME_LENGTH = 120
MAX_NAME_WORDS = 10  # outside brackets
MAX_LOWER_CASE_WORDS = 3
MIN_ID_DIGITS = 3
MIN_PHONE_DIGITS = 7
BRACKETS = re.compile(r"\s*(?:\([^()]*\)|（[^（）]*）|\[[^\[\]]*\]|<[^<>\s]{3,80}@[^<>\s]{2,80}>)")
PRONOUNS = re.compile(r"\s*\b(?:[a-z]{1,5}/){1,3}[a-z]{1,6}\b", re.IGNORECASE)  # “she/her”
NICKNAME = re.compile(r"(?<=\s)[\"“”'‘’«»][^\"“”«»]{1,30}[\"“”'‘’«»](?=\s)")
NOT_A_NAME = re.compile(r"[?!;:：\"“”<>{}\[\]=\\\t…]|//|https?|\.\.|[.,](?=\s+[a-z]\w*\s+[a-z])|\w{5,}\.(?:\s|$)")
EMAIL = re.compile(r"[^\s@<>:]{1,80}@[^\s@<>:]{1,80}\.[a-z]{2,20}", re.IGNORECASE)
PHONE = re.compile(r"\+?[\d*][\d*\s().\-–xX•]{5,30}")
PARTICIPANT_ID = re.compile(r"[^\W\d]{1,12}[ \-_#.]?\d{1,8}(?:[-_]?\w{1,4}){0,2}|#\d{1,8}")
DATE_LIKE = re.compile(r"\d{4}-\d\d-\d\d")
LETTER = re.compile(r"[^\W\d_]")


class NameShape(IntEnum):
    IMPOSSIBLE = 0
    UNLIKELY = 1  # a number of one digit, some words in lower case, or a word that heads a field
    POSSIBLE = 2  # one word
    LIKELY = 3  # a full name, a role, an id, an email address, a telephone number


def classify_name(text: str) -> NameShape:
    return _classify(text.strip()) if len(text) <= MAX_NAME_LENGTH else NameShape.IMPOSSIBLE


@lru_cache(maxsize=65_536)
def _classify(name: str) -> NameShape:
    if not name:
        return NameShape.IMPOSSIBLE
    if EMAIL.fullmatch(name) or is_phone_number(BRACKETS.sub("", name)):
        return NameShape.LIKELY
    if name.isdigit():
        return NameShape.POSSIBLE if len(name) >= MIN_ID_DIGITS else NameShape.UNLIKELY
    return _classify_words(_strip_extras(name))


def is_name_like(text: str) -> bool:
    return classify_name(text) >= NameShape.POSSIBLE


def is_likely_name(text: str) -> bool:
    return classify_name(text) is NameShape.LIKELY


def is_phone_number(text: str) -> bool:
    return PHONE.fullmatch(text) is not None and sum(c.isdigit() or c == "*" for c in text) >= MIN_PHONE_DIGITS


def unwrap_name(line: str) -> str:
    bare = line.strip().rstrip(":：")
    return bare[1:-1].strip() if bare[:1] + bare[-1:] in {"[]", "()", "<>"} else bare


def is_field_or_filler(text: str) -> bool:
    """“Date”, “Monday”, “Second”, “Well”: a speaker only if a person says so."""
    return text.lower() in NOT_SPEAKERS


def _strip_extras(name: str) -> str:
    bare = NICKNAME.sub("", BRACKETS.sub("", name))
    return " ".join(PRONOUNS.sub("", bare).split()).strip(" -–—|,/")


def _classify_words(bare: str) -> NameShape:
    words = bare.split()
    if not words or len(words) > MAX_NAME_WORDS or NOT_A_NAME.search(bare) or not LETTER.search(bare):
        return NameShape.IMPOSSIBLE
    if is_field_or_filler(bare) or DATE_LIKE.search(bare):
        return NameShape.UNLIKELY
    if ROLE.fullmatch(bare) or DEVICE.search(bare) or PARTICIPANT_ID.fullmatch(bare):
        return NameShape.LIKELY
    if len(words) == 1:
        return _classify_word(bare)
    return NameShape.IMPOSSIBLE if words[0].lower() in NEVER_FIRST else _classify_phrase(words)


def _classify_word(word: str) -> NameShape:
    if word[-1] in ".,":
        return NameShape.UNLIKELY
    return NameShape.UNLIKELY if word[0].islower() and len(word) > 1 else NameShape.POSSIBLE


def _classify_phrase(words: list[str]) -> NameShape:
    lower = [word for word in words if word[0].islower() and word.lower() not in PARTICLES]
    if not lower:
        return NameShape.LIKELY if _count_capitals(words) else NameShape.UNLIKELY
    if len(words) > MAX_LOWER_CASE_WORDS or any(word.strip(".,'’") in FUNCTION_WORDS for word in lower):
        return NameShape.IMPOSSIBLE
    return NameShape.UNLIKELY


def _count_capitals(words: list[str]) -> int:
    return sum(word[0].isupper() or word[0].lower() == word[0].upper() for word in words if LETTER.search(word))
