"""A page as seen without JavaScript: headings, links, forms. Knows nothing about Listening Post."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXT_INPUTS = {"text", "email", "tel", "hidden", "date", "time", "number", "search", "url", "password"}


@dataclass(slots=True)
class PageButton:
    text: str
    name: str = ""
    value: str = ""
    action: str = ""  # if it sends the form elsewhere


@dataclass(slots=True)
class PageForm:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)  # what is filled in already
    choices: dict[str, list[str]] = field(default_factory=dict)  # radios, checkboxes and selects by name
    files: list[str] = field(default_factory=list)
    buttons: list[PageButton] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def find_button(self, text: str, *, to: str = "") -> PageButton | None:
        """The first button whose text and own address contain these."""
        return next((b for b in self.buttons if text in b.text and to in b.action), None)


@dataclass(slots=True)
class PageLink:
    address: str
    text: str


class Page(HTMLParser):
    """Parses a page's HTML into `heading`, `links`, `forms` and `text`."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.html = address, html
        self.heading, self.text = "", ""
        self.links: list[PageLink] = []
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._link: PageLink | None = None
        self._button: PageButton | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select = ""
        self._in_heading = False
        self._in_main = False
        self._hidden_depth = 0
        self.feed(html)

    def find_form_with(self, *names: str) -> PageForm:
        """The first form with all these fields. Raises LookupError."""
        for form in self.forms:
            if set(names) <= form.names:
                return form
        raise LookupError(f"{self.address} (“{self.heading}”) has no form with {', '.join(names)}")

    def find_form_to(self, part: str) -> PageForm:
        """The first form whose address contains `part`."""
        for form in self.forms:
            if part in form.action:
                return form
        raise LookupError(f"{self.address} (“{self.heading}”) has no form to …{part}…")

    def find_link(self, part: str) -> str:
        """The address of the first link whose address or text contains `part`."""
        for link in self.links:
            if part in link.address or part in link.text:
                return link.address
        raise LookupError(f"{self.address} (“{self.heading}”) has no link with “{part}”")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        opener = getattr(self, f"_open_{tag}", None)
        if opener:
            opener(values)

    def handle_endtag(self, tag: str) -> None:
        closer = getattr(self, f"_close_{tag}", None)
        if closer:
            closer()

    def handle_data(self, data: str) -> None:
        if self._hidden_depth:
            return
        self.text += data
        if self._in_heading:
            self.heading = f"{self.heading}{data}".strip()
        if self._link:
            self._link.text += data.strip()
        if self._button is not None:
            self._button.text += data.strip()
        if self._area:
            self._area[1].append(data)

    def _open_h1(self, _: dict[str, str]) -> None:
        self._in_heading = True

    def _close_h1(self) -> None:
        self._in_heading = False

    def _open_main(self, _: dict[str, str]) -> None:
        self._in_main = True

    def _close_main(self) -> None:
        self._in_main = False

    def _open_script(self, _: dict[str, str]) -> None:
        self._hidden_depth += 1

    def _close_script(self) -> None:
        self._hidden_depth -= 1

    _open_style, _close_style = _open_script, _close_script

    def _open_a(self, values: dict[str, str]) -> None:
        if "href" in values:
            self._link = PageLink(values["href"], "")
            self.links.append(self._link)

    def _close_a(self) -> None:
        self._link = None

    def _open_form(self, values: dict[str, str]) -> None:
        self._form = PageForm(values.get("action") or self.address, values.get("method", "get").lower())
        if self._in_main:  # not the sign-out button, which is on every page
            self.forms.append(self._form)

    def _close_form(self) -> None:
        self._form = None

    def _open_input(self, values: dict[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "text")
        if self._form is None or not name:
            return
        self._form.names.add(name)
        if kind == "file":
            self._form.files.append(name)
        elif kind in {"radio", "checkbox"}:
            self._form.choices.setdefault(name, []).append(values.get("value", "on"))
            if "checked" in values:
                self._form.fields.append((name, values.get("value", "on")))
        elif kind in TEXT_INPUTS:
            self._form.fields.append((name, values.get("value", "")))
        elif kind == "submit":
            self._form.buttons.append(PageButton(values.get("value", ""), name, values.get("value", "")))

    def _open_textarea(self, values: dict[str, str]) -> None:
        self._area = (values.get("name", ""), [])

    def _close_textarea(self) -> None:
        if self._form is not None and self._area:
            self._form.names.add(self._area[0])
            self._form.fields.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
        self._area = None

    def _open_select(self, values: dict[str, str]) -> None:
        self._select = values.get("name", "")
        if self._form is not None:
            self._form.names.add(self._select)

    def _close_select(self) -> None:
        self._select = ""

    def _open_option(self, values: dict[str, str]) -> None:
        if self._form is None or not self._select:
            return
        self._form.choices.setdefault(self._select, []).append(values.get("value", ""))
        if "selected" in values:
            self._form.fields.append((self._select, values.get("value", "")))

    def _open_button(self, values: dict[str, str]) -> None:
        self._button = PageButton("", values.get("name", ""), values.get("value", ""), values.get("formaction", ""))

    def _close_button(self) -> None:
        if self._form is not None and self._button is not None:
            self._form.buttons.append(self._button)
        self._button = None
