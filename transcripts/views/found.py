"""The row that an address names, or 404; and 403 for people whose interview it is not."""

from uuid import UUID

from flask import abort

from accounts.access import signed_in
from accounts.roles import Permission
from core.database import db
from interviews.models import STANDING, Booking
from transcripts.models import Recording, Transcript
from transcripts.ownership import booking_of, may_hear, may_upload_to
from transcripts.undoing import Undoer


def booking_to_upload_to(booking_id: UUID) -> Booking:
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.status not in STANDING or booking.is_group:
        abort(404)
    if not may_upload_to(booking, signed_in()):
        abort(403)
    return booking


def recording_to_hear(recording_id: UUID) -> Recording:
    recording = db.session.get(Recording, recording_id)
    if recording is None:
        abort(404)
    if not may_hear(recording.contribution_id, signed_in()):
        abort(403)
    return recording


def recording_to_describe(recording_id: UUID) -> Recording:
    """For those who may upload to its interview."""
    recording = recording_to_hear(recording_id)
    booking = booking_of(recording.contribution_id)
    if booking is None or not may_upload_to(booking, signed_in()):
        abort(403)
    return recording


def transcript_to_read(transcript_id: UUID) -> Transcript:
    transcript = db.session.get(Transcript, transcript_id)
    if transcript is None:
        abort(404)
    if not may_hear(transcript.contribution_id, signed_in()):
        abort(403)
    return transcript


def may_decide() -> bool:
    """Interviewers read the transcripts of their own interviews; deciding is for those who read all evidence."""
    return signed_in().may(Permission.CODE_EVIDENCE)


def undoer() -> Undoer:
    """Who asks for a step to be undone, and whose steps they may undo."""
    return Undoer(signed_in().id, may_undo_others=signed_in().may(Permission.MANAGE_CALLS))
