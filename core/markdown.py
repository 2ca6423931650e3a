"""Markdown as HTML: headings, lists, emphasis and links. No raw HTML, images or tables; cleaned again afterwards."""

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

ALLOWED_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "hr"}
CLASSES = {
    "<p>": '<p class="govuk-body">',
    "<ul>": '<ul class="govuk-list govuk-list--bullet">',
    "<ol>": '<ol class="govuk-list govuk-list--number">',
    "<h2>": '<h2 class="govuk-heading-m">',
    "<h3>": '<h3 class="govuk-heading-s">',
    "<h4>": '<h4 class="govuk-heading-s">',
    "<a ": '<a class="govuk-link" ',
}
HEADING = re.compile(r"h[1-6]")

_parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence", "html_block", "html_inline"])


def render_markdown(text: str, top_level: int = 2) -> Markup:
    """`top_level`: of its headings; those above are the page's own."""
    tokens = _parser.parse(text)
    highest = min((token.tag for token in tokens if HEADING.fullmatch(token.tag)), default="")
    for token in tokens:
        if HEADING.fullmatch(token.tag):
            token.tag = f"h{top_level if token.tag == highest else top_level + 1}"
    html = nh3.clean(
        _parser.renderer.render(tokens, _parser.options, {}),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    for plain, styled in CLASSES.items():
        html = html.replace(plain, styled)
    return Markup(html)  # noqa: S704 cleaned above
