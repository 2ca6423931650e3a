"""A person with something in every place, and what is left of them."""

from flask import Flask
from sqlalchemy import select

from accounts.people import find_active_member
from accounts.roles import Role
from core.database import db
from core.file_storage import current_storage
from evidence import contributions
from evidence.answers import record_answer
from evidence.models import Call, Mode, Participant
from interviews.inbox import messages
from tests.support import make_interviews, make_transcripts

WORDS = "qmarkedwordsq"


def person_with_everything(of: Call | None = None, name: str = "Dev") -> Participant:
    """An interview with a recording, its text and an answer from it, a written answer, and a message."""
    ben = find_active_member(Role.INTERVIEWER) or make_interviews.interviewer()
    booking = make_transcripts.booking(of, ben, name)
    volunteer = booking.volunteer
    recording = make_transcripts.recording(volunteer.contribution)
    make_transcripts.transcript(recording, f"I {WORDS} waited.", "It was long.")
    record_answer(volunteer.contribution, "capacity", f"Spoken {WORDS}.", by=None)
    written = contributions.start_contribution(volunteer.call, volunteer.participant, Mode.WRITTEN)
    record_answer(written, "capacity", f"Written {WORDS}.", by=None)
    contributions.submit_contribution(written)
    messages.send_message(volunteer, f"A letter {WORDS}.", about=booking)
    db.session.commit()
    return volunteer.participant


def find_traces(app: Flask, *words: str) -> dict[str, int]:
    """Tables with rows that have one of the words, and stored files."""
    db.session.rollback()
    found = {
        name: sum(any(word in repr(tuple(row)) for word in words) for row in db.session.execute(select(table)))
        for name, table in db.metadata.tables.items()
    }
    return {name: count for name, count in (found | {"files": len(current_storage().list_paths())}).items() if count}
