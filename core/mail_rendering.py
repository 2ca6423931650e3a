"""Render a mail from one text template; the HTML part is made from the text, so that both say the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import render_template

from core.installation import Sender, build_installation_sender
from core.mail import Mail
from core.settings import current_settings

ACTION_START = "To "
MAX_BUTTON_CHARACTERS = 60
DEFAULT_BUTTON_TEXT = "Open the page"
SIGNATURE_LINE = "-- "
URL_LINE = re.compile(r"https?://\S+")


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    LINK = "link"  # each line is an address of ours
    LIST = "list"


@dataclass(frozen=True, slots=True)
class TextBlock:
    kind: BlockKind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Button:
    index: int  # of its block
    text: str


def render_mail(template: str, *, recipient: str, subject: str, sender: Sender | None = None, **values: Any) -> Mail:
    return build_mail_from_text(
        render_template(f"email/{template}.txt", **values), recipient=recipient, subject=subject, sender=sender
    )


def build_mail_from_text(text: str, *, recipient: str, subject: str, sender: Sender | None = None) -> Mail:
    """`sender`: None, if it is the installation itself and no call's organisation."""
    sender = sender or build_installation_sender()
    text = text.strip() + "\n"
    blocks = lay_out_text(text)
    html = render_template(
        "email/layout.html", subject=subject, blocks=blocks, button=find_button(blocks), sender=sender
    )
    return Mail(
        recipient=recipient, subject=subject, text=text + _sign(sender), html=html, sender_name=sender.name or None
    )


def find_button(blocks: Sequence[TextBlock]) -> Button | None:
    """The first of our addresses, with the words before it: “To move your interview:” is a button to do so."""
    index = next((n for n, block in enumerate(blocks) if block.kind is BlockKind.LINK), None)
    if index is None:
        return None
    before = blocks[index - 1].lines[-1] if index else ""
    is_short = before.startswith(ACTION_START) and before.endswith(":") and len(before) <= MAX_BUTTON_CHARACTERS
    action = before.removeprefix(ACTION_START).removesuffix(":")
    return Button(index, action[:1].upper() + action[1:] if is_short else DEFAULT_BUTTON_TEXT)


def _sign(sender: Sender) -> str:
    """Below the line that mail programs know as the start of a signature (RFC 3676 §4.3)."""
    return "\n".join(("", SIGNATURE_LINE, sender.name, *sender.contact_lines)) + "\n"


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
