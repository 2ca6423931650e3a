"""Every page uses a layout, has a title and one first heading, and carries nothing inline."""

import re
from pathlib import Path

import pytest

from tests.support.source_files import TEMPLATES, list_templates, relative_path

PARTS = {"layouts", "components", "email"}
EXTENDS = re.compile(r"""{%-?\s*extends\s+["'](layouts/[a-z_]+\.html|[a-z_]+/[a-z_]+\.html)["']""")
PAGES = [path for path in list_templates() if path.relative_to(TEMPLATES).parts[0] not in PARTS and path.stem[0] != "_"]
INLINE = re.compile(r"""\s(style|on[a-z]+)=["']|javascript:|<style\b|<script(?![^>]*\bnonce=)""")
ELSEWHERE = re.compile(r"""(src|href|action)=["'](https?:)?//""")


def name(path: Path) -> str:
    return relative_path(path)


def test_there_are_pages_to_look_at() -> None:
    assert len(PAGES) > 20


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_uses_a_layout_and_has_a_title(page: Path) -> None:
    words = page.read_text()

    assert EXTENDS.search(words), "Start the name of a part of a page with _, or put it in components/."
    assert "block page_title" in words


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_has_one_first_heading(page: Path) -> None:
    headings = re.findall(r"<h1\b[^>]*>", page.read_text())

    branches = len(re.findall(r"{%-?\s*(else|elif)\b", page.read_text()))
    assert len(headings) <= 1 + branches
    assert headings or re.search(r"page_heading|isPageHeading|govukPanel\(", page.read_text())


@pytest.mark.parametrize("template", [path for path in list_templates() if "email" not in path.parts], ids=name)
def test_a_template_carries_nothing_inline_and_nothing_from_elsewhere(template: Path) -> None:
    words = re.sub(r"{#.*?#}", "", template.read_text(), flags=re.DOTALL)

    assert not INLINE.search(words)
    assert not ELSEWHERE.search(words)


def test_a_mail_loads_nothing_from_elsewhere() -> None:
    layout = (TEMPLATES / "email" / "layout.html").read_text()

    assert not re.search(r"<img|<script|<link|url\(|@import|src=", layout)


def test_mails_are_written_as_text_alone() -> None:
    others = [relative_path(path) for path in (TEMPLATES / "email").rglob("*.html") if path.name != "layout.html"]

    assert others == []


@pytest.mark.parametrize("mail", [path for path in list_templates() if path.suffix == ".txt"], ids=name)
def test_a_link_in_a_mail_is_alone_on_its_line(mail: Path) -> None:
    """So that it becomes a link in the HTML part, and no mail program takes a full stop into it."""
    for line in mail.read_text().splitlines():
        if re.search(r"{{ *\w*address *}}", line):
            assert re.fullmatch(r"\s*{{ *\w+ *}}\s*", line), line


def test_no_page_offers_to_trust_what_people_wrote() -> None:
    trusting = [
        relative_path(path) for path in list_templates() if re.search(r"\|\s*safe\b|autoescape false", path.read_text())
    ]

    assert trusting == []
