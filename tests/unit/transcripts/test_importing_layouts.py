"""One interview in the layouts of twelve tools: each turn keeps its text and its speaker."""

import pytest

from tests.support.labelled_turns import join_speakers, read_turns
from tests.support.transcript_layouts import LAYOUTS
from transcripts.importing import read_transcript


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("interview", ["iv01", "iv03", "iv06", "iv08"])
def test_no_word_of_an_interview_is_lost_or_given_to_somebody_else(interview: str, layout: str) -> None:
    turns = read_turns(interview)

    read = read_transcript(LAYOUTS[layout](turns))

    spoken = join_speakers((segment.speaker, segment.text) for segment in read.spoken.segments)
    assert spoken == join_speakers((turn.speaker, turn.text) for turn in turns)
    assert read.doubtful == ()
