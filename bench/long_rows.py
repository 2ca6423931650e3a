"""A mapped transcript of two hours in an installation that has the example's call: python -m bench.long_rows

Prints its address. Half of its passages are accepted. Its words are those of bench/long_interview.py.
"""

from itertools import groupby
from operator import itemgetter

from accounts.roles import Role
from bench.labelled import OURS, Labelled, read_material
from bench.long_interview import SECONDS, long_interview
from core.database import db
from evidence.calls import published_calls
from tests import make, make_transcripts
from transcripts import passages, stored_transcripts, suggestions
from transcripts.mapping import Coverage, MappedPassage, SpeechMapping
from transcripts.models import Transcript
from transcripts.recognition.recogniser import ModelFacts
from transcripts.spoken import SpokenTranscript
from transcripts.stored_transcripts import Making

FACTS = ModelFacts(name="none", sha256="0" * 64, engine="none", options={}, is_english_only=True)


def add() -> Transcript:
    interview = long_interview(read_material(OURS))
    booking = make_transcripts.booking(published_calls()[0], make.staff("bench", Role.INTERVIEWER), "Long")
    recording = make_transcripts.recording(booking.volunteer.contribution)
    recording.duration_seconds = SECONDS
    spoken = SpokenTranscript("en", SECONDS, "none", interview.segments)
    transcript = stored_transcripts.store(recording, spoken, Making(FACTS, seconds_taken=1.0))
    suggestions.store(transcript, _found(interview), interview.segments)
    for row in transcript.passages[::2]:
        if row.question_key:
            passages.accept(row, booking.slot.interviewer_id)
    return transcript


def _found(interview: Labelled) -> SpeechMapping:
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
    coverage = {key: Coverage.ANSWERED for key in interview.truth if key is not None}
    return SpeechMapping(interview.truth, (0.8,) * len(interview.truth), found, coverage)


if __name__ == "__main__":
    from wsgi import create_app

    with create_app().app_context():
        made = add()
        db.session.commit()
        print(f"/staff/transcripts/{made.id}")
