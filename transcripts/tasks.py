"""The slow work on recordings: check, transcribe, map. Decides nothing; torch is imported late, only by workers."""

from core import clock, jobs
from core.database import db
from core.leases import Work
from core.models import Queue
from transcripts.audio.decoder import UnusableRecordingError, probe
from transcripts.markers import placement
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.passages import remapping, suggestions
from transcripts.passages.mapping_run import run_mapping
from transcripts.recordings import interview_lock, processing_jobs, recordings
from transcripts.recordings.stored_sound import open_stored_recording
from transcripts.speakers import diarisation
from transcripts.text import reviewed_transcripts
from transcripts.text.stored_transcripts import RecognitionProvenance
from transcripts.transcription import pipeline
from transcripts.transcription.part_recognition import open_part, recognise_part, split_by_speaker
from transcripts.transcription.recogniser_loading import (
    describe_planned_run,
    load_planned_recogniser,
    require_no_running_download,
)
from transcripts.transcription.transcription_progress import TranscriptionProgress


@jobs.job(processing_jobs.CHECK_JOB, Queue.FILES)
def check_recording(work: Work) -> None:
    with work.read_transaction():
        recording = db.session.get_one(Recording, work.subject_id)
        is_new, path = recording.state is RecordingState.RECEIVED, recording.storage_path
    if not is_new:
        return
    try:
        with open_stored_recording(recordings.get_storage(), path) as file:
            facts = probe(file)
    except UnusableRecordingError as error:
        with work.write_transaction():
            pipeline.mark_refused(db.session.get_one(Recording, work.subject_id), str(error))
        return
    with work.write_transaction():
        recording = db.session.get_one(Recording, work.subject_id)
        pipeline.mark_playable(recording, facts)
        placement.set_start_from_file(recording)


@jobs.job(processing_jobs.TRANSCRIBE_JOB, Queue.LONG)
def transcribe_recording(work: Work) -> None:
    with work.read_transaction():
        plan = pipeline.build_plan(db.session.get_one(Recording, work.subject_id))
    if plan is None:
        return
    with work.read_transaction():
        require_no_running_download(plan)
    progress = TranscriptionProgress(work, plan.parts)
    recogniser = load_planned_recogniser(plan, progress.check_cancelled)
    facts = describe_planned_run(recogniser, plan)
    parts = split_by_speaker(plan, progress)
    progress.set_parts(parts)
    recognised = [(open_part(part), recognise_part(part, plan, recogniser, progress)) for part in parts]
    spoken, speaker_source = diarisation.assign_speakers(recognised, progress.check_cancelled)
    progress.measure_lap()
    provenance = RecognitionProvenance(facts, progress.seconds_taken, speaker_source)
    with work.write_transaction(lock_first=lambda: _lock_interview_of(db.session.get_one(Recording, work.subject_id))):
        pipeline.store_transcript(work.subject_id, {part.recording_id for part in plan.parts}, spoken, provenance)


@jobs.job(processing_jobs.MAP_JOB, Queue.LONG)
def map_transcript(work: Work) -> None:
    with work.read_transaction():
        request = suggestions.build_mapping_request(db.session.get_one(Transcript, work.subject_id))
    mapped = run_mapping(request)
    with work.write_transaction(lock_first=lambda: _lock_interview_of(db.session.get_one(Transcript, work.subject_id))):
        suggestions.store_suggestions(db.session.get_one(Transcript, work.subject_id), mapped, request.segments)


@jobs.job(reviewed_transcripts.REMAP_OTHERS_JOB, Queue.QUICK)
def remap_others(work: Work) -> None:
    with work.write_transaction():
        for transcript_id in remapping.list_transcripts_to_remap(work.subject_id):
            processing_jobs.enqueue_remapping(transcript_id)


@jobs.job(remapping.REMAP_UNTOUCHED_JOB, Queue.QUICK)
def remap_untouched(work: Work) -> None:
    with work.write_transaction():
        transcript = db.session.get_one(Transcript, work.subject_id)
        quiet_until = remapping.get_quiet_until(transcript)
        if quiet_until > clock.now():
            jobs.enqueue(remapping.REMAP_UNTOUCHED_JOB, transcript.id, not_before=quiet_until)
        elif remapping.has_untouched_suggestions(transcript):
            processing_jobs.enqueue_remapping(transcript.id)


def _lock_interview_of(row: Recording | Transcript) -> None:
    """The lock order that people's decisions use too: the interview before its jobs."""
    interview_lock.lock_interview(row.contribution_id)
