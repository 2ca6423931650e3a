"""Read the page of one question as a reviewer sees it: written answers, passages, their state and times."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

CARD_STATES = {"lp-passage--accepted": "accepted", "lp-passage--suggested": "suggested"}
TEXT_CLASSES = {"lp-answer__text", "lp-passage__text"}


@dataclass(slots=True)
class SpokenPassage:
    state: str  # "accepted" or "suggested"
    from_seconds: float = 0.0
    to_seconds: float = 0.0
    text: str = ""


@dataclass(slots=True)
class QuestionPage(HTMLParser):
    """`written`: texts of written answers; `spoken`: passages; both in the order of the page."""

    html: str
    written: list[str] = field(default_factory=list)
    spoken: list[SpokenPassage] = field(default_factory=list)
    _reading_class: str = ""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        classes = set(values.get("class", "").split())
        for name in classes & set(CARD_STATES):
            self.spoken.append(SpokenPassage(CARD_STATES[name]))
        if self.spoken and "data-play-in" in values:
            _, _, seconds = values["href"].partition("#t=")
            self.spoken[-1].from_seconds, self.spoken[-1].to_seconds = map(float, seconds.split(","))
        if classes & TEXT_CLASSES:
            self._reading_class = tag
            if "lp-answer__text" in classes:
                self.written.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._reading_class:
            self._reading_class = ""

    def handle_data(self, data: str) -> None:
        if not self._reading_class:
            return
        if self.spoken:  # the written column comes first on this page
            self.spoken[-1].text += data
        else:
            self.written[-1] += data
