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
from core.mail_pages import compose
from core.outbox import queue_mail
from evidence import consent
from evidence.answer_kinds import Value
from evidence.answers import answers_of, as_text, newest_numbers, record_answer, text_of_version
from evidence.calls import require_open, schedule_of
from evidence.contributions import AlreadyBegunError, begin, find_written, give
from evidence.models import Call, Contribution, ContributionState, Mode, Participant
from evidence.participants import own_page_address
from evidence.schedule import Section


class NotCompleteError(RuleError):
    """Something that has to be there before sending is missing."""


class Outcome(StrEnum):
    SAVED = "saved"
    SAME = "same"
    NEWER_KEPT = "newer kept"  # changed elsewhere since, and not touched here
    CHANGED_TWICE = "changed twice"  # here and elsewhere: nothing was stored, the person decides


class Part(StrEnum):
    """The pages of a written contribution on which something can be missing."""

    CASE_STUDY = "case study"
    SECTION = "section"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Edit:
    value: Value
    seen: int  # number of the version that it started from; 0: there was none


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing before sending, and where it can be mended."""

    words: str
    part: Part
    field: str
    section_key: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    answered: int
    total: int

    @property
    def words(self) -> str:
        if not self.answered:
            return "Not started"
        return "Finished" if self.answered == self.total else f"{self.answered} of {self.total}"


def start(call: Call, participant: Participant) -> Contribution:
    """This person's written contribution, begun if there is none. Raises CallNotOpenError."""
    require_open(call)
    found = find_written(participant.id, call)
    if found is not None:
        return found
    try:
        return begin(call, participant, Mode.WRITTEN)
    except AlreadyBegunError:  # in another tab at this moment
        found = find_written(participant.id, call)
        if found is None:
            raise
        return found


def mail_link(contribution: Contribution) -> None:
    """Mail the link that brings this person back."""
    participant, call = contribution.participant, contribution.call
    mail = compose(
        "evidence/started",
        recipient=email_of(participant),
        subject="Your link to go on writing",
        call=call,
        address=own_page_address(participant, call),
    )
    queue_mail(mail, is_secret=True)


def save_answers(contribution: Contribution, edits: Mapping[str, Edit]) -> dict[str, Outcome]:
    """Record what was changed; never over a newer version made elsewhere. Raises CallNotOpenError."""
    require_open(contribution.call)
    _lock(contribution)
    numbers = newest_numbers(contribution)
    return {key: _save(contribution, key, edit, numbers.get(key, 0)) for key, edit in edits.items()}


def gaps(contribution: Contribution) -> list[Gap]:
    """What has to be there before sending, in the order of the pages."""
    return [*_background_gaps(contribution), *_answer_gaps(contribution), *_consent_gaps(contribution)]


def submit(contribution: Contribution) -> None:
    """Hand the contribution in and mail a copy, once. Raises CallNotOpenError or NotCompleteError."""
    require_open(contribution.call)
    _lock(contribution)
    if contribution.state is not ContributionState.DRAFT:
        return
    missing = gaps(contribution)
    if missing:
        raise NotCompleteError(missing[0].words)
    give(contribution)
    mail_copy(contribution)


def mail_copy(contribution: Contribution) -> None:
    """The full text of what a person gave, to that person only; it is wiped here once it is sent."""
    queue_mail(_copy(contribution), is_secret=True)


def section_progress(section: Section, texts: Mapping[str, str]) -> Progress:
    answered = sum(1 for question in section.questions if texts.get(question.key))
    return Progress(answered, len(section.questions))


def background_progress(contribution: Contribution) -> Progress:
    wanted = 3 if contribution.call.places else 2
    return Progress(wanted - len(_background_gaps(contribution)), wanted)


def consent_progress(contribution: Contribution) -> Progress:
    terms = consent.terms_for(contribution.call, {Mode.WRITTEN})
    return Progress(len(terms) - len(_consent_gaps(contribution)), len(terms))


def texts_of(contribution: Contribution) -> dict[str, str]:
    return {key: answer.text for key, answer in answers_of(contribution).items()}


def email_of(participant: Participant) -> str:
    return participant.contact.email if participant.contact else ""


def _lock(contribution: Contribution) -> None:
    """Two windows of one person take turns."""
    db.session.refresh(contribution, with_for_update=True)


def _save(contribution: Contribution, key: str, edit: Edit, number: int) -> Outcome:
    question = schedule_of(contribution.schedule_version).question(key)
    text = as_text(question, edit.value)
    if text == text_of_version(contribution, key, number):
        return Outcome.SAME
    if number > edit.seen:
        untouched = text == text_of_version(contribution, key, edit.seen)
        return Outcome.NEWER_KEPT if untouched else Outcome.CHANGED_TWICE
    record_answer(contribution, key, edit.value, by=None)
    return Outcome.SAVED


def _background_gaps(contribution: Contribution) -> list[Gap]:
    found = [
        (contribution.given_as, "Say whether you speak for an organisation or as an individual.", "given_as"),
        (contribution.places or not contribution.call.places, "Choose at least one kind of place.", "places"),
        (contribution.shows, "Say whether it shows something that works or a difficulty that persists.", "shows"),
    ]
    return [Gap(words, Part.CASE_STUDY, field) for is_there, words, field in found if not is_there]


def _answer_gaps(contribution: Contribution) -> list[Gap]:
    texts = texts_of(contribution)
    sections = schedule_of(contribution.schedule_version).sections
    missing = [
        Gap(f"Answer “{question.prompt}”", Part.SECTION, f"answer_{question.key}", section.key)
        for section in sections
        for question in section.questions
        if question.required and not texts.get(question.key)
    ]
    if not missing and not any(texts.values()):
        first = sections[0]
        words = "Answer at least one of the questions."
        missing = [Gap(words, Part.SECTION, f"answer_{first.questions[0].key}", first.key)]
    return missing


def _consent_gaps(contribution: Contribution) -> list[Gap]:
    decided = consent.decisions_on_these_words(contribution.participant_id, contribution.call_id)
    return [
        Gap(f"Say yes or no to: {term.wording}", Part.CONSENT, f"consent_{term.use.value}")
        for term in consent.terms_for(contribution.call, {Mode.WRITTEN})
        if term.use not in decided
    ]


def _copy(contribution: Contribution) -> Mail:
    participant, call = contribution.participant, contribution.call
    return compose(
        "evidence/copy",
        recipient=email_of(participant),
        subject="Your copy of what you wrote",
        call=call,
        contribution=contribution,
        sent_on=clock.day(contribution.given_at or clock.now(), call.zone),
        schedule=schedule_of(contribution.schedule_version),
        texts=texts_of(contribution),
        decisions=consent.decisions_now(participant.id, call.id).values(),
        address=own_page_address(participant, call),
    )
