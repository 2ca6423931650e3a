"""Write the words of a mail once, as text; the HTML part is laid out from it, so that both say the same."""

import re
from dataclasses import dataclass
from typing import Any

from flask import render_template

from core.mail import Mail

ADDRESS_LINE = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a link that stands alone on its line, or a list of lines."""

    kind: str  # "paragraph", "link", "list"
    lines: tuple[str, ...]


def compose(template: str, *, recipient: str, subject: str, **values: Any) -> Mail:
    """A mail from `templates/email/<template>.txt`."""
    return lay_out(render_template(f"email/{template}.txt", **values), recipient=recipient, subject=subject)


def lay_out(text: str, *, recipient: str, subject: str) -> Mail:
    """A mail of words that stand already; the HTML part says the same."""
    text = text.strip() + "\n"
    html = render_template("email/layout.html", subject=subject, blocks=blocks(text))
    return Mail(recipient=recipient, subject=subject, text=text, html=html)


def blocks(text: str) -> list[Block]:
    """Cut text at blank lines; a line that is an address and nothing else becomes a link."""
    return [_block(part.splitlines()) for part in re.split(r"\n\s*\n", text.strip())]


def _block(lines: list[str]) -> Block:
    if all(ADDRESS_LINE.fullmatch(line.strip()) for line in lines):
        return Block("link", tuple(line.strip() for line in lines))
    if all(line.startswith("- ") for line in lines):
        return Block("list", tuple(line[2:] for line in lines))
    return Block("paragraph", tuple(lines))
