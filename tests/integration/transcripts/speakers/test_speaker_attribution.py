"""The speakers of a transcript: by channel, by file, and as people set them. The pages are tested elsewhere."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import AuditEntry
from core import jobs
from core.database import db
from core.errors import NotReadyError
from tests.support import make, make_speakers, make_transcripts
from tests.support.make_evidence import SAMPLES
from transcripts.models import Recording, SpeakerRole, SpeakerSource
from transcripts.passages import suggestions
from transcripts.recordings import processing_jobs, tracks
from transcripts.recordings.recording_status import get_recording_status
from transcripts.speakers import roles
from transcripts.speakers.speaker_note import SOURCE_MESSAGES
from transcripts.transcription import pipeline

DEMO = str(SAMPLES / "demo.pt")
SECONDS = 31.0


def two_files() -> tuple[Recording, Recording]:
    """Of one conversation: the volunteer's came first."""
    volunteer = make_transcripts.recording(sound=make_speakers.conversation_wav(SECONDS, 1), model=DEMO)
    interviewer = make_transcripts.recording(
        volunteer.contribution, make_speakers.conversation_wav(SECONDS, 0), model=DEMO
    )
    for row in (volunteer, interviewer):
        row.duration_seconds = SECONDS
    volunteer.track_group = interviewer.track_group = uuid4()
    volunteer.track_count = interviewer.track_count = 2
    db.session.flush()
    return volunteer, interviewer


@pytest.mark.one_database
def test_one_speaker_per_channel_is_distinguished_exactly(app: Flask) -> None:
    recording = make_transcripts.recording(sound=make_speakers.conversation_wav(SECONDS, 0, 1), model=DEMO)
    recording.channels, recording.duration_seconds = 2, SECONDS

    processing_jobs.enqueue_next_step(recording)
    make.run_jobs()

    (transcript,) = recording.transcripts
    said = [(segment.speaker, segment.text) for segment in transcript.segments]
    assert said[0] == ("A", "Thank you for making the time to talk to us today.")
    assert ("B", "You know what it is like.") in said
    assert transcript.speaker_source is SpeakerSource.CHANNELS
    assert not roles.has_confirmed_roles(transcript)


@pytest.mark.slow
def test_files_that_ran_at_the_same_time_make_one_transcript(app: Flask) -> None:
    volunteer, interviewer = two_files()

    processing_jobs.enqueue_next_step(volunteer)
    make.run_jobs()

    (transcript,) = volunteer.transcripts
    assert {segment.speaker for segment in transcript.segments} == {"A", "B"}
    assert transcript.segments[0].text == "Thank you for making the time to talk to us today."
    assert [segment.start_seconds for segment in transcript.segments] == sorted(
        segment.start_seconds for segment in transcript.segments
    )
    assert interviewer.transcripts == []


def test_a_file_whose_text_another_carries_says_so_and_has_nothing_left_to_do(app: Flask) -> None:
    volunteer, interviewer = two_files()

    status = get_recording_status(interviewer)

    assert processing_jobs.find_next_step(interviewer) is None
    assert status.message == tracks.describe_group(interviewer)
    assert status.message.startswith("This file belongs to recording 1")
    assert "started at the same moment" in tracks.describe_group(volunteer)


def test_a_group_waits_for_its_last_file(app: Flask) -> None:
    volunteer, interviewer = two_files()
    volunteer.track_count = interviewer.track_count = 3

    with pytest.raises(NotReadyError, match="one more file of the same conversation"):
        pipeline.build_plan(volunteer)


def test_when_the_primary_track_is_refused_the_next_file_replaces_it(app: Flask) -> None:
    volunteer, interviewer = two_files()

    pipeline.mark_refused(volunteer, "It is damaged.")

    plan = pipeline.build_plan(interviewer)
    assert plan is not None
    assert [part.recording_id for part in plan.parts] == [interviewer.id]
    assert jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, interviewer.id) is not None


def test_a_guess_by_voice_is_no_fact_and_mapping_does_not_see_it(app: Flask) -> None:
    transcript = make_speakers.two_speaker_transcript()

    request = suggestions.build_mapping_request(transcript)

    assert {segment.speaker for segment in request.segments} == {None}


def test_a_swapped_guess_is_still_a_guess(app: Flask) -> None:
    transcript, by = make_speakers.two_speaker_transcript(), make.staff("Cara").id

    roles.swap_roles(transcript, by)

    assert roles.get_roles(transcript) == {"A": SpeakerRole.PARTICIPANT, "B": SpeakerRole.INTERVIEWER}
    assert transcript.speaker_source is SpeakerSource.GUESSED
    assert {segment.speaker for segment in suggestions.build_mapping_request(transcript).segments} == {None}
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "speakers swapped")).one()


def test_confirming_turns_a_guess_into_what_somebody_said(app: Flask) -> None:
    transcript, by = make_speakers.two_speaker_transcript(), make.staff("Cara").id

    roles.confirm_speakers(transcript, by)

    assert transcript.speaker_source is SpeakerSource.CONFIRMED
    assert [segment.speaker for segment in transcript.segments] == ["A", "B"] * 3
    assert {segment.speaker for segment in suggestions.build_mapping_request(transcript).segments} == {"A", "B"}
    assert jobs.find_latest(processing_jobs.MAP_JOB, transcript.id) is not None


def test_swapping_twice_is_as_before(app: Flask) -> None:
    transcript, by = make_speakers.two_speaker_transcript(), make.staff("Cara").id

    roles.swap_roles(transcript, by)
    roles.swap_roles(transcript, by)

    assert roles.get_roles(transcript) == {"A": SpeakerRole.INTERVIEWER, "B": SpeakerRole.PARTICIPANT}


def test_merged_letters_are_one_speaker_until_they_are_separated(app: Flask) -> None:
    transcript, by = make_speakers.two_speaker_transcript(), make.staff("Cara").id

    roles.merge_speakers(transcript, "B", "A", by)
    merged = (
        roles.get_roles(transcript),
        {one.speaker for one in suggestions.build_mapping_request(transcript).segments},
    )
    roles.separate_speaker(transcript, "B", by)

    assert merged == ({"A": SpeakerRole.INTERVIEWER}, {"A"})
    assert roles.get_roles(transcript) == {"A": SpeakerRole.INTERVIEWER, "B": None}


def test_one_speaker_alone_cannot_be_swapped_nor_merged_with_nobody(app: Flask) -> None:
    transcript, by = make_speakers.two_speaker_transcript(), make.staff("Cara").id
    roles.merge_speakers(transcript, "B", "A", by)

    with pytest.raises(roles.NotTwoSpeakersError):
        roles.swap_roles(transcript, by)
    with pytest.raises(roles.NoSuchSpeakerError):
        roles.merge_speakers(transcript, "A", "<script>", by)
    with pytest.raises(roles.NoSuchSpeakerError):
        roles.set_role(transcript, "B", SpeakerRole.OTHER, by)


def test_who_speaks_is_shown_as_what_it_is(app: Flask) -> None:
    transcript = make_speakers.two_speaker_transcript()

    words = {known: SOURCE_MESSAGES[known] for known in SpeakerSource}

    assert "guess" in roles.describe_certainty(transcript)
    assert len(set(words.values())) == len(SpeakerSource)
