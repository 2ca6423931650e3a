"""Write to a call over several visits: start, save, list what is missing, send, get a copy. Callers commit."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core import clock, public_mail
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
    require_room,
)
from evidence.calls import describe_sender, get_schedule, require_open
from evidence.case_profile import (
    AREA_TYPE_MISSING,
    FINDING_MISSING,
    RESPONDENT_TYPE_MISSING,
    list_background_questions,
)
from evidence.contributions import (
    WrittenContributionExistsError,
    find_written_contribution,
    hold_contribution,
    list_participant_contributions,
    start_contribution,
    submit_contribution,
)
from evidence.models import Call, Contribution, ContributionState, Mode, Participant
from evidence.participants import create_own_page_url, is_email_confirmed
from evidence.schedule import Section

DIGEST_CHARACTERS = 32


class IncompleteContributionError(RuleError): ...


class CopyNotAvailableError(RuleError): ...


class AlreadySentError(RuleError): ...


class SaveOutcome(StrEnum):
    SAVED = "saved"
    UNCHANGED = "same"
    NEWER_ELSEWHERE = "newer kept"  # changed elsewhere since, unchanged here
    CONFLICT = "changed twice"  # here and elsewhere: nothing was saved, the person decides


class FormPage(StrEnum):
    CASE_STUDY = "case study"
    SECTION = "section"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class AnswerEdit:
    value: AnswerValue
    seen_version: int  # number of the version the edit is based on; 0: none
    seen_digest: str = ""  # of its text


@dataclass(frozen=True, slots=True)
class MissingItem:
    message: str
    page: FormPage
    field_name: str
    section_key: str = ""


class FormStatus(StrEnum):
    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class FormProgress:
    answered: int
    total: int

    @property
    def status(self) -> FormStatus:
        if not self.answered:
            return FormStatus.NOT_STARTED
        return FormStatus.FINISHED if self.answered == self.total else FormStatus.IN_PROGRESS

    @property
    def label(self) -> str:
        if self.status is FormStatus.IN_PROGRESS:
            return f"{self.answered} of {self.total}"
        return self.status.value.capitalize()


def calculate_text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_CHARACTERS]


def start_or_resume(call: Call, participant: Participant) -> Contribution:
    require_open(call)
    existing = find_written_contribution(participant.id, call)
    if existing is not None:
        return existing
    try:
        return start_contribution(call, participant, Mode.WRITTEN)
    except WrittenContributionExistsError:  # started in another tab at the same moment
        existing = find_written_contribution(participant.id, call)
        if existing is None:
            raise
        return existing


def mail_return_link(contribution: Contribution) -> None:
    participant, call = contribution.participant, contribution.call
    mail = render_mail(
        "evidence/return_link",
        recipient=get_participant_email(participant),
        subject="Your link to continue writing",
        sender=describe_sender(call),
        call=call,
        address=create_own_page_url(participant, call),
    )
    _queue_within_limits(mail)


def save_answers(contribution: Contribution, edits: Mapping[str, AnswerEdit]) -> dict[str, SaveOutcome]:
    """Save what was changed, but never over a newer version saved elsewhere. Raises CallNotOpenError."""
    require_open(contribution.call)
    _lock_contribution(contribution)
    numbers = get_newest_version_numbers(contribution)
    _require_room(contribution, edits)
    return {key: _save_answer(contribution, key, edit, numbers.get(key, 0)) for key, edit in edits.items()}


def require_draft(contribution: Contribution) -> None:
    """What was sent changes only when its contributor says so: half a sentence must not become evidence."""
    if contribution.state is not ContributionState.DRAFT:
        raise AlreadySentError("You have sent your answers. Save this page to change them.")


def list_missing_items(contribution: Contribution) -> list[MissingItem]:
    return [
        *_list_missing_profile_items(contribution),
        *_list_missing_answers(contribution),
        *_list_missing_decisions(contribution),
    ]


def submit_written(contribution: Contribution) -> None:
    require_open(contribution.call)
    _lock_contribution(contribution)
    if contribution.state is not ContributionState.DRAFT:
        return
    missing = list_missing_items(contribution)
    if missing:
        raise IncompleteContributionError(missing[0].message)
    if is_email_confirmed(contribution.participant):
        submit_contribution(contribution)
        mail_copy(contribution)
    else:
        hold_contribution(contribution)
        _mail_request_to_confirm(contribution)


def submit_waiting(participant: Participant) -> None:
    """Once the address is confirmed. What was sent in time counts, even if the call has closed since."""
    for contribution in list_participant_contributions(participant.id):
        if contribution.state is ContributionState.WAITING:
            submit_contribution(contribution)
            mail_copy(contribution)


def mail_copy(contribution: Contribution) -> None:
    """Only of what counts as given: anyone could have typed a draft, or an address that is not theirs.

    It is deleted from the outbox once sent.
    """
    if contribution.state is not ContributionState.SUBMITTED or not is_email_confirmed(contribution.participant):
        raise CopyNotAvailableError("We can email you a copy once you have sent your answers and confirmed your email.")
    if get_participant_email(contribution.participant):
        queue_mail(_compose_copy(contribution), is_secret=True, has_own_words=True)


def get_section_progress(section: Section, texts: Mapping[str, str]) -> FormProgress:
    answered = sum(1 for question in section.questions if texts.get(question.key))
    return FormProgress(answered, len(section.questions))


def get_case_profile_progress(contribution: Contribution) -> FormProgress:
    total = len(set(list_background_questions(contribution.call)) - {"aims"})
    return FormProgress(total - len(_list_missing_profile_items(contribution)), total)


def get_consent_progress(contribution: Contribution) -> FormProgress:
    terms = consent.list_terms_to_ask(contribution.call, {Mode.WRITTEN})
    return FormProgress(len(terms) - len(_list_missing_decisions(contribution)), len(terms))


def get_answer_texts(contribution: Contribution) -> dict[str, str]:
    return {key: answer.text for key, answer in get_answers_by_question(contribution).items()}


def get_participant_email(participant: Participant) -> str:
    return participant.contact.email if participant.contact else ""


def _mail_request_to_confirm(contribution: Contribution) -> None:
    """None of the words: the address may be somebody else's."""
    mail = render_mail(
        "evidence/confirm_sent",
        recipient=get_participant_email(contribution.participant),
        subject="Confirm your email address",
        sender=describe_sender(contribution.call),
        call=contribution.call,
        address=create_own_page_url(contribution.participant, contribution.call),
    )
    _queue_within_limits(mail)


def _queue_within_limits(mail: Mail) -> None:
    if public_mail.count_mail_to(mail.recipient):
        queue_mail(mail, is_secret=True)


def _lock_contribution(contribution: Contribution) -> None:
    db.session.refresh(contribution, with_for_update=True)


def _require_room(contribution: Contribution, edits: Mapping[str, AnswerEdit]) -> None:
    schedule, stored = get_schedule(contribution.schedule_version), get_answer_texts(contribution)
    texts = {key: build_stored_text(schedule.get_question(key), edit.value) for key, edit in edits.items()}
    require_room(contribution, [text for key, text in texts.items() if text != stored.get(key, "")])


def _save_answer(contribution: Contribution, key: str, edit: AnswerEdit, number: int) -> SaveOutcome:
    question = get_schedule(contribution.schedule_version).get_question(key)
    text = build_stored_text(question, edit.value)
    if text == get_version_text(contribution, key, number):
        return SaveOutcome.UNCHANGED
    if number > edit.seen_version:
        return SaveOutcome.NEWER_ELSEWHERE if _is_untouched(contribution, key, edit, text) else SaveOutcome.CONFLICT
    record_answer(contribution, key, edit.value, by=None)
    return SaveOutcome.SAVED


def _is_untouched(contribution: Contribution, key: str, edit: AnswerEdit, text: str) -> bool:
    """By its digest, because the version that the page showed may have become part of a newer one."""
    if edit.seen_digest:
        return hmac.compare_digest(calculate_text_digest(text), edit.seen_digest)
    return text == get_version_text(contribution, key, edit.seen_version)


def _list_missing_profile_items(contribution: Contribution) -> list[MissingItem]:
    asked = list_background_questions(contribution.call)
    items = [
        (contribution.respondent_type, RESPONDENT_TYPE_MISSING, "given_as"),
        (contribution.area_types, AREA_TYPE_MISSING, "places"),
        (contribution.finding, FINDING_MISSING, "shows"),
    ]
    missing = [(message, field) for value, message, field in items if field in asked and not value]
    return [MissingItem(message, FormPage.CASE_STUDY, field) for message, field in missing]


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
        message = "Answer at least one question."
        missing = [MissingItem(message, FormPage.SECTION, f"answer_{first.questions[0].key}", first.key)]
    return missing


def _list_missing_decisions(contribution: Contribution) -> list[MissingItem]:
    decisions = consent.get_decisions_on_current_wording(contribution.participant_id, contribution.call_id)
    return [
        MissingItem(f"Select yes or no: {term.wording}", FormPage.CONSENT, f"consent_{term.use.value}")
        for term in consent.list_terms_to_ask(contribution.call, {Mode.WRITTEN})
        if term.use not in decisions
    ]


def _compose_copy(contribution: Contribution) -> Mail:
    participant, call = contribution.participant, contribution.call
    return render_mail(
        "evidence/written_copy",
        recipient=get_participant_email(participant),
        subject="A copy of your answers",
        sender=describe_sender(call),
        call=call,
        contribution=contribution,
        sent_on=clock.format_day(contribution.submitted_at or clock.now(), call.zone),
        schedule=get_schedule(contribution.schedule_version),
        texts=get_answer_texts(contribution),
        decisions=consent.get_current_decisions(participant.id, call.id).values(),
        address=create_own_page_url(participant, call),
    )
