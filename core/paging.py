"""Pages of long lists: the requested page, and links to the others for the pagination component."""

from typing import Any

from flask import request, url_for

MAX_PAGES = 100_000  # no list is longer
NEIGHBOURS = 2


def get_requested_page(name: str = "page") -> int:
    return min(max(request.args.get(name, 1, type=int), 1), MAX_PAGES)


def build_page_links(page: int, pages: int, name: str = "page") -> dict[str, Any] | None:
    """Parameters of govukPagination; None for a single page."""
    if pages <= 1:
        return None
    items: list[dict[str, Any]] = []
    for number in range(1, pages + 1):
        if number in {1, pages} or abs(number - page) <= NEIGHBOURS:
            items.append({"number": number, "href": _build_page_url(name, number), "current": number == page})
        elif items and not items[-1].get("ellipsis"):
            items.append({"ellipsis": True})
    links: dict[str, Any] = {"items": items}
    if page > 1:
        links["previous"] = {"href": _build_page_url(name, page - 1)}
    if page < pages:
        links["next"] = {"href": _build_page_url(name, page + 1)}
    return links


def _build_page_url(name: str, number: int) -> str:
    values = {**request.args.to_dict(), **(request.view_args or {}), name: number}
    return url_for(str(request.endpoint), **values)
