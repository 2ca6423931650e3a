"""Words that names and texts do without, since a plain one or the field's own term is there. See CONTRIBUTING.md."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from tests.support.source_files import PACKAGES, list_python_files, parse, relative_path
from tests.support.written_texts import Written, list_comments, list_names, list_sentences, split_name

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
FIELDS_CALLED_PLACE = {  # names of form fields and of parts of an address, which links and saved pages have
    "interviews/forms/bookings.py",
    "interviews/forms/group_sessions.py",
    "interviews/forms/slots.py",
    "interviews/views/availability/slots.py",
    "interviews/views/availability/weekly_hours.py",
    "interviews/views/bookings/interview_changes.py",
    "interviews/views/group_sessions/sessions.py",
    "templates/interviews/availability/_meeting_fields.html",
    "templates/interviews/bookings/change_location.html",
    "templates/interviews/group_sessions/_session_fields.html",
    "tests/integration/interviews/availability/test_slots.py",
    "tests/integration/interviews/availability/test_weekly_hours_pages.py",
    "evidence/forms.py",
    "review/reading/filters.py",
    "templates/review/reading/_filters.html",
    "tests/unit/review/test_reading_filters.py",
    "tests/integration/interviews/targets/test_target_progress.py",
    "tests/integration/review/reading/test_reading.py",
    "static/question-ribbon.js",
    "transcripts/forms/uploads.py",
    "tests/integration/transcripts/uploads/test_upload_details.py",
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
    r"\b(?:what|that) came of\b": "the result of",
    r"\bto be had\b": "available",
    r"\bof theirs\b": "their",
    r"\bon (?:their|its|his|her|your|our) clocks?\b": "in their time zone",
    r"\bgives? way\b": "makes room, is replaced",
    r"\b(?<!answer )in words\b": "with a message",
    r"\bheld\b": "completed, takes place, locked, kept",
}
BANNED_IN_MESSAGES = {
    r"\bmails?\b(?! servers?\b)": "email",
    r"\bmailed\b": "emailed",
    r"\bbring in\b|\bbrought in\b": "import",
    r"\btake back\b|\btaken back\b": "withdraw, undo",
}
ALLOWED_PHRASES = re.compile(
    r"held[- ]out"  # the field's own term: what a fit has not seen
    r"|you told us|we (?:have )?told|told apart",  # as people say it
    re.IGNORECASE,
)
STORED_TEXTS = re.compile(  # stored: actions in the audit log; file names
    r"(?:mail (?:sent again|not delivered)|mail to many \w+|(?:outcome|feed|wording|marker) taken back"
    r"|attachment; filename=\"mail-)"
)
LISTS_OF_WORDS = {"transcripts/importing/name_words.py": "words of transcripts, which are looked for"}
LONE_PARTICIPLE = re.compile(
    r"given|held|told|found|kept|taken|made|sent|said|heard|known|seen|done|shown|chosen|begun|left|gone"
    r"|[a-z]{2,}(?:ed|ing)"
)
PARTICIPLES_WITH_A_REASON = {
    "committing": "a context manager, read as a verb: with committing(…)",
    "need": "a noun",
    "feed": "a noun",
    "seed": "a verb",
    "setting": "a noun",
    "embed": "a verb",
}


@pytest.mark.parametrize("word", BANNED_IN_NAMES)
def test_no_name_has_a_word_with_a_plainer_one(word: str) -> None:
    names = [name for name in list_names() if name.text not in NAMES_WITH_A_REASON]

    assert [str(name) for name in names if word in split_name(name.text)] == [], f"Rather: {BANNED_IN_NAMES[word]}"


@pytest.mark.parametrize("word", BANNED_WHOLE_NAMES)
def test_no_name_is_a_word_of_many_meanings(word: str) -> None:
    names = [name for name in list_names() if name.where.rpartition(":")[0] not in FIELDS_CALLED_PLACE]

    same = [str(name) for name in names if name.text.strip("_").lower() == word]
    assert same == [], f"Rather: {BANNED_WHOLE_NAMES[word]}"


@pytest.mark.parametrize("pattern", BANNED_IN_TEXTS)
def test_comments_and_documents_are_in_plain_english(pattern: str) -> None:
    assert search(list_comments(), pattern) == [], f"Rather: {BANNED_IN_TEXTS[pattern]}"


@pytest.mark.parametrize("pattern", [*BANNED_IN_TEXTS, *BANNED_IN_MESSAGES])
def test_messages_and_pages_are_in_plain_english(pattern: str) -> None:
    better = (BANNED_IN_TEXTS | BANNED_IN_MESSAGES)[pattern]

    assert search(list_sentences(), pattern) == [], f"Rather: {better}"


def search(texts: Iterable[Written], pattern: str) -> list[str]:
    banned = re.compile(pattern, re.IGNORECASE)
    return [
        str(text)
        for text in texts
        if banned.search(remove_allowed_phrases(text.text))
        if not STORED_TEXTS.fullmatch(text.text) and text.where.rpartition(":")[0] not in LISTS_OF_WORDS
    ]


@cache
def remove_allowed_phrases(text: str) -> str:
    return ALLOWED_PHRASES.sub("", text)


def test_no_function_is_named_by_a_lone_participle() -> None:
    """Not in tests: there, a fixture is named after what it prepares."""
    lone = [
        f"{relative_path(path)}:{node.lineno} {node.name}"
        for path in list_python_files(*PACKAGES, "bench", "demo")
        for node in _list_functions(parse(path))
        if LONE_PARTICIPLE.fullmatch(node.name.strip("_")) and node.name not in PARTICIPLES_WITH_A_REASON
    ]

    assert lone == []


def _list_functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    """Of a module and of its classes; what a decorator makes inside itself has no name that anybody reads."""
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    for body in (module.body, *(node.body for node in classes)):
        yield from (node for node in body if isinstance(node, ast.FunctionDef))
