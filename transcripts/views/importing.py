"""Bring in a transcript that was made elsewhere: choose the file, look at what was read, decide."""

from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db, only_reading
from core.errors import RuleError
from core.files import Stored, TooLargeError, readable_size
from core.pages import csrf
from interviews.models import Booking
from transcripts import import_drafts, imports, recordings
from transcripts.arriving import NotAFormError, arriving_file
from transcripts.blueprint import bp
from transcripts.import_drafts import DraftGoneError
from transcripts.import_forms import ImportFileForm, import_form, role_fields
from transcripts.importing import FORMATS, MOST_BYTES, ReadTranscript, speaker_shares
from transcripts.models import ImportDraft
from transcripts.views.found import booking_to_upload_to
from transcripts.views.unread_bodies import answered_early, check_token, limit_silence, note_whole_body

ROOM_FOR_THE_FORM = 64 * 1024  # boundaries and headers around the file
FILE_FIELD = "transcript"
SHOWN_SEGMENTS = 12


class NoFileError(RuleError):
    """The form was sent without a file."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """Where a file is to go; no row is held while it comes."""

    draft_id: UUID
    storage_path: str


@bp.route("/staff/bookings/<uuid:booking_id>/transcript", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # the common protection would read the body; check_token does not
@answered_early
@requires(Permission.UPLOAD_RECORDING)
def import_transcript(booking_id: UUID) -> ResponseReturnValue:
    if request.method == "GET":
        return _page(booking_to_upload_to(booking_id))
    check_token()
    with only_reading():
        booking = booking_to_upload_to(booking_id)
        may_import = imports.may_import(booking.volunteer.contribution)
        db.session.rollback()
    if not may_import:
        return _page(booking_to_upload_to(booking_id), status=409)
    try:
        draft_id = _take_in(booking_id)
    except RuleError as error:
        db.session.rollback()
        status = 413 if isinstance(error, TooLargeError) else 400
        return _page(booking_to_upload_to(booking_id), refusal=str(error), status=status)
    return redirect(url_for("transcripts.import_preview", booking_id=booking_id, draft_id=draft_id))


@bp.route("/staff/bookings/<uuid:booking_id>/transcript/<uuid:draft_id>", methods=["GET", "POST"])
@requires(Permission.UPLOAD_RECORDING)
def import_preview(booking_id: UUID, draft_id: UUID) -> ResponseReturnValue:
    read = _read(booking_id, draft_id)
    booking = booking_to_upload_to(booking_id)
    contribution = booking.volunteer.contribution
    draft = import_drafts.find(draft_id, contribution.id, signed_in().id)
    if draft is None or read is None:
        flash("This file is no longer waiting here. Please choose it again.")
        return redirect(url_for("transcripts.import_transcript", booking_id=booking_id))
    speakers, beside = speaker_shares(read.spoken), imports.recordings_to_choose(contribution)
    language = next((row.language for row in beside if row.language), None)
    form = import_form(read, speakers, beside, language)()
    if form.validate_on_submit():
        try:
            transcript = imports.bring_in(draft, read, form.chosen())
            db.session.commit()
            flash("The transcript is here. Its questions are looked for next.", "success")
            return redirect(url_for("transcripts.show_transcript", transcript_id=transcript.id))
        except RuleError as error:
            db.session.rollback()
            form.recording.errors = [str(error)]
    return render_template(
        "transcripts/import_preview.html",
        booking=booking_to_upload_to(booking_id),
        reference=contribution.participant.reference,
        draft_id=draft_id,
        form=form,
        read=read,
        format_name=FORMATS[read.format],
        speakers=speakers,
        role_fields=role_fields(form),
        has_recordings=bool(beside),
        shown=read.spoken.segments[:SHOWN_SEGMENTS],
    )


@bp.route("/staff/bookings/<uuid:booking_id>/transcript/<uuid:draft_id>/discard", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def discard_import(booking_id: UUID, draft_id: UUID) -> ResponseReturnValue:
    contribution = booking_to_upload_to(booking_id).volunteer.contribution
    draft = import_drafts.find(draft_id, contribution.id, signed_in().id)
    if draft is None:
        abort(404)
    try:
        draft = import_drafts.held(draft.id)
    except DraftGoneError:
        abort(404)
    path = draft.storage_path
    import_drafts.give_up(draft)
    db.session.commit()
    import_drafts.remove(draft_id, path)
    flash("The file was removed. Nothing of it is kept.", "success")
    return redirect(url_for("transcripts.import_transcript", booking_id=booking_id))


def _read(booking_id: UUID, draft_id: UUID) -> ReadTranscript | None:
    """What a draft says, while no row is held: reading may take seconds, and whoever writes would wait for it."""
    db.session.rollback()
    with only_reading():
        contribution_id = booking_to_upload_to(booking_id).volunteer.contribution_id
        draft = import_drafts.find(draft_id, contribution_id, signed_in().id)
        path = draft.storage_path if draft else ""
        db.session.rollback()
    try:
        return import_drafts.read(path) if path else None
    except FileNotFoundError:
        return None


def _take_in(booking_id: UUID) -> UUID:
    """Store the file in its draft and read it; what is refused leaves nothing behind. Raises RuleError."""
    most = MOST_BYTES + ROOM_FOR_THE_FORM
    if (request.content_length or 0) > most:
        raise TooLargeError(_too_large())
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise NotAFormError("This upload could not be read. Please use the form on this page.")
    request.max_content_length = most
    limit_silence()
    arrival = _begun(booking_id)
    try:
        stored = _stored(boundary, arrival)
        import_drafts.read(stored.path)
        draft = db.session.get_one(ImportDraft, arrival.draft_id)
        imports.refuse_known(draft.contribution, stored.sha256)
        import_drafts.note_arrival(draft, stored.sha256)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        import_drafts.remove(arrival.draft_id, arrival.storage_path)
        raise
    return arrival.draft_id


def _begun(booking_id: UUID) -> _Arrival:
    booking = booking_to_upload_to(booking_id)
    draft = import_drafts.begin(booking.volunteer.contribution_id, signed_in().id)
    arrival = _Arrival(draft.id, draft.storage_path)
    db.session.commit()
    return arrival


def _stored(boundary: str, arrival: _Arrival) -> Stored:
    file = arriving_file(request.stream, boundary.encode(), FILE_FIELD)
    if file is None:
        raise NoFileError("Choose the transcript's file.")
    stored = recordings.storage().store(
        file,  # type: ignore[arg-type]  # only read() is used
        arrival.storage_path,
        announced_bytes=None,
        max_bytes=MOST_BYTES,
    )
    note_whole_body()
    return stored


def _too_large() -> str:
    return f"This file is larger than {readable_size(MOST_BYTES)}, which is far more than the words of an interview."


def _page(booking: Booking, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    contribution = booking.volunteer.contribution
    page = render_template(
        "transcripts/import_transcript.html",
        form=ImportFileForm.refused(refusal),
        booking=booking,
        contribution=contribution,
        may_import=imports.may_import(contribution),
        waiting=import_drafts.latest(contribution.id, signed_in().id),
        imported=imports.imported(contribution.id),
        most_bytes=MOST_BYTES,
    )
    return page, status
