"""One interview maps alike from every layout in which tools write it, with the real language model."""

import json
from functools import cache

import pytest

from tests.support.labelled_turns import MAPPING_DATA, read_turns
from tests.support.real_similarity import get_similarity
from tests.support.transcript_layouts import LAYOUTS
from transcripts.importing import read_transcript
from transcripts.mapping import map_speech, mapping_json


@cache
def find_questions(layout: str) -> frozenset[str]:
    schedule = mapping_json.find_schedule_in_json(json.loads((MAPPING_DATA / "call.json").read_text()))
    spoken = read_transcript(LAYOUTS[layout](read_turns("iv06"))).spoken
    passages = map_speech(spoken.segments, schedule, similarity=get_similarity()).passages
    return frozenset(passage.question_key for passage in passages if passage.question_key)


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_questions_are_found_within_one(layout: str) -> None:
    assert len(find_questions(layout) ^ find_questions("Teams VTT")) <= 1
