"""Parse the lines of iCalendar objects as they really arrive in emails (RFC 5545 §3.1). Pure; no interpretation.

Stricter parsers refuse much of what calendars send: two objects in one part, unquoted zone names with a colon, lines
broken by a mail server. This one skips what it cannot parse.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

MAX_BYTES = 1024 * 1024  # a reply has one or two thousand
MAX_LINES = 5_000
MAX_DEPTH = 8  # VCALENDAR, VEVENT, VALARM are three
PROPERTY_NAME = re.compile(r"[A-Za-z0-9-]+")
TRAILING_ADDRESS = re.compile(r":\s*mailto:[^:]*$", re.IGNORECASE)
TIME_PROPERTIES = frozenset({"DTSTART", "DTEND", "RDATE", "RECURRENCE-ID", "DTSTAMP"})
CARET_ESCAPES = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}  # RFC 6868
TEXT_ESCAPES = {"\\n": "\n", "\\N": "\n"}  # RFC 5545 §3.3.11; any other escaped character is itself


@dataclass(frozen=True, slots=True)
class ContentLine:
    name: str  # in capitals
    parameters: dict[str, str]  # names in capitals, values without quotes
    value: str  # as written

    @property
    def text(self) -> str:
        """The value of a TEXT property, unescaped."""
        return re.sub(r"\\.", lambda match: TEXT_ESCAPES.get(match[0], match[0][1]), self.value, flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    lines: list[ContentLine] = field(default_factory=list)
    components: list["Component"] = field(default_factory=list)

    def list_lines(self, name: str) -> list[ContentLine]:
        return [line for line in self.lines if line.name == name]

    def find_line(self, name: str) -> ContentLine | None:
        return next((line for line in self.lines if line.name == name), None)

    def list_components(self, *names: str) -> list["Component"]:
        return [part for part in self.components if part.name in names]


def parse_calendars(content: bytes, *, charset: str = "") -> list[Component]:
    top = Component("")
    open_parts = [top]
    for raw in _unfold_lines(content[:MAX_BYTES], charset)[:MAX_LINES]:
        line = _parse_line(raw)
        if line is not None:
            _add_line(line, open_parts)
        if len(open_parts) > MAX_DEPTH:
            break
    return top.list_components("VCALENDAR")


def _add_line(line: ContentLine, open_parts: list[Component]) -> None:
    name = line.value.strip().upper()
    if line.name == "BEGIN":
        part = Component(name)
        outer = open_parts[0] if name == "VCALENDAR" else open_parts[-1]  # a truncated one ends where a new one begins
        if name == "VCALENDAR":
            del open_parts[1:]
        outer.components.append(part)
        open_parts.append(part)
    elif line.name == "END":
        positions = [position for position, part in enumerate(open_parts) if part.name == name and position]
        if positions:
            del open_parts[positions[-1] :]
    else:
        open_parts[-1].lines.append(line)


def _unfold_lines(content: bytes, charset: str) -> list[str]:
    """Unfolds before decoding, because a fold may be inside a character."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"B\x00E\x00G\x00I\x00N" in content[:200]:
        content, charset = _decode_utf16(content).encode(), "utf-8"
    plain = content.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _decode(re.sub(rb"\n[ \t]", b"", plain), charset).split("\n")


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
    if name is None or raw[name.end() : name.end() + 1] not in {":", ";"}:
        return None
    rest = raw[name.end() :]
    colon = _find_value_colon(name[0].upper(), rest)
    if colon < 0:
        return None
    return ContentLine(name[0].upper(), _parse_parameters(rest[:colon]), rest[colon + 1 :].strip())


def _find_value_colon(name: str, rest: str) -> int:
    """Names of zones and people may contain colons, quoted or not."""
    if name in TIME_PROPERTIES:
        return rest.rfind(":")
    if name in {"ATTENDEE", "ORGANIZER"} and (address := TRAILING_ADDRESS.search(rest)):
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
    return re.sub(r"\^.", lambda match: CARET_ESCAPES.get(match[0], match[0]), bare)


def _find_outside_quotes(text: str, separator: str) -> list[int]:
    positions, is_quoted = [], False
    for position, character in enumerate(text):
        if character == '"':
            is_quoted = not is_quoted
        elif character == separator and not is_quoted:
            positions.append(position)
    return positions
