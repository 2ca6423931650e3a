"""Render a mail from one text template; the HTML part is made from the text, so that both say the same."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import render_template

from core.mail import Mail
from core.settings import current_settings

URL_LINE = re.compile(r"https?://\S+")


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    LINK = "link"  # each line is an address of ours
    LIST = "list"


@dataclass(frozen=True, slots=True)
class TextBlock:
    kind: BlockKind
    lines: tuple[str, ...]


def render_mail(template: str, *, recipient: str, subject: str, **values: Any) -> Mail:
    return build_mail_from_text(
        render_template(f"email/{template}.txt", **values), recipient=recipient, subject=subject
    )


def build_mail_from_text(text: str, *, recipient: str, subject: str) -> Mail:
    text = text.strip() + "\n"
    html = render_template("email/layout.html", subject=subject, blocks=lay_out_text(text))
    return Mail(recipient=recipient, subject=subject, text=text, html=html)


def lay_out_text(text: str) -> list[TextBlock]:
    return split_into_blocks(text, current_settings().base_url)


def split_into_blocks(text: str, base_url: str) -> list[TextBlock]:
    """Only our own addresses become links: an answer may contain somebody else's."""
    return [_build_block(part.splitlines(), base_url) for part in re.split(r"\n\s*\n", text.strip())]


def _build_block(lines: list[str], base_url: str) -> TextBlock:
    if all(_is_own_url(line.strip(), base_url) for line in lines):
        return TextBlock(BlockKind.LINK, tuple(line.strip() for line in lines))
    if all(line.startswith("- ") for line in lines):
        return TextBlock(BlockKind.LIST, tuple(line[2:] for line in lines))
    return TextBlock(BlockKind.PARAGRAPH, tuple(lines))


def _is_own_url(line: str, base_url: str) -> bool:
    return URL_LINE.fullmatch(line) is not None and (line == base_url or line.startswith(f"{base_url}/"))
