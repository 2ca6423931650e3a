"""Mapping files in and out: nothing of the input is lost, and errors say what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from transcripts.commands.mapping import map_transcript
from transcripts.mapping import (
    CoverageStatus,
    MappedPassage,
    MappingInputError,
    SpeechMapping,
    mapping_json,
)

TRANSCRIPT: dict[str, Any] = {
    "language": "en",
    "duration": 9.0,
    "extra": {"kept": True},
    "segments": [
        {"id": 7, "start": 0.0, "end": 4.0, "text": " Hello.", "tokens": [1, 2], "speaker": "A"},
        {"id": 9, "start": 4.0, "end": 9.0, "text": " Clay.", "seek": 0},
    ],
}
SCHEDULE = {
    "title": "Gardens",
    "sections": [{"key": "all", "title": "All", "questions": [{"key": "soil", "prompt": "What soil do you have?"}]}],
}


def written_file(folder: Path, name: str, data: object) -> str:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(path)


def test_a_mapped_transcript_keeps_every_field_of_its_input() -> None:
    passages = (
        MappedPassage(None, 0.0, 4.0, 7, 7, None, None, 0.7),
        MappedPassage("soil", 4.0, 9.0, 9, 9, 0, 3, 0.8),
    )
    mapping = SpeechMapping((None, "soil"), (0.7, 0.8), passages, {"soil": CoverageStatus.ANSWERED})

    mapped = mapping_json.mapping_to_json(TRANSCRIPT, mapping)

    added: list[dict[str, Any]] = [{"question": None, "confidence": 0.7}, {"question": "soil", "confidence": 0.8}]
    assert mapped["segments"] == [{**s, **a} for s, a in zip(TRANSCRIPT["segments"], added, strict=True)]
    assert mapped["extra"] == {"kept": True}
    assert mapped["coverage"] == {"soil": "answered"}
    assert "words" not in mapped["passages"][0]
    assert mapped["passages"][1]["words"] == [0, 3]


def test_a_reviewed_file_needs_only_id_question_and_text() -> None:
    reviewed = mapping_json.reviewed_from_json({"segments": [{"id": 3, "question": "soil", "text": "Clay, clay."}]})

    assert reviewed.question_keys == ("soil",)
    assert reviewed.segments[0].end > reviewed.segments[0].start


def test_a_reviewed_file_without_questions_is_refused() -> None:
    with pytest.raises(MappingInputError, match="Segment 1"):
        mapping_json.reviewed_from_json({"segments": [{"id": 3, "text": "Clay."}]})


def test_markers_come_back_in_the_order_of_their_times() -> None:
    markers = mapping_json.markers_from_json([{"at": 9, "question": "b"}, {"at": 2.5, "question": "a"}])

    assert [marker.at_seconds for marker in markers] == [2.5, 9.0]


def test_a_marker_without_a_time_is_refused() -> None:
    with pytest.raises(MappingInputError, match="Marker 1"):
        mapping_json.markers_from_json([{"question": "a"}])


def test_a_schedule_is_found_inside_another_file() -> None:
    schedule = mapping_json.find_schedule_in_json({"title": "x", "schedule": SCHEDULE})

    assert schedule.has_question("soil")


def test_a_written_file_without_answers_is_refused() -> None:
    with pytest.raises(MappingInputError, match="answers"):
        mapping_json.written_from_json({"soil": "Clay."})


@pytest.mark.parametrize(
    ("transcript", "schedule", "words"),
    [
        ("{not json", SCHEDULE, "cannot be read as JSON"),
        ({"text": "no segments"}, SCHEDULE, "no list of"),
        (TRANSCRIPT, {"title": "empty", "sections": []}, "no questions"),
    ],
)
def test_the_command_explains_what_it_cannot_read(
    tmp_path: Path, transcript: object, schedule: object, words: str
) -> None:
    arguments = [written_file(tmp_path, "t.json", transcript), "--schedule", written_file(tmp_path, "s.json", schedule)]

    result = CliRunner().invoke(map_transcript, arguments)

    assert result.exit_code != 0
    assert words in result.output


def test_the_command_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(map_transcript, ["nowhere.json", "--schedule", written_file(tmp_path, "s", SCHEDULE)])

    assert result.exit_code != 0
    assert "nowhere.json" in result.output


def test_the_command_says_when_another_model_is_not_there(tmp_path: Path) -> None:
    files = [written_file(tmp_path, "t.json", TRANSCRIPT), "--schedule", written_file(tmp_path, "s.json", SCHEDULE)]

    result = CliRunner().invoke(map_transcript, [*files, "--model", str(tmp_path / "none")])

    assert result.exit_code != 0
    assert "no sentence-transformers model" in result.output
