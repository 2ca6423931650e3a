"""Words that names and texts do without, since a plain one or the field's own term is there. See CONTRIBUTING.md."""

import ast
import re
from collections.abc import Iterable

import pytest

from tests.support.source_files import PACKAGES, list_python_files, parse, relative_path
from tests.support.written_texts import Written, is_sentence, list_comments, list_messages, list_names, split_name

BANNED_IN_NAMES = {
    "stand": "is",
    "stands": "is",
    "stood": "was",
    "standing": "status, position",
    "whoever": "anyone who",
    "whomever": "anyone who",
    "anew": "again",
    "told": "notified, said",
    "telling": "progress",
    "reckon": "calculate",
    "reckons": "calculates",
    "reckoned": "calculated",
    "reckoning": "calculation",
    "mend": "fix",
    "mends": "fixes",
    "mended": "fixed",
    "deed": "action",
    "deeds": "actions",
    "lies": "is",
    "lays": "is",
    "held": "completed, locked, running",
    "honesty": "hallucinations",
    "pulse": "worker_health",
    "tidying": "cleanup",
    "sealing": "encryption",
    "voiding": "reminders",
    "redrawing": "boundary_edits",
    "undoing": "undo",
    "onward": "forward",
    "homeward": "backward",
    "unfolding": "slot_generation",
    "becoming": "state",
    "arriving": "streaming",
}
BANNED_WHOLE_NAMES = {
    "place": "location, seat, position, offset, storage",
    "places": "seats, positions, offsets",
    "own_place": "seat, position",
    "at_place": "location, position",
    "wanted": "query",
    "together": "track group",
    "apart": "diarisation",
}
NAMES_WITH_A_REASON = {
    "held_out": "the field's own term: what a fit has not seen",
    "HELD_OUT": "the same",
    "HeldOut": "the same",
    "_evaluate_held_out": "the same",
}
BANNED_IN_TEXTS = {
    r"\bst(?:and|ands|ood) (?:in|at|on|there|here|below|above|beside|with|after|before|under)\b": "is in, is there",
    r"\bno longer stands?\b|\bstands no (?:more|longer)\b": "was cancelled, no longer applies",
    r"\bwho(?:m)?ever\b": "anyone who, everyone who",
    r"\banew\b": "again",
    r"\btold\b": "notified, or what was said",
    r"\breckon(?:s|ed|ing)?\b": "calculate",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\bdeeds?\b": "action",
    r"\bworks? no more\b": "no longer works",
    r"\bby (?:the )?hand of\b": "by",
    r"\b(?:lies|lays)\b": "is",
    r"\bcomes? to\b(?! (?:an )?end)": "is, reaches, results in",
    r"\b(?:what|that) came of\b": "the result of",
    r"\bto be had\b": "available",
    r"\bof theirs\b": "their",
    r"\bon (?:their|its|his|her|your|our) clocks?\b": "in their time zone",
    r"\bgives? way\b": "makes room, is replaced",
    r"\bin words\b": "with a message",
    r"\bheld\b": "completed, takes place, locked, kept",
}
BANNED_IN_MESSAGES = {
    r"\bmails?\b": "email",
    r"\bmailed\b": "emailed",
    r"\bbring in\b|\bbrought in\b": "import",
    r"\btake back\b|\btaken back\b": "withdraw, undo",
}
ALLOWED_PHRASES = re.compile(r"held[- ]out", re.IGNORECASE)  # the field's own term: what a fit has not seen
LONE_PARTICIPLE = re.compile(
    r"given|held|told|found|kept|taken|made|sent|said|heard|known|seen|done|shown|chosen|begun|left|gone|put"
    r"|[a-z]{2,}(?:ed|ing)"
)
PARTICIPLES_WITH_A_REASON = {
    "committing": "a context manager, read as a verb: with committing(…)",
    "need": "a noun",
    "feed": "a noun",
    "seed": "a verb",
    "booking": "a noun; builders in tests are named after what they build",
    "recording": "the same",
    "setting": "the same",
    "embed": "a verb",
}


@pytest.mark.parametrize("word", BANNED_IN_NAMES)
def test_no_name_has_a_word_with_a_plainer_one(word: str) -> None:
    names = [name for name in list_names() if name.text not in NAMES_WITH_A_REASON]

    assert [str(name) for name in names if word in split_name(name.text)] == [], f"Rather: {BANNED_IN_NAMES[word]}"


@pytest.mark.parametrize("word", BANNED_WHOLE_NAMES)
def test_no_name_is_a_word_of_many_meanings(word: str) -> None:
    names = [str(name) for name in list_names() if name.text.strip("_").lower() == word]

    assert names == [], f"Rather: {BANNED_WHOLE_NAMES[word]}"


@pytest.mark.parametrize("pattern", BANNED_IN_TEXTS)
def test_comments_and_documents_are_in_plain_english(pattern: str) -> None:
    assert search(list_comments(), pattern) == [], f"Rather: {BANNED_IN_TEXTS[pattern]}"


@pytest.mark.parametrize("pattern", [*BANNED_IN_TEXTS, *BANNED_IN_MESSAGES])
def test_messages_and_pages_are_in_plain_english(pattern: str) -> None:
    better = (BANNED_IN_TEXTS | BANNED_IN_MESSAGES)[pattern]

    assert search((text for text in list_messages() if is_sentence(text.text)), pattern) == [], f"Rather: {better}"


def search(texts: Iterable[Written], pattern: str) -> list[str]:
    banned = re.compile(pattern, re.IGNORECASE)
    return [str(text) for text in texts if banned.search(ALLOWED_PHRASES.sub("", text.text))]


def test_no_function_is_named_by_a_lone_participle() -> None:
    lone = [
        f"{relative_path(path)}:{node.lineno} {node.name}"
        for path in list_python_files(*PACKAGES, "tests", "bench", "demo")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef) and LONE_PARTICIPLE.fullmatch(node.name.strip("_"))
        if node.name not in PARTICIPLES_WITH_A_REASON
    ]

    assert lone == []
