"""A call's own words for a kind of mail, in place of ours: checked, shown, taken back; callers commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template
from sqlalchemy import delete, select

from accounts import audit
from core import clock
from core.database import db
from core.mail import Mail
from core.mail_pages import compose, lay_out
from core.settings import current_settings
from evidence.models import Call
from interviews.models import NoticeWording
from interviews.notices import placeholders
from interviews.notices.neutral import not_neutral
from interviews.notices.placeholders import WordingError
from interviews.notices.wording_kinds import KINDS, Kind

MOST_SUBJECT_CHARACTERS = 120
IN_SUBJECT = ("when", "reference")


@dataclass(frozen=True, slots=True)
class Wording:
    subject: str
    text: str


def write(name: str, call: Call, *, recipient: str, subject: str, **values: Any) -> Mail:
    """The mail `email/interviews/<name>.txt`, or the call's own words for it. `values`: what the template reads."""
    own = words_for(call, name)
    if own is None:
        return compose(f"interviews/{name}", recipient=recipient, subject=subject, call=call, **values)
    known = _known_values(call, values)
    return lay_out(_text(own.text, known), recipient=recipient, subject=_line(own.subject, known))


def words_for(call: Call, kind: str) -> Wording | None:
    """The call's own words. None: ours hold."""
    row = _row(call.id, kind) if kind in KINDS else None
    return Wording(row.subject, row.text) if row else None


def our_words(kind: Kind) -> Wording:
    """Our own text with placeholders where the values stand: what a coordinator begins with."""
    slot = {"kind": "video link", "place": "{place}", "interviewer": {"name": "{interviewer}"}}
    values = {
        "slot": slot,
        "when": "{when}",
        "reason": "{reason}",
        "reference": "{reference}",
        "call": {"title": "{call}", "ways": []},
        "address": "{own_page}",
        "links": {name: f"{{{name}}}" for name in ("own_page", "move", "cancel")},
    }
    text = render_template(f"email/interviews/{kind.key}.txt", **values)
    text = text.replace(_place(slot), "{place}").replace("The reason: {reason}", "{reason}")
    return Wording(kind.subject, placeholders.filled(text, {}))


def own_kinds(call: Call) -> set[str]:
    return set(db.session.scalars(select(NoticeWording.kind).where(NoticeWording.call_id == call.id)))


def check_subject(kind: Kind, subject: str, call: Call) -> None:
    """Raises WordingError."""
    if len(subject) > MOST_SUBJECT_CHARACTERS:
        raise WordingError(f"Please shorten the subject to {MOST_SUBJECT_CHARACTERS} characters.")
    placeholders.check(subject, known=[name for name in IN_SUBJECT if name in kind.known])
    if wrong := not_neutral(subject, call_title=call.title):
        raise WordingError(wrong)


def check_text(kind: Kind, text: str) -> None:
    """Raises WordingError."""
    placeholders.check(text, known=kind.known, required=kind.required)


def set_words(call: Call, kind: Kind, words: Wording) -> None:
    """Raises WordingError."""
    check_subject(kind, words.subject, call)
    check_text(kind, words.text)
    row = _row(call.id, kind.key) or NoticeWording(call_id=call.id, kind=kind.key)
    row.subject, row.text, row.updated_at = words.subject, words.text, clock.now()
    db.session.add(row)
    db.session.flush()
    audit.record("wording changed", call, kind=kind.key)


def back_to_ours(call: Call, kind: Kind) -> None:
    own = (NoticeWording.call_id == call.id, NoticeWording.kind == kind.key)
    db.session.execute(delete(NoticeWording).where(*own))
    audit.record("wording taken back", call, kind=kind.key)


def preview(words: Wording, call: Call) -> Mail:
    """The mail with example values, as the person would see it."""
    values = examples(call)
    return lay_out(_text(words.text, values), recipient="", subject=_line(words.subject, values))


def examples(call: Call) -> dict[str, str]:
    page = f"{current_settings().base_url}/example"
    return {
        "when": "Tuesday 3 March 2026, 10:00 to 10:45 (London time)",
        "place": _place({"kind": "video link", "place": "https://meet.example/room-1"}),
        "interviewer": "Sam Example",
        "reference": "P-23456",
        "reason": "The reason: the interviewer is away that day.",
        "call": call.title,
        "own_page": f"{page}/own-page",
        "move": f"{page}/move",
        "cancel": f"{page}/cancel",
    }


def _known_values(call: Call, values: Mapping[str, Any]) -> dict[str, str]:
    """What the placeholders stand for, taken from what the templates read."""
    links, slot = values.get("links") or {}, values.get("slot")
    own_page = values.get("address") or links.get("own_page", "")
    return {
        "when": values.get("when", ""),
        "place": _place(slot) if slot is not None else "",
        "interviewer": slot.interviewer.name if slot is not None else "",
        "reference": values.get("reference", ""),
        "reason": f"The reason: {values['reason']}" if values.get("reason") else "",
        "call": call.title,
        "own_page": own_page,
        "move": links.get("move", ""),
        "cancel": links.get("cancel", ""),
    }


def _place(slot: Any) -> str:
    return placeholders.filled(render_template("email/interviews/_place.txt", slot=slot), {}).strip()


def _text(text: str, values: Mapping[str, str]) -> str:
    return placeholders.filled(text, values)


def _line(text: str, values: Mapping[str, str]) -> str:
    return " ".join(placeholders.filled(text, values).split())


def _row(call_id: UUID, kind: str) -> NoticeWording | None:
    wanted = select(NoticeWording).where(NoticeWording.call_id == call_id, NoticeWording.kind == kind)
    return db.session.scalars(wanted).first()
