"""From a stored file to a transcript with suggestions: what waits, what is refused, what stays."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.errors import NotReadyError
from core.models import Job, JobState
from core.settings import Settings
from evidence import consent
from evidence.consent_terms import ConsentUse
from tests.support import five_people, make, make_transcripts
from tests.support.make_evidence import SAMPLES
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import Coverage, Passage, PassageState, Recording, RecordingState, Segment, Transcript
from transcripts.recordings import processing_jobs, recordings, track_groups
from transcripts.recordings.recording_status import get_recording_status
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance
from transcripts.transcription import pipeline

pytestmark = pytest.mark.one_database

DEMO = str(SAMPLES / "demo.pt")


def ask(recording: Recording) -> Job:
    job = processing_jobs.enqueue_next_step(recording)
    make.run_jobs()
    return job


def run_waiting(job: Job) -> None:
    job.run_after = clock.now()
    db.session.commit()
    jobs.run(job.id)
    make.run_jobs()


def test_a_recording_becomes_a_transcript_with_suggestions(app: Flask) -> None:
    recording = make_transcripts.recording(
        sound=make_transcripts.speech_wav(45), state=RecordingState.RECEIVED, model=DEMO
    )

    ask(recording)

    (transcript,) = recording.transcripts
    assert recording.state is RecordingState.PLAYABLE
    assert (recording.media_type, recording.channels) == ("audio/wav", 1)
    assert recording.duration_seconds == pytest.approx(45, abs=0.1)
    assert "talk to us today" in " ".join(segment.text for segment in transcript.segments)
    assert transcript.segments[0].words[0]["start"] < transcript.segments[-1].words[-1]["end"] <= 45
    assert (transcript.model, transcript.is_demonstration, transcript.number) == ("demo.pt", True, 1)
    assert transcript.options["engine"].startswith("openai-whisper")
    assert {passage.state for passage in transcript.passages} == {PassageState.SUGGESTED}
    assert "capacity" in {passage.question_key for passage in transcript.passages}
    assert len(transcript.coverage) == 10
    assert get_recording_status(recording).label == "done"


def test_every_word_of_a_transcript_is_in_one_suggestion(app: Flask) -> None:
    recording = make_transcripts.recording(sound=make_transcripts.speech_wav(30), model=DEMO)

    ask(recording)

    (transcript,) = recording.transcripts
    said = " ".join(segment.text for segment in transcript.segments)
    assert " ".join(passage.text for passage in transcript.passages) == said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "cannot read this file"),
        (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "cannot read this file"),
        (make_transcripts.tone_wav()[:2000], "damaged"),
        (make_transcripts.tone_wav(pitch=0.0), "silent"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_reason_and_kept(app: Flask, content: bytes, reason: str) -> None:
    recording = make_transcripts.recording(sound=content, state=RecordingState.RECEIVED)

    ask(recording)

    assert recording.state is RecordingState.REFUSED
    assert reason in recording.refusal
    assert recordings.get_storage().read_range(recording.storage_path, 0, len(content)) == content
    assert jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, recording.id) is None


def test_without_consent_to_transcribe_a_recording_waits_and_says_so(app: Flask) -> None:
    recording = make_transcripts.recording(make_transcripts.contribution(transcribe=False), model=DEMO)

    job = ask(recording)

    assert job.state is JobState.WAITING
    assert "has not agreed to have what they said written down" in get_recording_status(recording).message
    assert db.session.scalar(select(func.count()).select_from(Transcript)) == 0


def test_who_no_longer_agrees_to_be_recorded_is_not_written_down(app: Flask) -> None:
    recording = make_transcripts.recording(make_transcripts.contribution(transcribe=True), model=DEMO)
    contribution = recording.contribution
    consent.record_decisions(contribution.participant, contribution.call, {ConsentUse.RECORD: False}, noted_by=None)

    job = ask(recording)

    assert job.state is JobState.WAITING
    assert "no longer agrees to be recorded" in get_recording_status(recording).message
    assert recording.transcripts == []


def test_it_goes_on_when_consent_is_given(app: Flask) -> None:
    recording = make_transcripts.recording(
        make_transcripts.contribution(transcribe=False), make_transcripts.speech_wav(10), model=DEMO
    )
    job = ask(recording)
    contribution = recording.contribution

    consent.record_decisions(contribution.participant, contribution.call, {ConsentUse.TRANSCRIBE: True}, noted_by=None)
    processing_jobs.retry_waiting_recordings(contribution)
    db.session.commit()
    jobs.run(job.id)

    assert job.state is JobState.DONE
    assert len(recording.transcripts) == 1


def test_consent_withdrawn_while_it_ran_keeps_the_transcript_out(app: Flask) -> None:
    recording = make_transcripts.recording()
    contribution = recording.contribution
    consent.record_decisions(contribution.participant, contribution.call, {ConsentUse.TRANSCRIBE: False}, noted_by=None)

    with pytest.raises(NotReadyError):
        pipeline.store_transcript(recording.id, {recording.id}, *something_heard())

    assert recording.transcripts == []


def test_a_file_that_comes_while_another_of_its_group_is_written_down_is_not_left_out(app: Flask) -> None:
    first = make_transcripts.recording()
    second = make_transcripts.recording(first.contribution, make_transcripts.tone_wav(pitch=500))
    track_groups.group_with(second, first, others_follow=False)

    with pytest.raises(NotReadyError, match="Another file of the same conversation"):
        pipeline.store_transcript(first.id, {first.id}, *something_heard())

    assert first.transcripts == []
    assert pipeline.store_transcript(first.id, {first.id, second.id}, *something_heard()) is not None


def test_a_transcript_that_is_there_is_not_written_a_second_time(app: Flask) -> None:
    recording = make_transcripts.recording()
    pipeline.store_transcript(recording.id, {recording.id}, *something_heard())

    second = pipeline.store_transcript(recording.id, {recording.id}, *something_heard())

    assert second is None
    assert db.session.scalar(select(func.count()).select_from(Transcript)) == 1
    assert db.session.scalar(select(func.count()).select_from(Segment)) == 1


def test_missing_weights_let_the_job_wait_with_what_to_do(app: Flask) -> None:
    recording = make_transcripts.recording(model="no-such-model.pt")

    job = ask(recording)

    assert job.state is JobState.WAITING
    assert "neither a file on this machine nor one of Whisper’s names" in get_recording_status(recording).message


def test_it_goes_on_when_the_weights_are_there(app: Flask, tmp_path: Path) -> None:
    weights = tmp_path / "bought-later.pt"
    recording = make_transcripts.recording(sound=make_transcripts.speech_wav(10), model=str(weights))
    job = ask(recording)

    weights.symlink_to(DEMO)
    run_waiting(job)

    assert job.state is JobState.DONE
    assert len(recording.transcripts) == 1


class TestWithoutLanguageModel:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        return replace(settings, embedding_model=str(tmp_path / "not-there"))

    def test_the_transcript_is_there_and_its_mapping_waits(self, app: Flask) -> None:
        recording = make_transcripts.recording()
        transcript = make_transcripts.transcript(recording, "I speak as a parent.", is_mapped=False)
        cara = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)

        job = ask(recording)

        page = cara.get(f"/staff/transcripts/{transcript.id}", follow_redirects=True).text
        assert job.state is JobState.WAITING
        assert "There is no sentence-transformers model in" in page
        assert "I speak as a parent." in page


def test_a_recording_that_waits_its_turn_can_be_stopped_and_taken_up_again(app: Flask) -> None:
    recording = make_transcripts.recording(sound=make_transcripts.speech_wav(10), model=DEMO)
    processing_jobs.enqueue_next_step(recording)

    processing_jobs.cancel_processing(recording)
    stopped = get_recording_status(recording)
    ask(recording)

    assert (stopped.label, stopped.may_retry) == ("stopped", True)
    assert len(recording.transcripts) == 1


def test_a_mapping_counts_what_it_found_and_what_was_not_asked(app: Flask) -> None:
    recording = make_transcripts.recording()
    make_transcripts.transcript(recording, "In what capacity are you here?", "As a parent.", is_mapped=False)

    ask(recording)

    assert db.session.scalar(select(func.count()).select_from(Coverage)) == 10
    assert db.session.scalars(select(Passage.id)).all()


def something_heard() -> tuple[SpokenTranscript, RecognitionProvenance]:
    facts = ModelFacts(name="test", sha256="0" * 64, engine="none", options={}, is_english_only=True)
    return SpokenTranscript("en", 10.0, "test", make_transcripts.spoken_segments("Something.")), RecognitionProvenance(
        facts, 1.0
    )
