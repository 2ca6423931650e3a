"""Load, publish and find calls. Reading a call from JSON: call_json.py. Callers commit."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.text_cleaning import clean_text
from evidence.call_files import embed_schedule
from evidence.call_json import CallDraft, CallFileError, SiteDraft, call_from_json
from evidence.models import Aim, Call, CallState, ConsentTerm, ScheduleVersion, Site
from evidence.schedule import Schedule, schedule_from_json, schedule_to_json


class CallNotFoundError(RuleError): ...


class CallNotPublishedError(RuleError): ...


class CallNotOpenError(RuleError): ...


class CallStatus(StrEnum):
    """Of today, in the call's own time zone."""

    NOT_OPEN_YET = "not yet open"
    OPEN = "open"
    CLOSED = "closed"


def load_draft(data: dict[str, Any], *, folder: Path) -> Call:
    """`schedule` may name a file in `folder`. Loading a call again changes its draft. Raises CallFileError."""
    draft = call_from_json(embed_schedule(data, folder))
    call = find_call(draft.slug)
    if call is None:
        call = Call(slug=draft.slug, title=draft.title, created_at=clock.now())
        db.session.add(call)
    elif call.title != draft.title:
        raise CallFileError(
            f"Another call, “{call.title}”, already has the address “{draft.slug}”. Give this one its own “slug”."
        )
    _apply_draft(call, draft)
    db.session.flush()
    audit.record("call loaded", call)
    return call


def publish(call: Call) -> ScheduleVersion:
    """Open a call and freeze its schedule. Makes a new version only if the schedule has changed."""
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update())
    call.state = CallState.PUBLISHED
    content = schedule_to_json(schedule_from_json(call.draft_schedule))
    newest = _find_newest_version(call)
    if newest is not None and newest.content == content:
        return newest
    number = newest.number + 1 if newest else 1
    version = ScheduleVersion(call_id=call.id, number=number, content=content, published_at=clock.now())
    db.session.add(version)
    db.session.flush()
    audit.record("call published", call, version=number)
    return version


def has_unpublished_changes(call: Call) -> bool:
    newest = _find_newest_version(call)
    return newest is None or newest.content != call.draft_schedule


def find_call(slug: str) -> Call | None:
    if slug != clean_text(slug):  # PostgreSQL refuses to look for a null character
        return None
    return db.session.scalars(select(Call).where(Call.slug == slug)).first()


def list_published_calls() -> list[Call]:
    query = select(Call).where(Call.state == CallState.PUBLISHED).order_by(Call.opens_on.desc(), Call.title)
    return list(db.session.scalars(query))


def list_all_calls() -> list[Call]:
    return list(db.session.scalars(select(Call).order_by(Call.created_at.desc(), Call.title)))


def get_published_call(slug: str) -> Call:
    call = find_call(slug)
    if call is None or call.state is not CallState.PUBLISHED:
        raise CallNotFoundError("There is no call at this address.")
    return call


def get_local_date(call: Call) -> date:
    return clock.convert_to_zone(clock.now(), call.zone).date()


def get_call_status(call: Call) -> CallStatus:
    today = get_local_date(call)
    if call.state is not CallState.PUBLISHED or today < call.opens_on:
        return CallStatus.NOT_OPEN_YET
    return CallStatus.CLOSED if call.closed_at is not None or today > call.closes_on else CallStatus.OPEN


def is_open(call: Call) -> bool:
    """The call is open until the end of its last day."""
    return get_call_status(call) is CallStatus.OPEN


def require_open(call: Call) -> None:
    if not is_open(call):
        when = "has closed" if get_call_status(call) is CallStatus.CLOSED else "is not open yet"
        raise CallNotOpenError(f"This call {when}, so you cannot add or change anything now.")


def get_current_version(call: Call) -> ScheduleVersion:
    version = _find_newest_version(call)
    if version is None:
        raise CallNotPublishedError(f"The call “{call.title}” has not been published yet.")
    return version


def get_schedule(version: ScheduleVersion) -> Schedule:
    return schedule_from_json(version.content)


def set_glossary(call: Call, terms: Sequence[str]) -> None:
    if list(terms) == call.glossary:
        return
    call.glossary = list(terms)
    audit.record("glossary changed", call, terms=len(terms))


def set_language(call: Call, language: str) -> None:
    """For recordings that are uploaded from now on. Empty: detect it."""
    if language == call.language:
        return
    call.language = language
    audit.record("language of interviews changed", call, language=language or "detected")


def _find_newest_version(call: Call) -> ScheduleVersion | None:
    query = select(ScheduleVersion).where(ScheduleVersion.call_id == call.id)
    return db.session.scalars(query.order_by(ScheduleVersion.number.desc()).limit(1)).first()


def _apply_draft(call: Call, draft: CallDraft) -> None:
    call.opens_on, call.closes_on, call.zone = draft.opens_on, draft.closes_on, draft.zone
    call.interview_minutes = draft.interview_minutes
    call.participation_modes, call.area_types = list(draft.participation_modes), list(draft.area_types)
    if draft.glossary is not None:
        call.glossary = list(draft.glossary)
    if draft.language is not None:
        call.language = draft.language
    call.draft_schedule = schedule_to_json(draft.schedule)
    _remove_keyed_rows(call)
    call.aims = [Aim(position=n, key=key, text=text) for n, (key, text) in enumerate(draft.aims)]
    call.sites = [_update_or_create_site(call, n, site) for n, site in enumerate(draft.sites)]
    call.consent_terms = [
        ConsentTerm(position=n, use=term.use, wording=term.wording) for n, term in enumerate(draft.consent_terms)
    ]


def _update_or_create_site(call: Call, position: int, draft: SiteDraft) -> Site:
    """A site that stays keeps its row, because slots and volunteers point to it."""
    site = next((known for known in call.sites if known.key == draft.key), None) or Site(key=draft.key)
    site.position, site.title = position, draft.title
    site.target_low, site.target_high = draft.target_range
    return site


def _remove_keyed_rows(call: Call) -> None:
    """Deleted before new rows take the same keys."""
    call.aims, call.consent_terms = [], []
    db.session.flush()
