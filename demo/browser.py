"""A browser without JavaScript: cookies, links, forms. One for each person of the demonstration."""

from pathlib import Path
from urllib.parse import urljoin

import requests

from demo.page import Page, PageForm

TIMEOUT_SECONDS = 60


class ErrorPageError(Exception):
    """The server answered with an error page or a form with errors."""


class PlainBrowser:
    def __init__(self, base_url: str) -> None:
        self._session = requests.Session()
        self._base_url = base_url
        self.page = Page(base_url, "")

    def open(self, address: str) -> Page:
        return self._show(self._session.get(urljoin(self.page.address, address), timeout=TIMEOUT_SECONDS))

    def follow(self, part: str) -> Page:
        """Open the first link on the page whose address or text contains `part`."""
        return self.open(self.page.find_link(part))

    def submit(
        self,
        form: PageForm,
        *,
        button: str = "",
        values: dict[str, str | list[str]] | None = None,
        file: Path | None = None,
    ) -> Page:
        """Fill in some fields, keep the others, and press a button (the first if none is named)."""
        filled = values or {}
        fields = [(name, value) for name, value in form.fields if name not in filled]
        for name, value in filled.items():
            fields += [(name, item) for item in ([value] if isinstance(value, str) else value)]
        pressed = form.find_button(button)
        if pressed is None:
            raise ErrorPageError(f"{self.page.address} has no button “{button}”")
        if pressed.name:
            fields.append((pressed.name, pressed.value))
        return self._send(form, pressed.action or form.action, fields, file)

    def _send(self, form: PageForm, action: str, fields: list[tuple[str, str]], file: Path | None) -> Page:
        address = urljoin(self.page.address, action)
        if form.method == "get":
            return self._show(self._session.get(address, params=fields, timeout=TIMEOUT_SECONDS))
        if file is None:
            return self._show(self._session.post(address, data=fields, timeout=TIMEOUT_SECONDS))
        with file.open("rb") as handle:
            upload = {form.files[0]: (file.name, handle)}
            return self._show(self._session.post(address, data=fields, files=upload, timeout=TIMEOUT_SECONDS))

    def _show(self, answer: requests.Response) -> Page:
        self.page = Page(answer.url, answer.text)
        if answer.status_code >= 400 or "<title>Error:" in answer.text.replace("\n", "").replace("> ", ">"):
            problem = " ".join(self.page.text.split())[:600]
            raise ErrorPageError(f"{answer.status_code} at {answer.url}: {problem}")
        return self.page
