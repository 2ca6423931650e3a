"""Placeholders in braces for the values that differ from email to email. Pure text replacement; no code is run."""

import re
from collections.abc import Collection, Mapping

from core.errors import RuleError

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
OWN_LINE_PLACEHOLDERS = frozenset({"own_page", "move", "cancel", "place"})  # so that no full stop follows a link
PLACEHOLDER_MEANINGS = {
    "when": "the day, the time and the time zone",
    "place": "how or where you will meet, with the link or the address (on a line of its own)",
    "interviewer": "the interviewer's name",
    "reference": "the person's reference",
    "reason": "the reason, if one was given",
    "call": "the title of the call (not in a subject)",
    "own_page": "the link to “Your page” (on a line of its own)",
    "move": "the link to move the interview (on a line of its own)",
    "cancel": "the link to cancel the interview or give up the place (on a line of its own)",
}


class WordingError(RuleError): ...


def find_placeholders(text: str) -> list[str]:
    return [match[1].strip() for match in PLACEHOLDER.finditer(text)]


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Braces in a value stay as they are. Paragraphs that become empty are removed."""
    filled = PLACEHOLDER.sub(lambda match: values.get(match[1].strip(), match[0]), text)
    return BLANK_LINES.sub("\n\n", filled).strip() + "\n"


def check_placeholders(text: str, *, known: Collection[str], required: Collection[str] = ()) -> None:
    names = find_placeholders(text)
    if unknown := [name for name in names if name not in known]:
        available = ", ".join(f"{{{name}}}" for name in known) or "none"
        raise WordingError(f"“{{{unknown[0]}}}” is not a placeholder. You can use: {available}.")
    if missing := [name for name in required if name not in names]:
        raise WordingError(f"“{{{missing[0]}}}” is missing: {PLACEHOLDER_MEANINGS[missing[0]]}.")
    for line in text.splitlines():
        crowded = [
            name
            for name in find_placeholders(line)
            if name in OWN_LINE_PLACEHOLDERS and PLACEHOLDER.fullmatch(line.strip()) is None
        ]
        if crowded:
            raise WordingError(f"Put “{{{crowded[0]}}}” on a line of its own, with nothing else on it.")
    if PLACEHOLDER.sub("", text).count("{") or PLACEHOLDER.sub("", text).count("}"):
        raise WordingError("You can only use “{” and “}” around a placeholder.")
