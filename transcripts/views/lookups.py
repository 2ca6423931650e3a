"""The row that an address names, or 404; 403 for people who may not see that interview."""

from uuid import UUID

from flask import abort

from accounts.access import current_person_or_403
from accounts.roles import Permission
from core.database import db
from core.exits import ExitUse
from evidence.views.hidden_words import require_use
from interviews.models import Booking
from transcripts.models import Passage, Recording, Transcript
from transcripts.passages.undo import Undoer
from transcripts.recordings.ownership import find_booking, may_hear, may_upload_to


def uploadable_booking_or_404(booking_id: UUID) -> Booking:
    booking = db.session.get(Booking, booking_id)
    if booking is None or not booking.is_confirmed_one_to_one:
        abort(404)
    if not may_upload_to(booking, current_person_or_403()):
        abort(403)
    return booking


def recording_or_404(recording_id: UUID) -> Recording:
    recording = db.session.get(Recording, recording_id)
    if recording is None:
        abort(404)
    if not may_hear(recording.contribution_id, current_person_or_403()):
        abort(403)
    return recording


def own_recording_or_404(recording_id: UUID) -> Recording:
    """403 unless the person may upload to its interview."""
    recording = recording_or_404(recording_id)
    booking = find_booking(recording.contribution_id)
    if booking is None or not may_upload_to(booking, current_person_or_403()):
        abort(403)
    return recording


def transcript_or_404(transcript_id: UUID) -> Transcript:
    """403 with the reason where the person no longer lets anybody read it."""
    transcript = db.session.get(Transcript, transcript_id)
    if transcript is None:
        abort(404)
    if not may_hear(transcript.contribution_id, current_person_or_403()):
        abort(403)
    require_use(ExitUse.READING, transcript.contribution)
    return transcript


def passage_or_404(passage_id: UUID) -> Passage:
    passage = db.session.get(Passage, passage_id)
    if passage is None:
        abort(404)
    transcript_or_404(passage.transcript_id)
    return passage


def may_decide() -> bool:
    return current_person_or_403().may(Permission.CODE_EVIDENCE)


def build_undoer() -> Undoer:
    person = current_person_or_403()
    return Undoer(person.id, may_undo_others=person.may(Permission.MANAGE_CALLS))
