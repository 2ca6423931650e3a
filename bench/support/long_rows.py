"""A mapped transcript of two hours in an installation that has the example's call: python -m bench.support.long_rows

Prints its address. Half of its passages are accepted. Its text is from stretched_interview.py.
"""

from itertools import groupby
from operator import itemgetter

from accounts.roles import Role
from bench.support.labelled_interviews import OWN_DATA, LabelledInterview, read_material
from bench.support.stretched_interview import SECONDS, make_long_interview
from core.database import db
from evidence.calls import list_published_calls
from tests.support import make, make_transcripts
from transcripts.mapping import CoverageStatus, MappedPassage, SpeechMapping
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import Transcript
from transcripts.passages import acceptance, suggestions
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance

FACTS = ModelFacts(name="none", sha256="0" * 64, engine="none", options={}, is_english_only=True)


def add_transcript() -> Transcript:
    interview = make_long_interview(read_material(OWN_DATA))
    booking = make_transcripts.booking(list_published_calls()[0], make.staff("bench", Role.INTERVIEWER), "Long")
    recording = make_transcripts.recording(booking.volunteer.contribution)
    recording.duration_seconds = SECONDS
    spoken = SpokenTranscript("en", SECONDS, "none", interview.segments)
    transcript = stored_transcripts.store_recognised(recording, spoken, RecognitionProvenance(FACTS, seconds_taken=1.0))
    suggestions.store_suggestions(transcript, _make_mapping(interview), interview.segments)
    for row in transcript.passages[::2]:
        if row.question_key:
            acceptance.accept_passage(row, booking.slot.interviewer_id)
    return transcript


def _make_mapping(interview: LabelledInterview) -> SpeechMapping:
    """As if the mapping had been right."""
    runs = [list(group) for _, group in groupby(enumerate(interview.truth), key=itemgetter(1))]
    found = tuple(
        MappedPassage(
            run[0][1],
            interview.segments[run[0][0]].start,
            interview.segments[run[-1][0]].end,
            run[0][0],
            run[-1][0],
            None,
            None,
            0.8,
        )
        for run in runs
    )
    coverage = {key: CoverageStatus.ANSWERED for key in interview.truth if key is not None}
    return SpeechMapping(interview.truth, (0.8,) * len(interview.truth), found, coverage)


if __name__ == "__main__":
    from wsgi import create_app

    with create_app().app_context():
        made = add_transcript()
        db.session.commit()
        print(f"/staff/transcripts/{made.id}")
