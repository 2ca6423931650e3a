"""What a quote makes of somebody's words: omissions and changes in square brackets, everything else as it was. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from core.errors import RuleError

BRACKETED = re.compile(r"\[[^\[\]]*\]")
ELLIPSIS = "[…]"
DOTS = re.compile(r"\[\s*(?:\.\s*){2,}\]")
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
MAX_BRACKETS = 20
MAX_QUOTE_CHARACTERS = 5000


class HiddenChangeError(RuleError): ...


class TextChangeKind(StrEnum):
    SAME = "same"
    BRACKETED = "bracketed"  # by staff
    ADDED = "added"  # by the participant
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class TextChange:
    kind: TextChangeKind
    text: str


def check_edit(original: str, edited: str) -> str:
    """The edited text, tidied. Raises HiddenChangeError unless each change is in square brackets."""
    said, text = _tidy(original), _tidy(DOTS.sub(ELLIPSIS, edited))
    if not text:
        raise HiddenChangeError("The quote is empty.")
    if len(text) > MAX_QUOTE_CHARACTERS or len(BRACKETED.findall(text)) > MAX_BRACKETS:
        raise HiddenChangeError(f"Use at most {MAX_QUOTE_CHARACTERS} characters and {MAX_BRACKETS} square brackets.")
    if text == said:
        return text
    position = 0
    fragments = [part.strip() for part in BRACKETED.split(text)]
    for index, fragment in enumerate(fragments):
        is_first, is_last = index == 0, index == len(fragments) - 1
        position = _find_fragment(said, fragment, position, is_first=is_first, is_last=is_last)
    return text


def split_brackets(text: str) -> Iterator[TextChange]:
    position = 0
    for match in BRACKETED.finditer(text):
        if match.start() > position:
            yield TextChange(TextChangeKind.SAME, text[position : match.start()])
        yield TextChange(TextChangeKind.BRACKETED, match[0])
        position = match.end()
    if position < len(text):
        yield TextChange(TextChangeKind.SAME, text[position:])


def compare_texts(before: str, after: str) -> list[TextChange]:
    """Word by word: what the participant has changed. White space between two changes belongs to both."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    found: list[TextChange] = []
    removed = added = ""
    for op in Levenshtein.opcodes(old, new):
        left, right = "".join(old[op.src_start : op.src_end]), "".join(new[op.dest_start : op.dest_end])
        if op.tag == "equal" and (left.strip() or not (removed or added)):
            found += [*_list_change(removed, added), TextChange(TextChangeKind.SAME, left)]
            removed = added = ""
        else:
            removed, added = removed + left, added + right
    return [*found, *_list_change(removed, added)]


def _list_change(removed: str, added: str) -> list[TextChange]:
    both = (TextChange(TextChangeKind.REMOVED, removed), TextChange(TextChangeKind.ADDED, added))
    return [change for change in both if change.text]


def _find_fragment(said: str, fragment: str, position: int, *, is_first: bool, is_last: bool) -> int:
    """Where it ends. A text that begins or ends without a bracket has to begin or end as what was said."""
    if not fragment:
        return position
    if is_last and said.endswith(fragment) and len(said) - len(fragment) >= position:
        start = len(said) - len(fragment)
    else:
        start = -1 if is_last else _find_whole_words(said, fragment, position)
    is_anchored = start == 0 if is_first else start >= 0
    if not is_anchored or not _is_whole(said, start, start + len(fragment)):
        raise HiddenChangeError(
            f"“{_shorten(fragment)}” is not exactly what was said. Put what you change or add in [square brackets],"
            f" and {ELLIPSIS} where you leave something out, also at the beginning or end."
        )
    return start + len(fragment)


def _find_whole_words(said: str, fragment: str, position: int) -> int:
    start = said.find(fragment, position)
    while start >= 0 and not _is_whole(said, start, start + len(fragment)):
        start = said.find(fragment, start + 1)
    return start


def _is_whole(said: str, start: int, end: int) -> bool:
    cuts_start = start > 0 and said[start - 1].isalnum() and said[start].isalnum()
    cuts_end = end < len(said) and said[end - 1].isalnum() and said[end].isalnum()
    return not (cuts_start or cuts_end)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
