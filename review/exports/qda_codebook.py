"""The codebook of a call in REFI-QDA: questions as top-level codes, then themes. Also alone, as a QDC file. Pure."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from lxml import etree

from review.exports.exported_call import ExportedCall, ExportedQuestion, name_code

CODEBOOK_NAMESPACE = "urn:QDA-XML:codebook:1.0"
NAMESPACES: dict[Any, str] = {None: CODEBOOK_NAMESPACE}  # written without a prefix
ORIGIN = "Listening Post"
QUESTION_COLOURS = ("#1d70b8", "#00703c", "#d4351c", "#4c2c92", "#f47738", "#28a197", "#912b88", "#85994b")
MAX_NAME = 200


def add_codes(parent: Any, call: ExportedCall) -> Mapping[str, UUID]:
    """The ids of the codes by their key. `parent`: an element whose namespace they take."""
    codes = _add(parent, "Codes")
    names = _name_questions(call)
    ids: dict[str, UUID] = {}
    for number, item in enumerate(call.questions):
        ids[item.key] = uuid5(call.id, f"question {item.key}")
        colour = QUESTION_COLOURS[number % len(QUESTION_COLOURS)]
        code = _add(codes, "Code", guid=str(ids[item.key]), name=names[item.key], isCodable="true", color=colour)
        _add(code, "Description").text = _describe(item)
    elements: dict[UUID, Any] = {}
    for theme in call.themes:
        parent = elements.get(theme.parent_id, codes) if theme.parent_id else codes
        ids[name_code(theme.id)] = theme_id = uuid5(call.id, f"theme {theme.id}")
        elements[theme.id] = _add(
            parent, "Code", guid=str(theme_id), name=theme.name, isCodable="true", color=theme.colour
        )
        if theme.description:
            _add(elements[theme.id], "Description").text = theme.description
    return ids


def write_qdc(call: ExportedCall, target: Path) -> None:
    root = etree.Element(f"{{{CODEBOOK_NAMESPACE}}}CodeBook", nsmap=NAMESPACES, origin=ORIGIN)
    add_codes(root, call)
    target.write_bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _name_questions(call: ExportedCall) -> dict[str, str]:
    """QDA programs need each name once."""
    prompts = {item.key: " ".join(item.prompt.split())[:MAX_NAME] for item in call.questions}
    counts = Counter(prompts.values())
    return {key: f"{prompt} ({key})" if counts[prompt] > 1 else prompt for key, prompt in prompts.items()}


def _describe(item: ExportedQuestion) -> str:
    no_longer = "" if item.is_asked_now else "No longer asked."
    return "\n".join(filter(None, (f"Question “{item.key}”", item.section.title, *item.question.details, no_longer)))


def _add(parent: Any, tag: str, /, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}", attributes)
