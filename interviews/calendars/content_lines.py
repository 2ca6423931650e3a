"""Read the lines of an iCalendar object as it really comes in mails (RFC 5545 §3.1). Pure; not what they mean.

Stricter readers refuse much of what calendars send: two objects in one part, unquoted zone names with a colon, lines
broken by a mail server. Here what cannot be read is left out, and what is left decides.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

MOST_BYTES = 1024 * 1024  # a reply has one or two thousand
MOST_LINES = 5_000
DEEPEST = 8  # VCALENDAR, VEVENT, VALARM are three
NAME = re.compile(r"[A-Za-z0-9-]+")
ENDS_IN_ADDRESS = re.compile(r":\s*mailto:[^:]*$", re.IGNORECASE)
MOMENTS = frozenset({"DTSTART", "DTEND", "RDATE", "RECURRENCE-ID", "DTSTAMP"})
CARETS = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}  # RFC 6868
ESCAPES = {"\\n": "\n", "\\N": "\n"}  # RFC 5545 §3.3.11; whatever else is escaped stands for itself


@dataclass(frozen=True, slots=True)
class Line:
    name: str  # in capitals
    parameters: dict[str, str]  # names in capitals, values without quotes
    value: str  # as written

    @property
    def text(self) -> str:
        """The value of a TEXT property, unescaped."""
        return re.sub(r"\\.", lambda found: ESCAPES.get(found[0], found[0][1]), self.value, flags=re.DOTALL)


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def parts_named(self, *names: str) -> list["Component"]:
        return [part for part in self.parts if part.name in names]


def calendars_in(content: bytes, *, charset: str = "") -> list[Component]:
    """Every VCALENDAR of a part, in order; none when there is none or it is far too large."""
    top = Component("")
    open_parts = [top]
    for raw in _unfolded(content[:MOST_BYTES], charset)[:MOST_LINES]:
        line = _line(raw)
        if line is not None:
            _put(line, open_parts)
        if len(open_parts) > DEEPEST:
            break
    return top.parts_named("VCALENDAR")


def _put(line: Line, open_parts: list[Component]) -> None:
    """Add a line to the innermost component that is open; BEGIN opens one and END closes it."""
    name = line.value.strip().upper()
    if line.name == "BEGIN":
        part = Component(name)
        outer = open_parts[0] if name == "VCALENDAR" else open_parts[-1]  # one that was cut off ends where a new begins
        if name == "VCALENDAR":
            del open_parts[1:]
        outer.parts.append(part)
        open_parts.append(part)
    elif line.name == "END":
        places = [place for place, part in enumerate(open_parts) if part.name == name and place]
        if places:
            del open_parts[places[-1] :]
    else:
        open_parts[-1].lines.append(line)


def _unfolded(content: bytes, charset: str) -> list[str]:
    """Lines with their folding undone: before decoding, because a fold may stand inside a character."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"B\x00E\x00G\x00I\x00N" in content[:200]:
        content, charset = _from_two_bytes(content).encode(), "utf-8"
    plain = content.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _decoded(re.sub(rb"\n[ \t]", b"", plain), charset).split("\n")


def _from_two_bytes(content: bytes) -> str:
    """UTF-16, in which a line break is not one byte."""
    has_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    is_big = content.find(b"B\x00E") % 2 == 1
    return content.decode("utf-16" if has_mark else "utf-16-be" if is_big else "utf-16-le", "replace")


def _decoded(content: bytes, charset: str) -> str:
    """UTF-8 when it can be that, whatever the mail says; else what the mail says, else as old Windows wrote."""
    is_stateful = charset.lower().startswith(("iso-2022", "hz", "utf-7"))
    for wanted in (charset, "utf-8-sig") if is_stateful else ("utf-8-sig", charset):
        try:
            return content.decode(wanted)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _line(raw: str) -> Line | None:
    name = NAME.match(raw)
    if name is None or raw[name.end() : name.end() + 1] not in {":", ";"}:
        return None
    rest = raw[name.end() :]
    colon = _colon(name[0].upper(), rest)
    if colon < 0:
        return None
    return Line(name[0].upper(), _parameters(rest[:colon]), rest[colon + 1 :].strip())


def _colon(name: str, rest: str) -> int:
    """Where the parameters end. Zone names and people's names hold colons, with quotes around them or without."""
    if name in MOMENTS:
        return rest.rfind(":")
    if name in {"ATTENDEE", "ORGANIZER"} and (address := ENDS_IN_ADDRESS.search(rest)):
        return address.start()
    outside = _outside_quotes(rest, ":")
    return outside[0] if outside else rest.find(":")


def _parameters(text: str) -> dict[str, str]:
    cuts = [*_outside_quotes(text, ";"), len(text)]
    pieces = [text[start + 1 : end] for start, end in pairwise(cuts)]
    pairs = [piece.partition("=") for piece in pieces]
    return {name.strip().upper(): _parameter_value(value) for name, _, value in pairs}


def _parameter_value(text: str) -> str:
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    return re.sub(r"\^.", lambda found: CARETS.get(found[0], found[0]), bare)


def _outside_quotes(text: str, wanted: str) -> list[int]:
    places, is_quoted = [], False
    for place, character in enumerate(text):
        if character == '"':
            is_quoted = not is_quoted
        elif character == wanted and not is_quoted:
            places.append(place)
    return places
