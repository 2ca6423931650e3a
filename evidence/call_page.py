"""What a call says about itself and about who is asking, from JSON and to JSON. Pure. Markdown in the long texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from core.colours import explain_unusable_accent
from evidence.json_reading import JsonReader

MAX_TEXT_CHARACTERS = 20_000
LINK_SCHEMES = {"http", "https", "mailto"}
BACKGROUND_QUESTIONS = ("given_as", "places", "shows", "aims")  # in the order of the form


class CallPageError(ValueError): ...


READER = JsonReader(CallPageError)
PAGE_LABEL = "The call"


@dataclass(frozen=True, slots=True)
class RelatedDocument:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Asker:
    """The organisation or coalition that asks, as shown on pages, in emails and in calendars."""

    organisation: str = ""
    contact: str = ""  # a person's name
    phone: str = ""
    email: str = ""
    postal_address: str = ""  # lines as on an envelope
    accent: str = ""  # like #17564f; empty: the installation's

    @property
    def contact_lines(self) -> tuple[str, ...]:
        lines = (self.contact, self.email, self.phone, *self.postal_address.splitlines())
        return tuple(line.strip() for line in lines if line.strip())


@dataclass(frozen=True, slots=True)
class CallPage:
    summary: str = ""  # plain text, on the list of calls too
    purpose: str = ""
    background: str = ""
    who_may_answer: str = ""
    what_happens: str = ""  # with the answers, and when
    closing_words: str = ""  # shown once something was sent
    documents: tuple[RelatedDocument, ...] = ()
    asker: Asker = field(default_factory=Asker)
    background_questions: tuple[str, ...] = BACKGROUND_QUESTIONS  # which of them are asked


TEXT_NAMES = ("summary", "purpose", "background", "who_may_answer", "what_happens", "closing_words")


def call_page_from_json(data: Mapping[str, Any]) -> CallPage:
    """What is missing is empty. Raises CallPageError."""
    return CallPage(
        **{name: _parse_text(data, name) for name in TEXT_NAMES},
        documents=tuple(
            _parse_document(item, f"Document {n}")
            for n, item in enumerate(READER.read_optional_items(data, "documents", PAGE_LABEL), 1)
        ),
        asker=_parse_asker(data.get("asking", {})),
        background_questions=_parse_background_questions(data),
    )


def call_page_to_json(page: CallPage) -> dict[str, Any]:
    """What is empty or usual is left out."""
    data: dict[str, Any] = {name: getattr(page, name) for name in TEXT_NAMES if getattr(page, name)}
    if page.documents:
        data["documents"] = [{"title": document.title, "url": document.url} for document in page.documents]
    asking = {part.name: getattr(page.asker, part.name) for part in fields(Asker) if getattr(page.asker, part.name)}
    if asking:
        data["asking"] = asking
    if page.background_questions != BACKGROUND_QUESTIONS:
        data["background_questions"] = list(page.background_questions)
    return data


def is_link_usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    has_target = bool(parts.hostname) if parts.scheme != "mailto" else "@" in parts.path
    return parts.scheme in LINK_SCHEMES and has_target and url == "".join(url.split())


def _parse_text(data: Mapping[str, Any], name: str, where: str = PAGE_LABEL) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise CallPageError(f"{where}: “{name}” has to be a text.")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise CallPageError(f"{where}: “{name}” has to be {MAX_TEXT_CHARACTERS:,} characters or fewer.")
    return value.strip()


def _parse_document(item: Any, where: str) -> RelatedDocument:
    document = RelatedDocument(
        READER.read_text(item, "title", where).strip(), READER.read_text(item, "url", where).strip()
    )
    if not is_link_usable(document.url):
        raise CallPageError(f"{where}: “url” has to be a link like https://example.org/report.pdf.")
    return document


def _parse_asker(data: Any) -> Asker:
    where = f"{PAGE_LABEL}: “asking”"
    if not isinstance(data, Mapping):
        raise CallPageError(f"{where} has to be an object with named parts.")
    asker = Asker(**{part.name: _parse_text(data, part.name, where) for part in fields(Asker)})
    if asker.accent and (problem := explain_unusable_accent(asker.accent)):
        raise CallPageError(f"{where}, “accent”: {problem}")
    if asker.email and not is_link_usable(f"mailto:{asker.email}"):
        raise CallPageError(f"{where}, “email”: enter an address like name@example.org.")
    return asker


def _parse_background_questions(data: Mapping[str, Any]) -> tuple[str, ...]:
    chosen = data.get("background_questions", list(BACKGROUND_QUESTIONS))
    if not isinstance(chosen, list) or not all(name in BACKGROUND_QUESTIONS for name in chosen):
        raise CallPageError(
            f"{PAGE_LABEL}: “background_questions” has to be a list of some of {', '.join(BACKGROUND_QUESTIONS)}."
        )
    return tuple(name for name in BACKGROUND_QUESTIONS if name in chosen)
