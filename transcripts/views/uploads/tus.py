"""Uploads that can be resumed: the server's side of tus 1.0.0, for static/upload.js or any other tus client."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from flask import Response, abort, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import clock
from core.database import db
from core.errors import RuleError
from core.file_storage import StorageFullError
from core.outages import Outage, find_outage
from core.pages import csrf
from evidence import languages
from transcripts.models import Upload
from transcripts.recordings import recordings, track_groups
from transcripts.uploads import parts, tus_protocol, uploads
from transcripts.uploads.parts import OffsetConflictError
from transcripts.uploads.tus_protocol import BODY_TYPE, CHECKSUM_MISMATCH, Checksum, ProtocolError
from transcripts.uploads.upload_body import UploadBody
from transcripts.views.blueprint import bp
from transcripts.views.early_responses import (
    allows_early_response,
    check_csrf_token,
    mark_body_read,
    set_read_timeout,
)
from transcripts.views.lookups import uploadable_booking_or_404
from transcripts.views.uploads.error_statuses import STORAGE_ERROR_STATUSES
from transcripts.views.uploads.part_transfer import delete_counted_parts, receive_body

P = ParamSpec("P")
COLLECTION_PATH = "/staff/bookings/<uuid:booking_id>/uploads"
ERROR_STATUSES: dict[type[RuleError], int] = {
    **STORAGE_ERROR_STATUSES,
    recordings.RecordingNotAllowedError: 403,
    uploads.TooManyUploadsError: 403,
    uploads.UploadCompleteError: 403,
    uploads.UploadClosedError: 410,
}
SIGNED_OUT = (
    "You are no longer signed in. What you have uploaded so far is kept: sign in again and choose the same file to"
    " continue."
)
STALE_PAGE = (
    "This page has expired. What you have uploaded so far is kept: reload the page and choose the same file to"
    " continue."
)


def tus_response(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Each response names the version, and an error is a status with one sentence instead of a page."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        response = _call_view(lambda: view(*args, **kwargs))
        response.headers["Tus-Resumable"] = tus_protocol.VERSION
        if response.status_code == 412:
            response.headers["Tus-Version"] = tus_protocol.VERSION
        if response.status_code == CHECKSUM_MISMATCH:
            response.status = f"{CHECKSUM_MISMATCH} Checksum Mismatch"
        return response

    return wrapped


@bp.route(COLLECTION_PATH, methods=["POST", "OPTIONS"], provide_automatic_options=False)
@csrf.exempt  # type: ignore[untyped-decorator]  # the usual protection would read the body; check_csrf_token does not
@allows_early_response
@tus_response
@requires(Permission.UPLOAD_RECORDING)
def create_upload(booking_id: UUID) -> ResponseReturnValue:
    if _read_method() == "OPTIONS":
        return _respond_capabilities()
    tus_protocol.require_version(request.headers.get("Tus-Resumable"))
    check_csrf_token()
    contribution = uploadable_booking_or_404(booking_id).volunteer.contribution
    length = tus_protocol.parse_length(request.headers, max_bytes=recordings.get_max_recording_bytes())
    metadata = tus_protocol.parse_metadata(request.headers)
    checksum = tus_protocol.parse_checksum(request.headers)
    upload = uploads.create_upload(
        contribution,
        length,
        metadata.get("fingerprint", ""),
        by=current_person_or_403().id,
        language=languages.parse_language(metadata.get("language", contribution.call.language)),
        track_group=track_groups.parse_track_group(metadata.get("group", "")),
        modified_at=clock.parse_milliseconds(metadata.get("modified", "")),
    )
    address = url_for("transcripts.transfer_upload", booking_id=booking_id, upload_id=upload.id)
    upload_id = upload.id
    db.session.commit()
    offset = _receive_bytes(upload_id, 0, length, checksum) if request.mimetype == BODY_TYPE else _skip_body()
    return _respond(201, {"Location": address, **_offset_headers(offset)})


@bp.route(
    f"{COLLECTION_PATH}/<uuid:upload_id>",
    methods=["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"],
    provide_automatic_options=False,
)
@csrf.exempt  # type: ignore[untyped-decorator]  # as above
@allows_early_response
@tus_response
@requires(Permission.UPLOAD_RECORDING)
def transfer_upload(booking_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    method = _read_method()
    if method == "OPTIONS":
        return _respond_capabilities()
    if method not in HANDLERS:
        abort(405)
    tus_protocol.require_version(request.headers.get("Tus-Resumable"))
    if method != "HEAD":
        check_csrf_token()
    contribution_id = uploadable_booking_or_404(booking_id).volunteer.contribution_id
    upload = uploads.find_own_upload(upload_id, contribution_id, current_person_or_403().id)
    if upload is None:
        abort(404)
    return HANDLERS[method](upload)


def _answer_head(upload: Upload) -> Response:
    uploads.require_open(parts.wait_until_settled(upload))
    return _respond(200, {"Upload-Length": str(upload.length_bytes), **_offset_headers(upload.offset_bytes, upload)})


def _receive_part(upload: Upload) -> Response:
    tus_protocol.require_body_type(request.mimetype)
    offset, checksum = tus_protocol.parse_offset(request.headers), tus_protocol.parse_checksum(request.headers)
    uploads.require_open(upload)
    if offset != upload.offset_bytes:
        raise OffsetConflictError(upload.offset_bytes)
    left = upload.length_bytes - offset
    if (request.content_length or 0) > left:
        raise ProtocolError(413, "More bytes were sent than the file has.")
    upload_id = upload.id
    db.session.rollback()  # no transaction is open while the bytes arrive
    return _respond(204, _offset_headers(_receive_bytes(upload_id, offset, left, checksum)))


def _cancel_upload(upload: Upload) -> Response:
    uploads.cancel_upload(upload)
    upload_id = upload.id
    db.session.commit()
    delete_counted_parts(upload_id)
    return _respond(204, {})


HANDLERS = {"HEAD": _answer_head, "PATCH": _receive_part, "DELETE": _cancel_upload}


def _receive_bytes(upload_id: UUID, offset: int, left: int, checksum: Checksum | None) -> int:
    request.max_content_length = left
    set_read_timeout()
    body = UploadBody(request.stream, left, checksum)
    offset = receive_body(upload_id, offset, body)
    if body.bytes_read == request.content_length:
        mark_body_read()
    return offset


def _skip_body() -> int:
    if not request.content_length:
        mark_body_read()
    return 0


def _read_method() -> str:
    """Some firewalls allow only GET and POST, so a client may name the method in a header."""
    return request.headers.get("X-HTTP-Method-Override", request.method).upper()


def _offset_headers(offset: int, upload: Upload | None = None) -> dict[str, str]:
    expires = upload.expires_at if upload else clock.now() + uploads.UPLOAD_LIFETIME
    return {"Upload-Offset": str(offset), "Upload-Expires": tus_protocol.format_http_date(expires)}


def _respond_capabilities() -> Response:
    return _respond(204, tus_protocol.build_capability_headers(recordings.get_max_recording_bytes()))


def _respond(status: int, headers: dict[str, str], message: str = "") -> Response:
    return Response(message, status=status, headers=headers, mimetype="text/plain")


def _call_view(view: Callable[[], ResponseReturnValue]) -> Response:
    try:
        response = make_response(view())
    except CSRFError:
        return _respond_error(400, STALE_PAGE)
    except HTTPException as error:
        return _respond_error(error.code or 500, error.description or "")
    except (SQLAlchemyError, OSError) as error:
        return _respond_outage(error)
    except RuleError as error:
        status = error.status if isinstance(error, ProtocolError) else ERROR_STATUSES.get(type(error), 400)
        return _respond_error(status, str(error))
    return _respond_error(401, SIGNED_OUT) if 300 <= response.status_code < 400 else response


def _respond_outage(error: SQLAlchemyError | OSError) -> Response:
    """Raises the error if it is a fault of ours. After 507 the page does not try again by itself."""
    outage = find_outage(error)
    if outage is None:
        raise error
    if outage is Outage.DISK_FULL:
        return _respond_error(507, str(StorageFullError()))
    return _respond_error(503, f"{outage} The upload will continue by itself.")


def _respond_error(status: int, message: str) -> Response:
    db.session.rollback()
    return _respond(status, {}, message)
