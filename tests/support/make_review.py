"""Builders of evidence to be read: contributions with answers, recordings with transcripts and passages."""

from collections.abc import Sequence
from uuid import uuid4

from accounts.models import StaffMember
from core import clock
from core.database import db
from evidence import consent, contributions, participants
from evidence.answers import record_answer
from evidence.case_profile import CaseProfile, save_case_profile
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Contribution, Mode
from transcripts.models import Coverage, CoverageStatus, Passage, Recording, RecordingState, Segment, Transcript
from transcripts.passages import acceptance

EMPTY_PROFILE = CaseProfile()


def written_contribution(
    call: Call, background: CaseProfile = EMPTY_PROFILE, *, is_submitted: bool = True, **answers: str
) -> Contribution:
    """For example `written(call, cost="Nothing.")`."""
    contribution = _contribution(call, Mode.WRITTEN, background)
    for key, text in answers.items():
        record_answer(contribution, key, text, by=None)
    if is_submitted:
        contributions.submit_contribution(contribution)
    return contribution


def interview_contribution(call: Call, background: CaseProfile = EMPTY_PROFILE) -> Contribution:
    """Begun; it counts as given when somebody accepts its first passage."""
    contribution = _contribution(call, Mode.INTERVIEW, background)
    agreed = {ConsentUse.RECORD: True, ConsentUse.TRANSCRIBE: True}
    consent.record_decisions(contribution.participant, call, agreed, noted_by=None)
    return contribution


def recording(contribution: Contribution, position: int = 1) -> Recording:
    """A row without a file."""
    row = Recording(
        contribution_id=contribution.id,
        position=position,
        storage_path=f"recordings/{uuid4()}",
        media_type="audio/flac",
        size_bytes=1,
        sha256=uuid4().hex,
        duration_seconds=60.0,
        state=RecordingState.PLAYABLE,
        uploaded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def transcript(
    recording: Recording, lines: Sequence[str], *, number: int = 1, demonstration: bool = False
) -> Transcript:
    """Each line is a segment of ten seconds without words of its own."""
    row = Transcript(
        contribution_id=recording.contribution_id,
        position=recording.position,
        recording_id=recording.id,
        number=number,
        language="en",
        duration_seconds=10.0 * len(lines),
        model="base.en",
        options={},
        is_demonstration=demonstration,
        seconds_taken=1.0,
        created_at=clock.now(),
        mapped_at=clock.now(),
    )
    row.segments = [segment(position, line) for position, line in enumerate(lines)]
    db.session.add(row)
    db.session.flush()
    return row


def segment(position: int, text: str, speaker: str | None = None) -> Segment:
    return Segment(
        position=position,
        start_seconds=10.0 * position,
        end_seconds=10.0 * (position + 1),
        speaker=speaker,
        text=text,
        words=[],
    )


def suggestion(transcript: Transcript, key: str | None, first: int, last: int | None = None) -> Passage:
    """The machine's suggestion for a run of segments."""
    end = first if last is None else last
    said = [row.text for row in transcript.segments[first : end + 1]]
    row = Passage(
        question_key=key,
        suggested_key=key,
        start_seconds=10.0 * first,
        end_seconds=10.0 * (end + 1),
        first_segment=first,
        last_segment=end,
        text=" ".join(said),
        confidence=0.8,
    )
    transcript.passages.append(row)
    db.session.flush()
    return row


def accepted_passage(
    transcript: Transcript, key: str, first: int, last: int | None = None, *, by: StaffMember
) -> Passage:
    """A suggestion that a person has accepted, so that it is an answer."""
    row = suggestion(transcript, key, first, last)
    acceptance.accept_passage(row, by.id)
    return row


def add_coverage(transcript: Transcript, **statuses: CoverageStatus) -> None:
    """For example `covered(transcript, cost=CoverageStatus.ASKED)`."""
    transcript.coverage.extend(Coverage(question_key=key, status=status) for key, status in statuses.items())
    db.session.flush()


def _contribution(call: Call, mode: Mode, background: CaseProfile) -> Contribution:
    contribution = contributions.start_contribution(call, participants.create_participant(name="Dev"), mode)
    save_case_profile(contribution, background)
    return contribution
