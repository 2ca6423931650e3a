"""Begin a call: with the usual wordings, or as a copy of another. Callers commit."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from accounts import audit
from core import clock
from core.errors import RuleError
from core.settings import current_settings
from evidence import calls
from evidence.call_json import DEFAULT_INTERVIEW_MINUTES, CallDraft, build_slug
from evidence.call_page import CallPage
from evidence.consent_terms import ConsentTermDraft, ConsentUse
from evidence.models import Call, Mode
from evidence.schedule import Schedule

USUAL_OPEN_DAYS = 60
MAX_TITLE_NUMBER = 200
USUAL_WORDINGS = {
    ConsentUse.RECORD: "You may record our conversation.",
    ConsentUse.TRANSCRIBE: "You may turn the recording into text, on your own computers.",
    ConsentUse.QUOTE_NAMED: "You may quote me with my name.",
    ConsentUse.QUOTE_UNNAMED: "You may quote me without my name.",
    ConsentUse.SHARE: "You may share what I said with partner organisations.",
    ConsentUse.ARCHIVE: "You may keep it for later research.",
    ConsentUse.RECONTACT: "You may contact me again about this.",
}


class TitleTakenError(RuleError): ...


def begin_call(title: str) -> Call:
    """With dates from today, which can be changed; without questions."""
    zone = current_settings().default_zone
    today = clock.convert_to_zone(clock.now(), zone).date()
    call = calls.add_call(
        CallDraft(
            slug=_find_free_slug(title),
            title=title,
            opens_on=today,
            closes_on=today + timedelta(days=USUAL_OPEN_DAYS),
            zone=zone,
            interview_minutes=DEFAULT_INTERVIEW_MINUTES,
            aims=(),
            area_types=(),
            sites=(),
            participation_modes=(Mode.WRITTEN.value, Mode.INTERVIEW.value),
            consent_terms=tuple(ConsentTermDraft(use, wording) for use, wording in USUAL_WORDINGS.items()),
            glossary=(),
            language="",
            schedule=Schedule(title, ()),
            page=CallPage(),
        )
    )
    audit.record("call begun", call)
    return call


def copy_call(call: Call, title: str) -> Call:
    """Its draft, with everything but what people sent."""
    copied = calls.add_call(replace(calls.read_draft(call), title=title, slug=_find_free_slug(title)))
    audit.record("call copied", copied, copied_from=str(call.id))
    return copied


def list_taken_question_keys(call: Call) -> Collection[str]:
    return calls.list_published_questions(call).keys()


def _find_free_slug(title: str) -> str:
    slug = build_slug(title)
    candidates = (slug, *(build_slug(f"{slug} {number}") for number in range(2, MAX_TITLE_NUMBER)))
    free = next((candidate for candidate in candidates if calls.find_call(candidate) is None), None)
    if free is None:
        raise TitleTakenError("There are many calls with this title already. Choose another title.")
    return free
