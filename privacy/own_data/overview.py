"""Everything that one person can see of what we have of them, on one page. Reads only."""

from dataclasses import dataclass

from sqlalchemy import select

from core.database import db
from evidence import own_consent
from evidence.answers import get_answers_by_question
from evidence.calls import get_schedule, is_open
from evidence.contributions import list_participant_contributions
from evidence.models import Contribution, ContributionState, Mode, Participant
from evidence.own_consent import OwnConsent
from evidence.schedule import Question
from interviews.models import Volunteer
from interviews.volunteers.volunteers import list_sign_ups
from transcripts.models import Recording, Transcript
from transcripts.recordings import recordings
from transcripts.text.stored_transcripts import load_segments


@dataclass(frozen=True, slots=True)
class OwnAnswerText:
    question: Question
    text: str


@dataclass(frozen=True, slots=True)
class OwnContribution:
    contribution: Contribution
    answers: list[OwnAnswerText]
    volunteer: Volunteer | None
    recordings: list[Recording]
    transcripts: list[Transcript]
    is_open: bool

    @property
    def is_interview(self) -> bool:
        return self.contribution.mode is Mode.INTERVIEW

    @property
    def is_withdrawn(self) -> bool:
        return self.contribution.state is ContributionState.WITHDRAWN


@dataclass(frozen=True, slots=True)
class OwnData:
    participant: Participant
    contributions: list[OwnContribution]
    consents: list[tuple[str, str, OwnConsent]]  # title and address of each call


def build_own_data(participant: Participant) -> OwnData:
    rows = list_participant_contributions(participant.id)
    volunteers = {volunteer.contribution_id: volunteer for volunteer in list_sign_ups(participant.id)}
    calls = list(dict.fromkeys(row.call for row in rows))
    modes = {call.id: {row.mode for row in rows if row.call_id == call.id} for call in calls}
    return OwnData(
        participant,
        [_build_contribution(row, volunteers.get(row.id)) for row in rows],
        [
            (call.title, call.slug, own_consent.build_own_consent(participant.id, call, modes[call.id]))
            for call in calls
        ],
    )


def list_own_answers(contribution: Contribution) -> list[OwnAnswerText]:
    """In the order of the questions."""
    answers = get_answers_by_question(contribution)
    return [
        OwnAnswerText(question, answers[question.key].text)
        for question in get_schedule(contribution.schedule_version).iter_questions()
        if question.key in answers and answers[question.key].text
    ]


def list_newest_transcripts(contribution: Contribution) -> list[Transcript]:
    own = Transcript.contribution_id == contribution.id, Transcript.is_newest
    return list(db.session.scalars(select(Transcript).where(*own).order_by(Transcript.position)))


def list_spoken_lines(transcript: Transcript) -> list[str]:
    return [segment.text for segment in load_segments(transcript)]


def _build_contribution(contribution: Contribution, volunteer: Volunteer | None) -> OwnContribution:
    return OwnContribution(
        contribution,
        list_own_answers(contribution),
        volunteer,
        recordings.list_recordings(contribution.id),
        list_newest_transcripts(contribution),
        is_open(contribution.call),
    )
