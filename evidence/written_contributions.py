"""Write to a call over several visits: start, save, see what is missing, send, get a copy. Callers commit.

Pages and form classes stand elsewhere; a saved answer goes through answers.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core import clock
from core.database import db
from core.errors import RuleError
from core.mail import Mail
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from evidence import consent
from evidence.answer_kinds import AnswerValue
from evidence.answers import (
    build_stored_text,
    get_answers_by_question,
    get_newest_version_numbers,
    get_version_text,
    record_answer,
)
from evidence.calls import get_schedule, require_open
from evidence.contributions import (
    WrittenContributionExistsError,
    find_written_contribution,
    start_contribution,
    submit_contribution,
)
from evidence.models import Call, Contribution, ContributionState, Mode, Participant
from evidence.participants import create_own_page_url
from evidence.schedule import Section


class IncompleteContributionError(RuleError):
    """Something that has to be there before sending is missing."""


class SaveOutcome(StrEnum):
    SAVED = "saved"
    UNCHANGED = "same"
    NEWER_ELSEWHERE = "newer kept"  # changed elsewhere since, and not touched here
    CONFLICT = "changed twice"  # here and elsewhere: nothing was stored, the person decides


class FormPage(StrEnum):
    """The pages of a written contribution on which something can be missing."""

    CASE_STUDY = "case study"
    SECTION = "section"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class AnswerEdit:
    value: AnswerValue
    seen_version: int  # number of the version that it started from; 0: there was none


@dataclass(frozen=True, slots=True)
class MissingItem:
    """What is missing before sending, and where it can be mended."""

    message: str
    page: FormPage
    field_name: str
    section_key: str = ""


@dataclass(frozen=True, slots=True)
class FormProgress:
    answered: int
    total: int

    @property
    def label(self) -> str:
        if not self.answered:
            return "Not started"
        return "Finished" if self.answered == self.total else f"{self.answered} of {self.total}"


def start_or_resume(call: Call, participant: Participant) -> Contribution:
    """This person's written contribution, begun if there is none. Raises CallNotOpenError."""
    require_open(call)
    found = find_written_contribution(participant.id, call)
    if found is not None:
        return found
    try:
        return start_contribution(call, participant, Mode.WRITTEN)
    except WrittenContributionExistsError:  # in another tab at this moment
        found = find_written_contribution(participant.id, call)
        if found is None:
            raise
        return found


def mail_return_link(contribution: Contribution) -> None:
    """Mail the link that brings this person back."""
    participant, call = contribution.participant, contribution.call
    mail = render_mail(
        "evidence/return_link",
        recipient=get_participant_email(participant),
        subject="Your link to go on writing",
        call=call,
        address=create_own_page_url(participant, call),
    )
    queue_mail(mail, is_secret=True)


def save_answers(contribution: Contribution, edits: Mapping[str, AnswerEdit]) -> dict[str, SaveOutcome]:
    """Record what was changed; never over a newer version made elsewhere. Raises CallNotOpenError."""
    require_open(contribution.call)
    _lock_contribution(contribution)
    numbers = get_newest_version_numbers(contribution)
    return {key: _save_answer(contribution, key, edit, numbers.get(key, 0)) for key, edit in edits.items()}


def list_missing_items(contribution: Contribution) -> list[MissingItem]:
    """What has to be there before sending, in the order of the pages."""
    return [
        *_list_missing_profile_items(contribution),
        *_list_missing_answers(contribution),
        *_list_missing_decisions(contribution),
    ]


def submit_written(contribution: Contribution) -> None:
    """Hand the contribution in and mail a copy, once. Raises CallNotOpenError or NotCompleteError."""
    require_open(contribution.call)
    _lock_contribution(contribution)
    if contribution.state is not ContributionState.DRAFT:
        return
    missing = list_missing_items(contribution)
    if missing:
        raise IncompleteContributionError(missing[0].message)
    submit_contribution(contribution)
    mail_copy(contribution)


def mail_copy(contribution: Contribution) -> None:
    """The full text of what a person gave, to that person only; it is wiped here once it is sent."""
    queue_mail(_compose_copy(contribution), is_secret=True)


def get_section_progress(section: Section, texts: Mapping[str, str]) -> FormProgress:
    answered = sum(1 for question in section.questions if texts.get(question.key))
    return FormProgress(answered, len(section.questions))


def get_case_profile_progress(contribution: Contribution) -> FormProgress:
    wanted = 3 if contribution.call.area_types else 2
    return FormProgress(wanted - len(_list_missing_profile_items(contribution)), wanted)


def get_consent_progress(contribution: Contribution) -> FormProgress:
    terms = consent.list_terms_to_ask(contribution.call, {Mode.WRITTEN})
    return FormProgress(len(terms) - len(_list_missing_decisions(contribution)), len(terms))


def get_answer_texts(contribution: Contribution) -> dict[str, str]:
    return {key: answer.text for key, answer in get_answers_by_question(contribution).items()}


def get_participant_email(participant: Participant) -> str:
    return participant.contact.email if participant.contact else ""


def _lock_contribution(contribution: Contribution) -> None:
    """Two windows of one person take turns."""
    db.session.refresh(contribution, with_for_update=True)


def _save_answer(contribution: Contribution, key: str, edit: AnswerEdit, number: int) -> SaveOutcome:
    question = get_schedule(contribution.schedule_version).get_question(key)
    text = build_stored_text(question, edit.value)
    if text == get_version_text(contribution, key, number):
        return SaveOutcome.UNCHANGED
    if number > edit.seen_version:
        untouched = text == get_version_text(contribution, key, edit.seen_version)
        return SaveOutcome.NEWER_ELSEWHERE if untouched else SaveOutcome.CONFLICT
    record_answer(contribution, key, edit.value, by=None)
    return SaveOutcome.SAVED


def _list_missing_profile_items(contribution: Contribution) -> list[MissingItem]:
    found = [
        (contribution.respondent_type, "Say whether you speak for an organisation or as an individual.", "given_as"),
        (contribution.area_types or not contribution.call.area_types, "Choose at least one kind of place.", "places"),
        (contribution.finding, "Say whether it shows something that works or a difficulty that persists.", "shows"),
    ]
    return [MissingItem(words, FormPage.CASE_STUDY, field) for is_there, words, field in found if not is_there]


def _list_missing_answers(contribution: Contribution) -> list[MissingItem]:
    texts = get_answer_texts(contribution)
    sections = get_schedule(contribution.schedule_version).sections
    missing = [
        MissingItem(f"Answer “{question.prompt}”", FormPage.SECTION, f"answer_{question.key}", section.key)
        for section in sections
        for question in section.questions
        if question.is_required and not texts.get(question.key)
    ]
    if not missing and not any(texts.values()):
        first = sections[0]
        words = "Answer at least one of the questions."
        missing = [MissingItem(words, FormPage.SECTION, f"answer_{first.questions[0].key}", first.key)]
    return missing


def _list_missing_decisions(contribution: Contribution) -> list[MissingItem]:
    decided = consent.get_decisions_on_current_wording(contribution.participant_id, contribution.call_id)
    return [
        MissingItem(f"Say yes or no to: {term.wording}", FormPage.CONSENT, f"consent_{term.use.value}")
        for term in consent.list_terms_to_ask(contribution.call, {Mode.WRITTEN})
        if term.use not in decided
    ]


def _compose_copy(contribution: Contribution) -> Mail:
    participant, call = contribution.participant, contribution.call
    return render_mail(
        "evidence/written_copy",
        recipient=get_participant_email(participant),
        subject="Your copy of what you wrote",
        call=call,
        contribution=contribution,
        sent_on=clock.format_day(contribution.submitted_at or clock.now(), call.zone),
        schedule=get_schedule(contribution.schedule_version),
        texts=get_answer_texts(contribution),
        decisions=consent.get_current_decisions(participant.id, call.id).values(),
        address=create_own_page_url(participant, call),
    )
