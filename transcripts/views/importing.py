"""Import a transcript made elsewhere: choose the file, check and correct the preview, import it."""

from dataclasses import dataclass
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.database import db, read_only_transactions
from core.errors import RuleError
from core.exits import ExitUse
from core.file_storage import FileTooLargeError, StoredFile, format_size
from core.form_fields import add_field_error
from core.pages import csrf
from core.transactions import committing
from evidence import consent
from evidence.views.hidden_words import require_use
from interviews.models import Booking
from transcripts.forms.importing import (
    ImportFileForm,
    ImportFormBase,
    build_import_form,
    list_label_fields,
    list_role_fields,
)
from transcripts.importing import (
    FORMATS,
    MAX_BYTES,
    Corrections,
    ImportedTranscript,
    NotATranscriptError,
    compute_speaker_shares,
    drafts,
    imported_transcripts,
)
from transcripts.importing.corrections_json import corrections_from_json
from transcripts.importing.drafts import DraftGoneError
from transcripts.models import ImportDraft
from transcripts.recordings import recordings
from transcripts.recordings.streaming_form import UnreadableFormError, read_streamed_file
from transcripts.views.blueprint import bp
from transcripts.views.early_responses import (
    allows_early_response,
    check_csrf_token,
    mark_body_read,
    set_read_timeout,
)
from transcripts.views.lookups import uploadable_booking_or_404

FORM_OVERHEAD_BYTES = 64 * 1024  # boundaries and headers around the file
FILE_FIELD = "transcript"
PREVIEWED_SEGMENTS = 12


class NoTranscriptFileError(RuleError): ...


@dataclass(frozen=True, slots=True)
class _IncomingFile:
    """Plain values: no transaction is open while the file arrives."""

    draft_id: UUID
    storage_path: str


@bp.route("/staff/bookings/<uuid:booking_id>/transcript", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # the common protection would read the body; check_token does not
@allows_early_response
@requires(Permission.UPLOAD_RECORDING)
def import_transcript(booking_id: UUID) -> ResponseReturnValue:
    if request.method == "GET":
        return _render_page(uploadable_booking_or_404(booking_id))
    check_csrf_token()
    with read_only_transactions():
        booking = uploadable_booking_or_404(booking_id)
        may_import = imported_transcripts.may_import(booking.volunteer.contribution)
        db.session.rollback()
    if not may_import:
        return _render_page(uploadable_booking_or_404(booking_id), status=409)
    try:
        draft_id = _store_draft(booking_id)
    except RuleError as error:
        db.session.rollback()
        status = 413 if isinstance(error, FileTooLargeError) else 400
        return _render_page(uploadable_booking_or_404(booking_id), refusal=str(error), status=status)
    return redirect(url_for("transcripts.preview_import", booking_id=booking_id, draft_id=draft_id))


@bp.route("/staff/bookings/<uuid:booking_id>/transcript/<uuid:draft_id>", methods=["GET", "POST"])
@requires(Permission.UPLOAD_RECORDING)
@exits.returns("a transcript before it is imported", ExitUse.READING)
def preview_import(booking_id: UUID, draft_id: UUID) -> ResponseReturnValue:
    shown = corrections_from_json(request.form.get("corrections", ""))
    read = _read_draft(booking_id, draft_id, shown)
    require_use(ExitUse.READING, uploadable_booking_or_404(booking_id).volunteer.contribution)
    draft = _find_own_draft(booking_id, draft_id)
    if draft is None or read is None:
        flash("This file is no longer here. Please choose it again.")
        return redirect(url_for("transcripts.import_transcript", booking_id=booking_id))
    form = _build_form(booking_id, read, shown)()
    if form.validate_on_submit():
        corrections = form.get_corrections()
        if corrections != shown or form["update"].data:
            return _show_corrected(booking_id, draft_id, form, corrections)
        with committing("Transcript imported. We are now matching it to the questions.", at=form["recording"]) as saved:
            transcript = imported_transcripts.import_transcript(draft, read, form.get_choice())
        if saved:
            return redirect(url_for("transcripts.show_transcript", transcript_id=transcript.id))
    return _render_preview(booking_id, draft_id, form)


def _show_corrected(
    booking_id: UUID, draft_id: UUID, form: ImportFormBase, corrections: Corrections
) -> ResponseReturnValue:
    try:
        read = _read_draft(booking_id, draft_id, corrections)
    except NotATranscriptError as error:
        add_field_error(form["more_names"], error)
        return _render_preview(booking_id, draft_id, form)
    if read is None:
        abort(404)
    corrected = _build_form(booking_id, read, corrections)(formdata=None, data=form.list_kept_data(read))
    return _render_preview(booking_id, draft_id, corrected, is_corrected=True)


def _build_form(booking_id: UUID, read: ImportedTranscript, corrections: Corrections) -> type[ImportFormBase]:
    contribution = uploadable_booking_or_404(booking_id).volunteer.contribution
    candidates = imported_transcripts.list_candidate_recordings(contribution)
    language = next((row.language for row in candidates if row.language), None)
    return build_import_form(read, corrections, compute_speaker_shares(read.spoken), candidates, language)


def _render_preview(
    booking_id: UUID, draft_id: UUID, form: ImportFormBase, *, is_corrected: bool = False
) -> ResponseReturnValue:
    booking, read = uploadable_booking_or_404(booking_id), form.read
    return render_template(
        "transcripts/importing/preview_import.html",
        booking=booking,
        reference=booking.volunteer.contribution.participant.reference,
        draft_id=draft_id,
        form=form,
        read=read,
        format_name=FORMATS[read.format],
        speakers=compute_speaker_shares(read.spoken),
        role_fields=list_role_fields(form),
        label_fields=list_label_fields(form),
        has_recordings=form["recording"].type != "HiddenField",
        is_corrected=is_corrected,
        has_corrections=bool(form["corrections"].data),
        segments=read.spoken.segments[:PREVIEWED_SEGMENTS],
    )


@bp.route("/staff/bookings/<uuid:booking_id>/transcript/<uuid:draft_id>/discard", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def discard_import(booking_id: UUID, draft_id: UUID) -> ResponseReturnValue:
    draft = _find_own_draft(booking_id, draft_id)
    if draft is None:
        abort(404)
    try:
        draft = drafts.lock_draft(draft.id)
    except DraftGoneError:
        abort(404)
    path = draft.storage_path
    drafts.discard_draft(draft)
    db.session.commit()
    drafts.delete_draft(draft_id, path)
    db.session.commit()
    flash("File removed. We have not kept any of it.", "success")
    return redirect(url_for("transcripts.import_transcript", booking_id=booking_id))


def _find_own_draft(booking_id: UUID, draft_id: UUID) -> ImportDraft | None:
    contribution_id = uploadable_booking_or_404(booking_id).volunteer.contribution_id
    return drafts.find_draft(draft_id, contribution_id, current_person_or_403().id)


def _read_draft(booking_id: UUID, draft_id: UUID, corrections: Corrections) -> ImportedTranscript | None:
    """Reads without a transaction: it may take seconds, and writers would wait for it. Raises NotATranscriptError."""
    db.session.rollback()
    with read_only_transactions():
        draft = _find_own_draft(booking_id, draft_id)
        path = draft.storage_path if draft else ""
        db.session.rollback()
    try:
        return drafts.read_draft(path, corrections) if path else None
    except FileNotFoundError:
        return None


def _store_draft(booking_id: UUID) -> UUID:
    max_bytes = MAX_BYTES + FORM_OVERHEAD_BYTES
    if (request.content_length or 0) > max_bytes:
        raise FileTooLargeError(_describe_too_large())
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnreadableFormError("This upload could not be read. Please use the form on this page.")
    request.max_content_length = max_bytes
    set_read_timeout()
    arrival = _create_draft(booking_id)
    try:
        stored = _store_file(boundary, arrival)
        drafts.read_draft(stored.path)
        draft = db.session.get_one(ImportDraft, arrival.draft_id)
        imported_transcripts.require_new_file(draft.contribution, stored.sha256)
        drafts.mark_received(draft, stored.sha256)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        drafts.delete_draft(arrival.draft_id, arrival.storage_path)
        db.session.commit()
        raise
    return arrival.draft_id


def _create_draft(booking_id: UUID) -> _IncomingFile:
    booking = uploadable_booking_or_404(booking_id)
    draft = drafts.create_draft(booking.volunteer.contribution_id, current_person_or_403().id)
    arrival = _IncomingFile(draft.id, draft.storage_path)
    db.session.commit()
    return arrival


def _store_file(boundary: str, arrival: _IncomingFile) -> StoredFile:
    file = read_streamed_file(request.stream, boundary.encode(), FILE_FIELD)
    if file is None:
        raise NoTranscriptFileError("Choose a transcript file.")
    stored = recordings.get_storage().store(
        file,  # type: ignore[arg-type]  # only read() is used
        arrival.storage_path,
        announced_bytes=None,
        max_bytes=MAX_BYTES,
    )
    mark_body_read()
    return stored


def _describe_too_large() -> str:
    return f"This file is larger than {format_size(MAX_BYTES)}, which is far more than the text of an interview."


def _render_page(booking: Booking, *, refusal: str = "", status: int = 200) -> ResponseReturnValue:
    contribution = booking.volunteer.contribution
    page = render_template(
        "transcripts/importing/import_transcript.html",
        form=ImportFileForm.build(refusal),
        booking=booking,
        contribution=contribution,
        import_refusal=consent.decide(ExitUse.READING, contribution).explain(contribution.participant.reference),
        draft=drafts.get_latest_draft(contribution.id, current_person_or_403().id),
        imported=imported_transcripts.list_imported_transcripts(contribution.id),
        max_bytes=MAX_BYTES,
    )
    return page, status
