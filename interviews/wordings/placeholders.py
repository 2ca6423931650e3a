"""Words in braces that stand for what differs from mail to mail. Pure: plain replacement, nothing is carried out."""

import re
from collections.abc import Collection, Mapping

from core.errors import RuleError

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
OWN_LINE_PLACEHOLDERS = frozenset(
    {"own_page", "move", "cancel", "place"}
)  # a link has its line to itself, so no full stop joins it
PLACEHOLDER_MEANINGS = {
    "when": "the day, the time and whose clocks show it",
    "place": "how or where you meet, with the link or the address (on a line of its own)",
    "interviewer": "the interviewer's name",
    "reference": "the person's reference",
    "reason": "the reason, if one was given",
    "call": "the title of the call (not in a subject)",
    "own_page": "the link to the person's own page (on a line of its own)",
    "move": "the link to move the interview (on a line of its own)",
    "cancel": "the link to cancel, or to give up the place (on a line of its own)",
}


class WordingError(RuleError):
    """A wording cannot be used; the text says why."""


def find_placeholders(text: str) -> list[str]:
    """What stands in braces, in order."""
    return [match[1].strip() for match in PLACEHOLDER.finditer(text)]


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Each placeholder replaced once: braces in a value stay what they are. Paragraphs that become empty go."""
    done = PLACEHOLDER.sub(lambda match: values.get(match[1].strip(), match[0]), text)
    return BLANK_LINES.sub("\n\n", done).strip() + "\n"


def check_placeholders(text: str, *, known: Collection[str], required: Collection[str] = ()) -> None:
    """Raises WordingError for what is unknown, missing, or not alone on its line."""
    named = find_placeholders(text)
    if unknown := [name for name in named if name not in known]:
        offered = ", ".join(f"{{{name}}}" for name in known) or "none"
        raise WordingError(f"“{{{unknown[0]}}}” is not known here. You can use: {offered}.")
    if missing := [name for name in required if name not in named]:
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
        raise WordingError("A brace stands alone: “{” and “}” only stand around a placeholder.")
