"""A call's rows from a draft, and a draft from the rows. Callers flush and commit."""

from dataclasses import replace

from core.database import db
from evidence.call_json import CallDraft, SiteDraft
from evidence.call_page import CallPage, call_page_from_json, call_page_to_json
from evidence.consent_terms import ConsentTermDraft
from evidence.models import Aim, Call, ConsentTerm, Site
from evidence.schedule import Schedule


def read_published_page(call: Call) -> CallPage:
    return call_page_from_json(call.page or {})


def apply_draft(call: Call, draft: CallDraft) -> None:
    """Everything but the questions."""
    set_columns(call, draft)
    _remove_keyed_rows(call)
    call.aims = [Aim(position=n, key=key, text=text) for n, (key, text) in enumerate(draft.aims)]
    call.sites = [_update_or_create_site(call, n, site) for n, site in enumerate(draft.sites)]
    call.consent_terms = [
        ConsentTerm(position=n, use=term.use, wording=term.wording) for n, term in enumerate(draft.consent_terms)
    ]
    db.session.flush()


def set_columns(call: Call, draft: CallDraft) -> None:
    call.title, call.page = draft.title, call_page_to_json(draft.page)
    call.opens_on, call.closes_on, call.zone = draft.opens_on, draft.closes_on, draft.zone
    call.interview_minutes = draft.interview_minutes
    call.participation_modes, call.area_types = list(draft.participation_modes), list(draft.area_types)
    call.glossary, call.language = list(draft.glossary or ()), draft.language or ""


def read_live_draft(call: Call, schedule: Schedule) -> CallDraft:
    """The call as the public has it, with these questions."""
    return CallDraft(
        slug=call.slug,
        title=call.title,
        opens_on=call.opens_on,
        closes_on=call.closes_on,
        zone=call.zone,
        interview_minutes=call.interview_minutes,
        aims=tuple((aim.key, aim.text) for aim in call.aims),
        area_types=tuple(call.area_types),
        sites=tuple(SiteDraft(site.key, site.title, (site.target_low, site.target_high)) for site in call.sites),
        participation_modes=tuple(call.participation_modes),
        consent_terms=tuple(ConsentTermDraft(term.use, term.wording) for term in call.consent_terms),
        glossary=tuple(call.glossary),
        language=call.language,
        schedule=schedule,
        page=read_published_page(call),
    )


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


def replace_schedule(draft: CallDraft, schedule: Schedule) -> CallDraft:
    return replace(draft, schedule=schedule)
