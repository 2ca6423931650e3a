"""Write the words of a mail once, as text; the HTML part is laid out from it, so that both say the same."""

import re
from dataclasses import dataclass
from typing import Any

from flask import render_template

from core.mail import Mail

URL_LINE = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, a link that stands alone on its line, or a list of lines."""

    kind: str  # "paragraph", "link", "list"
    lines: tuple[str, ...]


def render_mail(template: str, *, recipient: str, subject: str, **values: Any) -> Mail:
    """A mail from `templates/email/<template>.txt`."""
    return build_mail_from_text(
        render_template(f"email/{template}.txt", **values), recipient=recipient, subject=subject
    )


def build_mail_from_text(text: str, *, recipient: str, subject: str) -> Mail:
    """A mail of words that stand already; the HTML part says the same."""
    text = text.strip() + "\n"
    html = render_template("email/layout.html", subject=subject, blocks=split_into_blocks(text))
    return Mail(recipient=recipient, subject=subject, text=text, html=html)


def split_into_blocks(text: str) -> list[TextBlock]:
    """Cut text at blank lines; a line that is an address and nothing else becomes a link."""
    return [_build_block(part.splitlines()) for part in re.split(r"\n\s*\n", text.strip())]


def _build_block(lines: list[str]) -> TextBlock:
    if all(URL_LINE.fullmatch(line.strip()) for line in lines):
        return TextBlock("link", tuple(line.strip() for line in lines))
    if all(line.startswith("- ") for line in lines):
        return TextBlock("list", tuple(line[2:] for line in lines))
    return TextBlock("paragraph", tuple(lines))
