"""Lines that tools and transcribers write above and below a transcript, which nobody said."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from transcripts.importing.clock_times import CLOCK_PATTERN
from transcripts.importing.corrections import Corrections
from transcripts.importing.name_words import FIELD_PHRASES, FIELDS, ROLE
from transcripts.importing.speaker_labels import Label, parse_label
from transcripts.importing.speaker_names import is_likely_name, is_name_like
from transcripts.importing.text_lines import TextLine

MAX_FIELD_WORDS = 12
MAX_FIELD_LINES = 30
MAX_HEADING_WORDS = 40  # above the first turn; more than that is no heading, and is kept
EDGE_LINES = 6
TOOL_NOTE = re.compile(
    rf"transcribed (?:by|with) \S.{{0,80}}|(?:transcription|meeting|recording) ended after {CLOCK_PATTERN}\W*"
    r"|this editable transcript was computer generated.*|(?:end of )?transcript(?:ion)?(?: (?:started|stopped|ended"
    r"|begins|ends))?\W*|detect(?:ing|ed) language\b.*|.{0,60}\bmight contain errors\b.*",
    re.IGNORECASE,
)
TRANSCRIPTION_NOTE = re.compile(r"(?P<name>.{1,120}?) (?:started|stopped) transcription(?: and recording)?\.?")
MAX_SUMMARY_LINES = 400
TRANSCRIPT_HEADING = re.compile(r"\W*(?:full |meeting )?transcript\W*", re.IGNORECASE)
SUMMARY_HEADING = re.compile(
    r"\W*(?:(?:ai[- ]?(?:generated )?)?(?:meeting )?(?:summary|notes|overview|outline|recap|highlights|chapters)"
    r"|summary keywords|keywords|details|(?:suggested )?next steps|action items|key (?:points|takeaways|topics)"
    r"|follow[- ]ups?|decisions)\W*",
    re.IGNORECASE,
)


def find_tool_lines(lines: Sequence[TextLine], corrections: Corrections) -> set[int]:
    start = _find_end_of_summary(lines)
    rest = lines[start:]
    below = set(_iter_notes(rest)) | _find_fields_above(rest)
    kept = [number for number in range(len(rest)) if number not in below]
    below |= {kept[number] for number in _find_fields_below([rest[number] for number in kept])}
    found = set(range(start)) | {start + number for number in below}
    return {number for number in found if lines[number].text not in corrections.restored}


def is_heading(lines: Sequence[str]) -> bool:
    words = sum(len(line.split()) for line in lines)
    return words <= MAX_HEADING_WORDS or any(SUMMARY_HEADING.fullmatch(line) for line in lines)


def _find_end_of_summary(lines: Sequence[TextLine]) -> int:
    has_summary, end = False, 0
    for number, line in enumerate(lines[:MAX_SUMMARY_LINES]):
        has_summary = has_summary or SUMMARY_HEADING.fullmatch(line.text) is not None
        if has_summary and TRANSCRIPT_HEADING.fullmatch(line.text):
            end = number + 1
    return end


def _iter_notes(lines: Sequence[TextLine]) -> Iterator[int]:
    first_below = _find_first_note_below(lines)
    for number, line in enumerate(lines):
        is_edge = number < EDGE_LINES or number >= first_below
        note = TRANSCRIPTION_NOTE.fullmatch(line.text)
        if (
            (note and (is_likely_name(note["name"]) or (is_edge and is_name_like(note["name"]))))
            or number >= first_below
            or (number == 0 and TOOL_NOTE.fullmatch(line.text))
        ):
            yield number


def _find_first_note_below(lines: Sequence[TextLine]) -> int:
    number = len(lines)
    while number > max(len(lines) - EDGE_LINES, 0) and TOOL_NOTE.fullmatch(lines[number - 1].text):
        number -= 1
    return number


def _find_fields_above(lines: Sequence[TextLine]) -> set[int]:
    labels = [parse_label(line.text) for line in lines]
    counts = Counter(label.name for label in labels if label)
    last, has_field = -1, False
    for number, label in enumerate(labels[:MAX_FIELD_LINES]):
        if label is not None and not _is_field_above(label, counts):
            break
        if label is not None and (_is_field(label.name) or _names_person(label) or _ends_block(lines, number)):
            last, has_field = number, has_field or _is_field(label.name)
    return set(range(last + 1)) if has_field else set()


def _find_fields_below(lines: Sequence[TextLine]) -> set[int]:
    labels = [parse_label(line.text) for line in lines[-MAX_FIELD_LINES:]]
    counts = Counter(label.name for label in labels if label)
    first = len(lines)
    for label in reversed(labels):
        if label is None or counts[label.name] > 1 or not (_is_field(label.name) or _names_person(label)):
            break
        first -= 1
    block = [label for label in labels[len(labels) - (len(lines) - first) :] if label]
    is_block = any(_is_field(label.name) for label in block) and lines[first].is_after_blank and first > 0
    return set(range(first, len(lines))) if is_block else set()


def _is_field_above(label: Label, counts: Counter[str]) -> bool:
    if _is_field(label.name) or _names_person(label):
        return True
    is_short = len(label.said.split()) <= MAX_FIELD_WORDS and "?" not in label.said
    return counts[label.name] == 1 and is_short


def _ends_block(lines: Sequence[TextLine], number: int) -> bool:
    return number + 1 < len(lines) and lines[number + 1].is_after_blank


def _is_field(name: str) -> bool:
    return name.lower() in FIELDS or name.lower() in FIELD_PHRASES


def _names_person(label: Label) -> bool:
    return ROLE.fullmatch(label.name) is not None and is_likely_name(label.said)
