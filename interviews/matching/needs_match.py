"""Which of a volunteer's needs a time does not meet. Reads rows and runs no queries; free times: suitable_times.py."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from interviews.models import InterviewerProfile, Slot, SlotKind, Volunteer

INTERPRETER_NOTICE = timedelta(hours=72)  # to find and book one
ENGLISH_NAMES = {"", "english"}


class Need(StrEnum):
    """The texts follow “a time …”."""

    SITE = "at your site"
    STEP_FREE = "in a location with step-free access"
    COMPANION = "when you can bring someone with you"
    GENDER = "with an interviewer of the gender you prefer"
    LANGUAGE = "with an interviewer who speaks your language"
    INTERPRETER = "far enough ahead for us to find an interpreter"


STAFF_LABELS = {
    Need.SITE: "a time at their site",
    Need.STEP_FREE: "a location with step-free access",
    Need.COMPANION: "room for a companion",
    Need.GENDER: "an interviewer of the gender they prefer",
    Need.LANGUAGE: "an interviewer who speaks their language",
    Need.INTERPRETER: "a time at least 3 days ahead, to find an interpreter",
}


def get_unmet_needs(volunteer: Volunteer, slot: Slot, profile: InterviewerProfile, now: datetime) -> frozenset[Need]:
    is_met = {
        Need.SITE: slot.site_id is None or slot.site_id == volunteer.site_id,
        Need.STEP_FREE: not volunteer.needs_step_free or slot.kind is not SlotKind.IN_PERSON or slot.is_step_free,
        Need.COMPANION: not volunteer.companion or slot.takes_companion,
        Need.GENDER: volunteer.preferred_gender is None or profile.gender is volunteer.preferred_gender,
        Need.LANGUAGE: _is_language_met(volunteer, profile),
        Need.INTERPRETER: not _requires_interpreter(volunteer, profile) or slot.starts_at >= now + INTERPRETER_NOTICE,
    }
    return frozenset(need for need, met in is_met.items() if not met)


def format_needs_for_staff(needs: Iterable[Need]) -> str:
    return "; ".join(STAFF_LABELS[need] for need in sorted(needs, key=list(Need).index))


def find_blocking_needs(unmet_by_each: Iterable[frozenset[Need]]) -> list[Need]:
    """The needs that every time fails, or if there are none, all that some time fails."""
    each = list(unmet_by_each)
    if not each or frozenset() in each:
        return []
    everywhere = frozenset.intersection(*each)
    return sorted(everywhere or frozenset.union(*each), key=list(Need).index)


def _is_language_met(volunteer: Volunteer, profile: InterviewerProfile) -> bool:
    return _speaks_language(profile, volunteer.language) or volunteer.needs_interpreter


def _requires_interpreter(volunteer: Volunteer, profile: InterviewerProfile) -> bool:
    speaks_own = _normalise_language(volunteer.language) not in ENGLISH_NAMES and _speaks_language(
        profile, volunteer.language
    )
    return volunteer.needs_interpreter and not speaks_own


def _speaks_language(profile: InterviewerProfile, language: str) -> bool:
    return _normalise_language(language) in ENGLISH_NAMES | {
        _normalise_language(spoken) for spoken in profile.languages
    }


def _normalise_language(language: str) -> str:
    return " ".join(language.casefold().split())
