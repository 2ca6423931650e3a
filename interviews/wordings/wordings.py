"""A call's own text for a kind of email, instead of the default: check, preview, set, reset. Callers commit."""

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
from core.mail_rendering import build_mail_from_text, render_mail
from core.settings import current_settings
from evidence.calls import describe_sender
from evidence.models import Call
from interviews.models import NoticeWording
from interviews.wordings import placeholders
from interviews.wordings.health_terms import explain_not_neutral
from interviews.wordings.placeholders import WordingError
from interviews.wordings.wording_kinds import WORDING_KINDS, WordingKind

MAX_SUBJECT_CHARACTERS = 120
SUBJECT_PLACEHOLDERS = ("when", "reference")


@dataclass(frozen=True, slots=True)
class Wording:
    subject: str
    text: str


def compose_worded_mail(template: str, call: Call, *, recipient: str, subject: str, **values: Any) -> Mail:
    own = find_wording(call, template.rpartition("/")[2])
    if own is None:
        sender = describe_sender(call)
        return render_mail(template, recipient=recipient, subject=subject, sender=sender, call=call, **values)
    known = _build_values(call, values)
    return build_mail_from_text(
        _fill_text(own.text, known),
        recipient=recipient,
        subject=_fill_line(own.subject, known),
        sender=describe_sender(call),
    )


def find_wording(call: Call, kind: str) -> Wording | None:
    row = _find_row(call.id, kind) if kind in WORDING_KINDS else None
    return Wording(row.subject, row.text) if row else None


def build_default_wording(kind: WordingKind) -> Wording:
    slot = {"kind": "video link", "location": "{place}", "interviewer": {"name": "{interviewer}"}}
    values = {
        "slot": slot,
        "when": "{when}",
        "reason": "{reason}",
        "reference": "{reference}",
        "call": {"title": "{call}", "participation_modes": []},
        "address": "{own_page}",
        "links": {name: f"{{{name}}}" for name in ("own_page", "move", "cancel")},
    }
    text = render_template(f"email/{kind.template}.txt", **values)
    text = text.replace(_render_location(slot), "{place}").replace("Reason: {reason}", "{reason}")
    return Wording(kind.subject, placeholders.fill_placeholders(text, {}))


def list_changed_kinds(call: Call) -> set[str]:
    return set(db.session.scalars(select(NoticeWording.kind).where(NoticeWording.call_id == call.id)))


def check_subject(kind: WordingKind, subject: str, call: Call) -> None:
    if len(subject) > MAX_SUBJECT_CHARACTERS:
        raise WordingError(f"The subject must be {MAX_SUBJECT_CHARACTERS} characters or fewer.")
    placeholders.check_placeholders(
        subject, known=[name for name in SUBJECT_PLACEHOLDERS if name in kind.known_placeholders]
    )
    if message := explain_not_neutral(subject, call_title=call.title):
        raise WordingError(message)


def check_text(kind: WordingKind, text: str) -> None:
    placeholders.check_placeholders(text, known=kind.known_placeholders, required=kind.required_placeholders)


def set_wording(call: Call, kind: WordingKind, wording: Wording) -> None:
    check_subject(kind, wording.subject, call)
    check_text(kind, wording.text)
    row = _find_row(call.id, kind.key) or NoticeWording(call_id=call.id, kind=kind.key)
    row.subject, row.text, row.updated_at = wording.subject, wording.text, clock.now()
    db.session.add(row)
    db.session.flush()
    audit.record("wording changed", call, kind=kind.key)


def reset_wording(call: Call, kind: WordingKind) -> None:
    own = (NoticeWording.call_id == call.id, NoticeWording.kind == kind.key)
    db.session.execute(delete(NoticeWording).where(*own))
    audit.record("wording taken back", call, kind=kind.key)


def preview_wording(wording: Wording, call: Call) -> Mail:
    values = build_example_values(call)
    return build_mail_from_text(
        _fill_text(wording.text, values),
        recipient="",
        subject=_fill_line(wording.subject, values),
        sender=describe_sender(call),
    )


def build_example_values(call: Call) -> dict[str, str]:
    page = f"{current_settings().base_url}/example"
    return {
        "when": "Tuesday 3 March 2026, 10am to 10:45am (London time)",
        "place": _render_location({"kind": "video link", "location": "https://meet.example/room-1"}),
        "interviewer": "Sam Example",
        "reference": "P-23456",
        "reason": "Reason: the interviewer is away that day.",
        "call": call.title,
        "own_page": f"{page}/own-page",
        "move": f"{page}/move",
        "cancel": f"{page}/cancel",
    }


def _build_values(call: Call, values: Mapping[str, Any]) -> dict[str, str]:
    links, slot = values.get("links") or {}, values.get("slot")
    own_page = values.get("address") or links.get("own_page", "")
    return {
        "when": values.get("when", ""),
        "place": _render_location(slot) if slot is not None else "",
        "interviewer": slot.interviewer.name if slot is not None else "",
        "reference": values.get("reference", ""),
        "reason": f"Reason: {values['reason']}" if values.get("reason") else "",
        "call": call.title,
        "own_page": own_page,
        "move": links.get("move", ""),
        "cancel": links.get("cancel", ""),
    }


def _render_location(slot: Any) -> str:
    return placeholders.fill_placeholders(
        render_template("email/interviews/wordings/_location.txt", slot=slot), {}
    ).strip()


def _fill_text(text: str, values: Mapping[str, str]) -> str:
    return placeholders.fill_placeholders(text, values)


def _fill_line(text: str, values: Mapping[str, str]) -> str:
    return " ".join(placeholders.fill_placeholders(text, values).split())


def _find_row(call_id: UUID, kind: str) -> NoticeWording | None:
    query = select(NoticeWording).where(NoticeWording.call_id == call_id, NoticeWording.kind == kind)
    return db.session.scalars(query).first()
