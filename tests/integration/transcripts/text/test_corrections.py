"""Correcting the text: versions, conflicts, undo and redo, and what passages and answers make of it."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import StaffMember
from accounts.roles import Role
from core.exits import ExitUse
from evidence import consent
from evidence.answers import get_answers_by_question
from evidence.consent_terms import ConsentUse
from tests.support import make, make_speakers, make_transcripts
from transcripts.models import Passage, Transcript
from transcripts.passages import acceptance, corrected_text
from transcripts.speakers import roles
from transcripts.text import corrections
from transcripts.text.corrections import CorrectionConflictError, NoSuchSegmentError, TextTooLongError
from transcripts.text.current_text import list_current_segments, list_timed_segments
from transcripts.text.stored_transcripts import load_segments

TEXTS = ("the word was very cold", "and the nurse came in late")
NEW_WORDS = ["the", "ward", "nurse", "x", "y"]


@pytest.fixture
def cara(app: Flask) -> StaffMember:
    return make.staff("cara", Role.REVIEWER)


@pytest.fixture
def amira(app: Flask) -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


@pytest.fixture
def transcript(app: Flask) -> Transcript:
    row = make_transcripts.transcript(None, *TEXTS, is_mapped=False)
    make_transcripts.add_suggestions(row, ["capacity", "values"])
    return row


def list_texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in list_current_segments(transcript)]


def get_answer(transcript: Transcript, key: str) -> str:
    return get_answers_by_question(transcript.contribution)[key].text


def test_a_correction_is_read_and_the_machines_text_stays(transcript: Transcript, cara: StaffMember) -> None:
    corrected_text.correct_segment(transcript, 0, "the ward was  very cold", 0, cara.id)

    assert list_texts(transcript) == ["the ward was very cold", TEXTS[1]]
    assert [segment.text for segment in load_segments(transcript)] == list(TEXTS)
    assert transcript.passages[0].text == "the ward was very cold"


def test_an_accepted_answer_follows_and_keeps_its_earlier_version(transcript: Transcript, cara: StaffMember) -> None:
    acceptance.accept_passage(transcript.passages[0], cara.id)

    corrected_text.correct_segment(transcript, 0, "the ward was very cold", 0, cara.id)

    answer = get_answers_by_question(transcript.contribution)["capacity"]
    assert [version.text for version in answer.versions] == [TEXTS[0], "the ward was very cold"]


def test_who_saw_an_older_version_overwrites_nothing(
    transcript: Transcript, cara: StaffMember, amira: StaffMember
) -> None:
    corrected_text.correct_segment(transcript, 0, "the ward was very cold", 0, cara.id)

    with pytest.raises(CorrectionConflictError):
        corrected_text.correct_segment(transcript, 0, "the world was very cold", 0, amira.id)

    assert list_texts(transcript)[0] == "the ward was very cold"


def test_what_one_person_types_in_a_row_is_one_version(
    transcript: Transcript, cara: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, text in enumerate(["the wa was very cold", "the ward was very cold"]):
        corrected_text.correct_segment(transcript, 0, text, number, cara.id)
    monkeypatch.setattr(corrections, "SAME_SITTING", timedelta(0))
    corrected_text.correct_segment(transcript, 0, "the ward was cold", 2, cara.id)

    assert [row.number for row in corrections.list_versions(transcript, 0)] == [3, 2]


def test_undo_and_redo_go_through_the_steps(
    transcript: Transcript, cara: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "SAME_SITTING", timedelta(0))
    corrected_text.correct_segment(transcript, 0, "the ward was very cold", 0, cara.id)
    corrected_text.correct_segment(transcript, 1, "and a nurse came in late", 0, cara.id)

    undone = [corrected_text.undo_correction(transcript, cara.id) for _ in range(2)]
    texts = list_texts(transcript)
    redone = corrected_text.redo_correction(transcript, cara.id)

    assert (undone, texts) == ([[1], [0]], list(TEXTS))
    assert (redone, list_texts(transcript)[0]) == ([0], "the ward was very cold")


def test_nobody_undoes_over_someone_elses_change(transcript: Transcript, cara: StaffMember, amira: StaffMember) -> None:
    corrected_text.correct_segment(transcript, 0, "the ward was very cold", 0, cara.id)
    corrected_text.correct_segment(transcript, 0, "the ward was freezing", 1, amira.id)

    with pytest.raises(CorrectionConflictError):
        corrected_text.undo_correction(transcript, cara.id)


def test_restoring_the_machines_text_adds_a_version(transcript: Transcript, cara: StaffMember) -> None:
    corrected_text.correct_segment(transcript, 0, "the ward was very cold", 0, cara.id)

    corrected_text.restore_version(transcript, 0, 0, 1, cara.id)

    assert list_texts(transcript) == list(TEXTS)
    assert [row.number for row in corrections.list_versions(transcript, 0)] == [2, 1]


def test_a_changed_speaker_goes_with_the_rest_of_the_turn(app: Flask, cara: StaffMember) -> None:
    row = make_speakers.two_speaker_transcript()
    for segment in (1, 2):
        corrected_text.change_speaker(row, segment, "A", 0, cara.id)

    corrected_text.change_speaker(row, 1, "B", 1, cara.id, is_rest_of_turn=True)

    assert [segment.speaker for segment in list_current_segments(row)] == ["A", "B", "B", "B", "A", "B"]


def test_the_answer_is_what_the_participant_says(app: Flask, cara: StaffMember) -> None:
    row = make_speakers.two_speaker_transcript()
    for passage in make_transcripts.add_suggestions(row, ["capacity"] * 6)[:2]:
        acceptance.accept_passage(passage, cara.id)
    guessed = get_answer(row, "capacity")

    roles.confirm_speakers(row, cara.id)
    corrected_text.rewrite_answers(row, row.passages, cara.id)

    assert "What happened then?" in guessed
    assert get_answer(row, "capacity") == "I waited for my letter."


@pytest.mark.parametrize("segment", [-1, 2])
def test_a_segment_that_is_not_there_is_refused(transcript: Transcript, cara: StaffMember, segment: int) -> None:
    with pytest.raises(NoSuchSegmentError):
        corrected_text.correct_segment(transcript, segment, "words", 0, cara.id)


def test_an_endless_text_is_refused(transcript: Transcript, cara: StaffMember) -> None:
    with pytest.raises(TextTooLongError):
        corrected_text.correct_segment(transcript, 0, "word " * 3000, 0, cara.id)


def test_nobody_corrects_what_may_no_longer_be_read(transcript: Transcript, cara: StaffMember) -> None:
    contribution = transcript.contribution
    consent.record_decisions(contribution.participant, contribution.call, {ConsentUse.TRANSCRIBE: False}, noted_by=None)

    with pytest.raises(consent.UseNotAllowedError):
        corrected_text.correct_segment(transcript, 0, "words", 0, cara.id)

    assert not consent.decide(ExitUse.CORRECTING, contribution).is_allowed


@pytest.mark.one_database
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, 1), st.lists(st.sampled_from(["the", "ward", "nurse", "x", "y"]), max_size=8))
    )
)
def test_passages_stay_on_their_words_through_any_edit(
    transcript: Transcript, cara: StaffMember, edits: list[tuple[int, list[str]]]
) -> None:
    before = [_get_position(row) for row in transcript.passages]
    for segment, words in edits:
        number = corrections.get_number(corrections.find_newest(transcript, segment))
        corrected_text.correct_segment(transcript, segment, " ".join(words), number, cara.id)

    assert [_get_position(row) for row in transcript.passages] == before
    assert [row.text for row in transcript.passages] == list_texts(transcript)
    assert [len(one.words) for one in list_current_segments(transcript)] == [5, 6]
    assert [one.text.split() for one in list_timed_segments(transcript)] == [
        [word.word.strip() for word in one.words] for one in list_timed_segments(transcript)
    ]


def _get_position(row: Passage) -> tuple[object, ...]:
    return row.first_segment, row.last_segment, row.first_word, row.last_word, row.start_seconds, row.end_seconds
