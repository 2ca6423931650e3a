"""Load, publish and find calls. Reading a call from JSON: call_json.py. Callers commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.installation import Sender, build_installation_sender
from core.text_cleaning import clean_text
from evidence.call_files import embed_schedule
from evidence.call_json import CallDraft, CallFileError, call_from_json, call_to_json
from evidence.call_page import CallPage
from evidence.call_rows import apply_draft, read_live_draft, read_published_page, set_columns
from evidence.models import Call, CallState, ScheduleVersion
from evidence.question_keys import renew_changed_keys
from evidence.schedule import Question, Schedule, schedule_from_json, schedule_to_json


class CallNotFoundError(RuleError): ...


class CallNotPublishedError(RuleError): ...


class CallNotOpenError(RuleError): ...


class CallStillOpenError(RuleError): ...


class CallStatus(StrEnum):
    """Of today, in the call's own time zone."""

    NOT_OPEN_YET = "not yet open"
    OPEN = "open"
    CLOSED = "closed"


def load_draft(data: dict[str, Any], *, folder: Path | None = None) -> Call:
    """`schedule` may name a file in `folder`. Loading a call again changes its draft. Raises CallFileError."""
    draft = call_from_json(data if folder is None else embed_schedule(data, folder))
    call = find_call(draft.slug)
    if call is None:
        call = add_call(draft)
    elif not _is_same_call(call, draft, data):
        raise CallFileError(
            f"Another call, “{call.title}”, already has the address “{draft.slug}”. Give this one its own “slug”."
        )
    else:
        edit_draft(call, lambda earlier: keep_unnamed_parts(draft, earlier))
    audit.record("call loaded", call)
    return call


def add_call(draft: CallDraft) -> Call:
    """Raises CallFileError if another call has its address."""
    if find_call(draft.slug) is not None:
        raise CallFileError(f"Another call already has the address “{draft.slug}”. Give this one another title.")
    call = Call(slug=draft.slug, title=draft.title, created_at=clock.now(), state=CallState.DRAFT)
    set_columns(call, draft)
    db.session.add(call)
    _save_draft(call, draft)
    return call


def read_draft(call: Call) -> CallDraft:
    """The call as it will be published; it may lack questions."""
    return call_from_json({**call.draft, "slug": call.slug}, may_lack_questions=True)


def edit_draft(call: Call, change: Callable[[CallDraft], CallDraft]) -> CallDraft:
    """Nothing public changes before `publish`."""
    db.session.flush()
    db.session.refresh(call, with_for_update=True)
    _save_draft(call, change(read_draft(call)))
    return read_draft(call)


def publish(call: Call) -> ScheduleVersion:
    """Put the draft in the call's place. Makes a new version of the questions only if they have changed."""
    db.session.flush()
    db.session.refresh(call, with_for_update=True)
    draft = _require_complete(call)
    _apply_to_rows(call, draft)
    call.state, call.archived_at = CallState.PUBLISHED, None
    content = schedule_to_json(draft.schedule)
    newest = _find_newest_version(call)
    if newest is not None and newest.content == content:
        audit.record("call published", call, version=newest.number)
        return newest
    number = newest.number + 1 if newest else 1
    version = ScheduleVersion(call_id=call.id, number=number, content=content, published_at=clock.now())
    db.session.add(version)
    db.session.flush()
    db.session.expire(call, ["versions"])
    audit.record("call published", call, version=number)
    return version


def read_live(call: Call) -> CallDraft | None:
    """The call as the public has it; None before it is published."""
    newest = _find_newest_version(call)
    if newest is None or call.state is not CallState.PUBLISHED:
        return None
    return read_live_draft(call, get_schedule(newest))


def has_unpublished_changes(call: Call) -> bool:
    live = read_live(call)
    return live is None or call_to_json(live) != call_to_json(read_draft(call))


def list_published_questions(call: Call) -> dict[str, Question]:
    """By key, also those that the newest version no longer has; each as last published."""
    query = select(ScheduleVersion).where(ScheduleVersion.call_id == call.id).order_by(ScheduleVersion.number)
    versions = db.session.scalars(query).all() if call.id is not None else []
    return {question.key: question for version in versions for question in get_schedule(version).iter_questions()}


def archive(call: Call) -> None:
    """Only what is not open, so that nobody loses the way to a form they began."""
    if is_open(call):
        raise CallStillOpenError("Close the call first. People can still take part.")
    call.archived_at = clock.now()
    audit.record("call archived", call)


def take_out_of_archive(call: Call) -> None:
    call.archived_at = None
    audit.record("call taken out of the archive", call)


def find_call(slug: str) -> Call | None:
    if slug != clean_text(slug):  # PostgreSQL refuses to look for a null character
        return None
    return db.session.scalars(select(Call).where(Call.slug == slug)).first()


def list_published_calls() -> list[Call]:
    query = select(Call).where(Call.state == CallState.PUBLISHED, Call.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Call.opens_on.desc(), Call.title)))


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
    """At once: it is not public."""
    if list(terms) == call.glossary:
        return
    call.glossary = list(terms)
    edit_draft(call, lambda draft: replace(draft, glossary=tuple(terms)))
    audit.record("glossary changed", call, terms=len(terms))


def set_language(call: Call, language: str) -> None:
    """For recordings that are uploaded from now on. Empty: detect it."""
    if language == call.language:
        return
    call.language = language
    edit_draft(call, lambda draft: replace(draft, language=language))
    audit.record("language of interviews changed", call, language=language or "detected")


def set_site_targets(call: Call, targets: Mapping[str, tuple[int, int]]) -> None:
    """By the site's key. At once: they are not public."""
    for site in call.sites:
        site.target_low, site.target_high = targets.get(site.key, (site.target_low, site.target_high))

    def change(draft: CallDraft) -> CallDraft:
        sites = (replace(site, target_range=targets.get(site.key, site.target_range)) for site in draft.sites)
        return replace(draft, sites=tuple(sites))

    edit_draft(call, change)


def describe_sender(call: Call) -> Sender:
    """Whom emails and calendar events about this call come from."""
    return describe_asker(read_published_page(call))


def describe_asker(page: CallPage) -> Sender:
    """The installation, where the call does not say."""
    asker, usual = page.asker, build_installation_sender()
    return Sender(
        asker.organisation or usual.name, asker.contact_lines or usual.contact_lines, asker.accent or usual.accent
    )


def keep_unnamed_parts(draft: CallDraft, earlier: CallDraft) -> CallDraft:
    """The names, terms and language of the pages, where a file says nothing of them."""
    return replace(
        draft,
        glossary=earlier.glossary if draft.glossary is None else draft.glossary,
        language=earlier.language if draft.language is None else draft.language,
    )


def _find_newest_version(call: Call) -> ScheduleVersion | None:
    query = select(ScheduleVersion).where(ScheduleVersion.call_id == call.id)
    return db.session.scalars(query.order_by(ScheduleVersion.number.desc()).limit(1)).first()


def _save_draft(call: Call, draft: CallDraft) -> None:
    """What nobody has seen yet is changed at once, so that staff can prepare interviews with it."""
    draft = replace(draft, schedule=renew_changed_keys(draft.schedule, list_published_questions(call)))
    call.draft = call_to_json(draft)
    if call.state is not CallState.PUBLISHED:
        _apply_to_rows(call, draft)
    db.session.flush()


def _apply_to_rows(call: Call, draft: CallDraft) -> None:
    try:
        with db.session.begin_nested():
            apply_draft(call, draft)
    except IntegrityError as error:
        raise CallFileError(
            "A site that has interview times or volunteers cannot be removed. Close the site instead."
        ) from error


def _require_complete(call: Call) -> CallDraft:
    draft = read_draft(call)
    if not any(True for _ in draft.schedule.iter_questions()):
        raise CallFileError("The call has no questions yet. Add at least one question, then publish.")
    empty = next((section.title for section in draft.schedule.sections if not section.questions), None)
    if empty is not None:
        raise CallFileError(f"The section “{empty}” has no questions. Add one, or remove the section.")
    return draft


def _is_same_call(call: Call, draft: CallDraft, data: Mapping[str, Any]) -> bool:
    return "slug" in data or draft.title in {call.title, call.draft.get("title")}
