"""What the texts of mail servers mean, where a report has no fields to read. Pure."""

import re

from core.text_cleaning import clean_text

MAX_CHARACTERS = 20_000
TO_HEADER = re.compile(r"^To:[ \t]*(.{1,500})", re.IGNORECASE | re.MULTILINE)
DELAY_PHRASES = re.compile(
    r"delayed|\(delay\)|\bdelay\b|warning|(?:will|to) (?:be )?(?:re)?tr(?:y|ied)|keep trying|not yet been delivered"
    r"|still being|temporar(?:y|ily)|has not been delivered yet|verzögert|retardé",
    re.IGNORECASE,
)
FAILURE_PHRASES = re.compile(
    r"fail(?:ed|ure)|undeliver|returned|returning|rejected|permanent|gave up|given up|giving up|not (?:be )?delivered"
    r"|could ?n[o']t be delivered|unable to deliver|wasn't able to deliver|unzustellbar",
    re.IGNORECASE,
)
START_OF_COPY = re.compile(
    r"^-{2,80}[^\n]{0,120}\b(?:below this line|copy|original|headers|returned|undeliverable)\b"
    r"|^(?:Return-Path|Received|From|Message-ID|DKIM-Signature|MIME-Version): ",
    re.IGNORECASE | re.MULTILINE,
)
ADDRESS = re.compile(r"[^\s<>@,;:\"()]{1,64}@[^\s<>@,;:\"()]{1,253}")


def is_final_by_words(subject: str, own_text: str) -> bool:
    """Whether the server gave up. The subject comes first, and what it says first: our own title may be behind it."""
    for text in (subject, own_text):
        delayed, failed = DELAY_PHRASES.search(text), FAILURE_PHRASES.search(text)
        if delayed or failed:
            return delayed is None or (failed is not None and failed.start() < delayed.start())
    return True


def cut_copy(text: str) -> str:
    """Without the copy of our email, in which any word may be."""
    start = START_OF_COPY.search(text)
    return text[: start.start() if start else MAX_CHARACTERS][:MAX_CHARACTERS]


def find_address(text: str) -> str:
    found = ADDRESS.search(text)
    return clean_text(found[0]).strip(".").lower() if found else ""


def find_copied_recipient(text: str) -> str:
    """To whom the copied email was addressed."""
    found = TO_HEADER.search(text)
    return find_address(found[1]) if found else ""
