"""Codebooks as files: QDC (REFI-QDA 1.0), which other tools for coding read and write, and CSV. Callers commit."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from lxml import etree

from core.errors import RuleError
from core.text_cleaning import clean_single_line, clean_text
from evidence.models import Call
from review.coding import codebook
from review.coding.codebook import ThemeDetails, ThemeLine, make_name_key
from review.models import Theme, ThemeAction, ThemeColour, ThemePattern

NAMESPACE = "urn:QDA-XML:codebook:1.0"
DEFAULT_NAMESPACE: dict[Any, str] = {None: NAMESPACE}
COLOURS = {
    ThemeColour.TEAL: "#17766C",
    ThemeColour.BLUE: "#2B6CB0",
    ThemeColour.PURPLE: "#7B4FA3",
    ThemeColour.PINK: "#B83280",
    ThemeColour.ORANGE: "#C05621",
    ThemeColour.YELLOW: "#B7791F",
    ThemeColour.GREEN: "#2F855A",
    ThemeColour.GREY: "#6B6B6B",
}
LABELS = {"when_to_use": "Use when: ", "when_not_to_use": "Do not use when: ", "example": "Example: "}
COLUMNS = ("name", "below", "definition", "when to use", "when not to use", "example", "colour", "pattern", "retired")
MAX_THEMES = 2000
MAX_NAME_CHARACTERS = 100
MAX_TEXT_CHARACTERS = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class CodebookFileError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ImportedTheme:
    details: ThemeDetails
    below: str = ""  # the name of its parent; empty: on the first level


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    added: int
    existing: int


def write_qdc(lines: Sequence[ThemeLine]) -> bytes:
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap=DEFAULT_NAMESPACE, origin="Listening Post")
    parents = [etree.SubElement(root, f"{{{NAMESPACE}}}Codes")]
    for line in lines:
        del parents[line.depth + 1 :]
        parents.append(_add_code(parents[-1], line.theme))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def write_csv(lines: Sequence[ThemeLine]) -> bytes:
    """For spreadsheets: a text that would be a formula there begins with an apostrophe."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    names = {line.id: line.theme.name for line in lines}
    for line in lines:
        theme = line.theme
        texts = (theme.definition, theme.when_to_use, theme.when_not_to_use, theme.example)
        below = names.get(theme.parent_id, "") if theme.parent_id else ""
        retired = "yes" if theme.retired_at else ""
        row = (theme.name, below, *texts, theme.colour.value, theme.pattern.value, retired)
        writer.writerow([_neutralise(text) for text in row])
    return target.getvalue().encode("utf-8-sig")


def import_codebook(call: Call, content: bytes, *, by: UUID) -> ImportOutcome:
    """Adds what is new. A theme whose name the call has already is left as it is."""
    if not content.strip():
        raise CodebookFileError("Select a file that is not empty.")
    is_xml = content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    themes = list(_read_qdc(content) if is_xml else _read_csv(content))
    if not themes or len(themes) > MAX_THEMES:
        raise CodebookFileError(f"The file has {len(themes)} themes. It needs at least 1 and at most {MAX_THEMES}.")
    known = {make_name_key(line.theme.name): line.theme for line in codebook.list_themes(call)}
    before = len(known)
    for theme in themes:
        key = make_name_key(theme.details.name)
        if key not in known:
            parent = known.get(make_name_key(theme.below)) if theme.below else None
            known[key] = codebook.create_theme(call, theme.details, parent, by=by, action=ThemeAction.IMPORTED)
    added = len(known) - before
    return ImportOutcome(added, len(themes) - added)


def describe_outcome(outcome: ImportOutcome) -> str:
    added = "1 theme was added." if outcome.added == 1 else f"{outcome.added} themes were added."
    return f"{added} {outcome.existing} were there already." if outcome.existing else added


def _add_code(parent: etree._Element, theme: Theme) -> etree._Element:
    code = etree.SubElement(parent, f"{{{NAMESPACE}}}Code", guid=str(theme.id), name=theme.name)
    code.set("isCodable", "false" if theme.retired_at else "true")
    code.set("color", COLOURS[theme.colour])
    description = _join_description(theme)
    if description:
        etree.SubElement(code, f"{{{NAMESPACE}}}Description").text = description
    return code


def _join_description(theme: Theme) -> str:
    labelled = [f"{label}{getattr(theme, name)}" for name, label in LABELS.items() if getattr(theme, name)]
    return "\n\n".join(filter(None, (theme.definition, *labelled)))


def _split_description(text: str) -> dict[str, str]:
    parts: dict[str, list[str]] = {"definition": []}
    current = "definition"
    for block in text.split("\n\n"):
        for name, label in LABELS.items():
            if block.startswith(label):
                current, block = name, block.removeprefix(label)  # noqa: PLW2901 its rest
        parts.setdefault(current, []).append(block)
    return {name: "\n\n".join(blocks)[:MAX_TEXT_CHARACTERS] for name, blocks in parts.items()}


def _read_qdc(content: bytes) -> Iterator[ImportedTheme]:
    """Whatever its namespace: tools write several. Entities and files named in it are not read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise CodebookFileError("This file is not a codebook: it cannot be read as XML.") from error
    codes = [one for one in root.iter() if _get_tag(one) == "Code"]
    names = _make_unused_names(codes)
    for code in codes:
        above = code.getparent()
        yield ImportedTheme(_read_code(code, names[code]), names.get(above, "") if above is not None else "")


def _make_unused_names(codes: Sequence[etree._Element]) -> dict[etree._Element, str]:
    """Other tools allow the same name below different codes: it then gets its parent's name too."""
    names: dict[etree._Element, str] = {}
    used: set[str] = set()
    for code in codes:
        name = clean_single_line(code.get("name"))[:MAX_NAME_CHARACTERS]
        above = code.getparent()
        if make_name_key(name) in used and above in names:
            name = f"{names[above]}: {name}"[:MAX_NAME_CHARACTERS]
        if not name:
            raise CodebookFileError("One of the codes in this file has no name.")
        used.add(make_name_key(name))
        names[code] = name
    return names


def _read_code(code: etree._Element, name: str) -> ThemeDetails:
    texts = ["".join(map(str, one.itertext())) for one in code if _get_tag(one) == "Description"]
    parts = _split_description(clean_text(texts[0]).strip() if texts else "")
    details = ThemeDetails(
        name,
        definition=parts["definition"],
        when_to_use=parts.get("when_to_use", ""),
        when_not_to_use=parts.get("when_not_to_use", ""),
        example=parts.get("example", ""),
    )
    return replace(details, colour=_find_nearest_colour(code.get("color") or ""))


def _find_nearest_colour(text: str) -> ThemeColour | None:
    try:
        value = int(text.removeprefix("#")[:6], 16)
    except ValueError:
        return None
    return min(COLOURS, key=lambda colour: _measure_distance(value, int(COLOURS[colour][1:], 16)))


def _measure_distance(one: int, other: int) -> int:
    return sum(((one >> shift & 255) - (other >> shift & 255)) ** 2 for shift in (0, 8, 16))


def _read_csv(content: bytes) -> Iterator[ImportedTheme]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookFileError("Save the file as CSV in UTF-8, or as QDC.") from error
    try:
        rows = list(csv.DictReader(io.StringIO(clean_text(text)), dialect=_find_dialect(text)))
    except csv.Error as error:
        raise CodebookFileError("This file cannot be read as CSV.") from error
    if not rows or "name" not in _normalise(rows[0]):
        raise CodebookFileError("The first row of the file needs a column called “name”.")
    for row in map(_normalise, rows):
        if row["name"] and not row.get("retired"):
            yield ImportedTheme(_read_row(row), clean_single_line(row.get("below")))


def _find_dialect(text: str) -> type[csv.Dialect]:
    first = text.partition("\n")[0]
    return _Semicolons if first.count(";") > first.count(",") else csv.excel


class _Semicolons(csv.excel):
    delimiter = ";"


def _normalise(row: Mapping[str | None, object]) -> dict[str, str]:
    return {(key or "").strip().lower(): _restore(value) for key, value in row.items() if isinstance(value, str)}


def _read_row(row: Mapping[str, str]) -> ThemeDetails:
    read: Callable[[str], str] = lambda column: row.get(column, "").strip()[:MAX_TEXT_CHARACTERS]  # noqa: E731 short
    return ThemeDetails(
        name=clean_single_line(row["name"])[:MAX_NAME_CHARACTERS],
        definition=read("definition"),
        when_to_use=read("when to use"),
        when_not_to_use=read("when not to use"),
        example=read("example"),
        colour=next((one for one in ThemeColour if one == read("colour").lower()), None),
        pattern=next((one for one in ThemePattern if one == read("pattern").lower()), None),
    )


def _neutralise(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _restore(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _get_tag(element: etree._Element) -> str:
    """Empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
