"""Parse the lines of iCalendar objects as they really arrive (RFC 5545 §3.1). Pure; no interpretation.

Stricter parsers refuse much of what calendars send: unquoted zone names with a colon, blanks around values, lines
broken by a mail server. This one skips what it cannot parse.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

PROPERTY_NAME = re.compile(r"([A-Za-z0-9-]+)[ \t]*(?=[:;])")
TRAILING_ADDRESS = re.compile(r":\s*mailto:[^:]*$", re.IGNORECASE)
TIME_PROPERTIES = frozenset({"DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID", "DTSTAMP", "FREEBUSY"})
COLON_BEFORE_TIME = re.compile(r":(?=\s*\"?\d{4}-?\d{2}-?\d{2}(?:\D|$))")
ADDRESS_PROPERTIES = frozenset({"ATTENDEE", "ORGANIZER"})
CARET_ESCAPES = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}  # RFC 6868
TEXT_ESCAPES = {"\\n": "\n", "\\N": "\n"}  # RFC 5545 §3.3.11; any other escaped character is itself


@dataclass(frozen=True, slots=True)
class ContentLine:
    name: str  # in capitals
    parameters: dict[str, str]  # names in capitals, values without quotes
    value: str  # as written, without blanks around it
    is_name_in_capitals: bool = True  # as written; lines of a text are not, such as "Status: cancelled"

    @property
    def text(self) -> str:
        """The value of a TEXT property, unescaped."""
        return re.sub(r"\\.", lambda match: TEXT_ESCAPES.get(match[0], match[0][1]), self.value, flags=re.DOTALL)


def parse_lines(text: str) -> Iterator[ContentLine]:
    """The content lines of an unfolded text, without what is none."""
    return (line for raw in text.split("\n") if (line := _parse_line(raw)) is not None)


def decode_calendar(content: bytes, *, charset: str = "") -> str:
    """Unfolded, with plain line breaks. Unfolds before decoding, because a fold may be inside a character."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"B\x00E\x00G\x00I\x00N" in content[:200]:
        content, charset = _decode_utf16(content).encode(), "utf-8"
    plain = content.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _decode(re.sub(rb"\n[ \t]", b"", plain), charset)


def _decode_utf16(content: bytes) -> str:
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    is_big = content.find(b"B\x00E") % 2 == 1
    return content.decode("utf-16" if has_mark else "utf-16-be" if is_big else "utf-16-le", "replace")


def _decode(content: bytes, charset: str) -> str:
    """UTF-8 if valid, whatever the email declares; then the declared charset, then Windows-1252."""
    is_stateful = charset.lower().startswith(("iso-2022", "hz", "utf-7"))
    for candidate in (charset, "utf-8-sig") if is_stateful else ("utf-8-sig", charset):
        try:
            return content.decode(candidate)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _parse_line(raw: str) -> ContentLine | None:
    name = PROPERTY_NAME.match(raw)
    if name is None:
        return None
    upper, rest = name[1].upper(), raw[name.end() :]
    if upper in ADDRESS_PROPERTIES:
        rest = _replace_backslash_quotes(rest)
    colon = _find_value_colon(upper, rest)
    if colon < 0:
        return None
    return ContentLine(upper, _parse_parameters(rest[:colon]), rest[colon + 1 :].strip(), upper == name[1])


def _replace_backslash_quotes(rest: str) -> str:
    """Some calendars write quotes in names as in a text. In a parameter a backslash is itself (RFC 5545 §3.2)."""
    without = rest.replace('\\"', "”")
    return without if without.count('"') % 2 == 0 else rest


def _find_value_colon(name: str, rest: str) -> int:
    """Names of zones and people may contain colons, quoted or not."""
    if name in TIME_PROPERTIES:
        before_time = COLON_BEFORE_TIME.search(rest)
        return before_time.start() if before_time else rest.rfind(":")
    if name in ADDRESS_PROPERTIES and (address := TRAILING_ADDRESS.search(rest)):
        return address.start()
    colons = _find_outside_quotes(rest, ":")
    return colons[0] if colons else rest.find(":")


def _parse_parameters(text: str) -> dict[str, str]:
    cuts = [*_find_outside_quotes(text, ";"), len(text)]
    pieces = [text[start + 1 : end] for start, end in pairwise(cuts)]
    pairs = [piece.partition("=") for piece in pieces]
    return {name.strip().upper(): _unescape_parameter(value) for name, _, value in pairs}


def _unescape_parameter(text: str) -> str:
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    elif bare.count('"') == 1:  # never closed
        bare = bare.replace('"', "").strip()
    return re.sub(r"\^.", lambda match: CARET_ESCAPES.get(match[0], match[0]), bare)


def _find_outside_quotes(text: str, separator: str) -> list[int]:
    positions, is_quoted = [], False
    for position, character in enumerate(text):
        if character == '"':
            is_quoted = not is_quoted
        elif character == separator and not is_quoted:
            positions.append(position)
    return positions
