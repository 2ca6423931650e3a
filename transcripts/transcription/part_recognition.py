"""Recognise the parts of a recording (its files or channels), continuing after the windows of earlier attempts."""

from dataclasses import replace

from transcripts.audio.streams import AudioSource, open_audio
from transcripts.recognition.recogniser import RecognisedWindow, Recogniser, assemble_transcript
from transcripts.recordings import recordings
from transcripts.recordings.stored_sound import open_stored_recording
from transcripts.speakers import diarisation
from transcripts.text.spoken import SpokenTranscript
from transcripts.transcription import recognition_checkpoints
from transcripts.transcription.pipeline import RecognitionPart, TranscriptionPlan
from transcripts.transcription.recogniser_loading import describe_planned_run
from transcripts.transcription.transcription_progress import TranscriptionProgress


def split_by_speaker(plan: TranscriptionPlan, progress: TranscriptionProgress) -> tuple[RecognitionPart, ...]:
    """Each of several files is one speaker; the channels of a single stereo file may be."""
    if len(plan.parts) > 1:
        return plan.parts
    whole = plan.parts[0]
    channels = diarisation.choose_channels(
        whole.channels, lambda channel: open_part(replace(whole, channel=channel)), progress.check_cancelled
    )
    return tuple(replace(whole, channel=channel) for channel in channels)


def open_part(part: RecognitionPart) -> AudioSource:
    return open_audio(
        lambda: open_stored_recording(recordings.get_storage(), part.storage_path),
        fingerprint=part.sha256,
        seconds=part.duration_seconds,
        channel=part.channel,
        has_one_voice=part.has_one_voice,
    )


def recognise_part(
    part: RecognitionPart, plan: TranscriptionPlan, recogniser: Recogniser, progress: TranscriptionProgress
) -> SpokenTranscript:
    """Each batch of windows is committed as soon as it is complete."""
    sound = open_part(part)
    facts = describe_planned_run(recogniser, plan)
    cache_key = recognition_checkpoints.build_cache_key(facts, sound)
    with progress.work.read_transaction():
        windows = recognition_checkpoints.load_windows(part.recording_id, cache_key)
        progress.add_earlier_seconds(recognition_checkpoints.sum_seconds_taken(part.recording_id, cache_key))
    batch: list[RecognisedWindow] = []
    progress.start_part(part)
    for window in recogniser.recognise(
        sound,
        language=plan.language,
        glossary=plan.glossary,
        first_window=len(windows),
        on_progress=progress.report_progress,
        is_cancelled=progress.check_cancelled,
    ):
        batch.append(window)
        if window.ends_batch:
            with progress.work.write_transaction():
                recognition_checkpoints.save_batch(part.recording_id, cache_key, batch, progress.measure_lap())
            windows, batch = [*windows, *batch], []
    return assemble_transcript(windows, duration=part.duration_seconds, facts=facts, language=plan.language)
