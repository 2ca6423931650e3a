"""What is calculated of a voice ends with the job: nothing of it reaches rows, files or the transcript's JSON."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bench.support.labelled_speech import SpeechTurn
from bench.support.two_speaker_talks import write_segments
from core.database import db
from tests.support import make_transcripts, real_weights
from tests.support.real_clips import decode_clip
from transcripts.audio.streams import wrap_samples
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import SpeakerSource, Transcript
from transcripts.speakers import diarisation, roles
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance
from transcripts.text.transcript_json import transcript_to_json

FIGURES = {"speaker confidence", "speech without speaker"}


@pytest.fixture
def assigned() -> diarisation.SpeakerAssignment:
    sound, clip = decode_clip("harvard12")
    said = [SpeechTurn(turn["start"], turn["end"], turn["speaker"]) for turn in clip["turns"]]
    spoken = SpokenTranscript("en", 31.0, "test", write_segments(said))
    encoder: Path = real_weights.require_voice_encoder()
    return diarisation.guess_by_voice(wrap_samples(sound), spoken, encoder, lambda: None)


def test_of_a_voice_only_a_letter_and_two_figures_are_kept(app: Flask, assigned: diarisation.SpeakerAssignment) -> None:
    facts = ModelFacts(name="test", sha256="0" * 64, engine="none", options={}, is_english_only=True)
    provenance = RecognitionProvenance(facts, 1.0, assigned.source, assigned.note.list_options())
    stored_transcripts.store_recognised(make_transcripts.recording(), assigned.spoken, provenance)
    db.session.commit()

    row = db.session.scalars(select(Transcript)).one()

    assert row.speaker_source is SpeakerSource.GUESSED
    assert {segment.speaker for segment in row.segments} == {"A", "B"}
    assert set(row.options) - {"engine", "speech_seconds"} == FIGURES
    assert "likely to have the right speaker" in roles.describe_certainty(row)


def test_the_transcript_as_a_file_carries_letters_only(assigned: diarisation.SpeakerAssignment) -> None:
    written = transcript_to_json(assigned.spoken)

    assert "confidence" not in json.dumps(written)
    assert {segment["speaker"] for segment in written["segments"]} == {"A", "B"}
